// The holes that the model checker found in the first draft of the protocol, as stories. Each ends
// in what the rules make of it; docs/spec/README.md tells what happened without them.

#include <catch2/catch.hpp>

#include "stories.hpp"

namespace gossamer::journal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const auto kIsUpload = [](std::size_t, const Effect& effect) {
  return std::holds_alternative<Upload>(effect);
};

TEST_CASE("journal: a freeze does not hide batches committed after its checkpoint",
          "[journal][holes]") {
  World world{2, 1};
  start(world, 0);
  write(world, 0);
  world.holds = kIsUpload;
  world.freeze(0);
  world.run();
  write(world, 0);
  world.holds = nullptr;
  world.let_go();
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:batch(1,2-2) 4:freeze(1,covers 2)");
  CHECK(world.told(0) == "frozen 1\nfrozen 2\nfreeze of 1\n");

  start(world, 1);
  CHECK(world.store(1).writes == Writes{"w1", "w2"});
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("journal: a claim that lands in a pruned slot is void", "[journal][holes]") {
  World world{2, 1};
  start(world, 0);
  world.holds = [](std::size_t node, const Effect& effect) {
    return node == 1 && creates_entry(effect, EntryType::claim);
  };
  world.claim(1);  // For slot 2, in epoch 2; then it stalls.
  world.run();
  write(world, 0);
  freeze_twice(world, 0);
  REQUIRE(world.slots().find(" 2:") == std::string::npos);

  world.holds = nullptr;
  world.let_go();
  CHECK(world.slots().find(" 2:claim(2) 3:freeze(1") != std::string::npos);
  CHECK(world.told(1) == "lost 1\n");
  world.told(0);
  write(world, 0);
  CHECK(world.told(0) == "frozen 3\n");
  CHECK(world.referee.violations() == Writes{});

  // Nor does it count for whoever reads the journal later.
  world.crash(0, Disk::lost);
  start(world, 1);
  CHECK(world.store(1).writes == Writes{"w1", "w2", "w3"});
  CHECK(world.journal(1).owned_epoch(world.unit) == Epoch{2});
}

TEST_CASE("journal: withdrawn is never deleted, so a stale owner meets it", "[journal][holes]") {
  World world{2, 1};
  start(world, 0);
  world.holds = [](std::size_t node, const Effect& effect) {
    return node == 0 && creates_entry(effect, EntryType::batch);
  };
  world.commit(0);  // For slot 2; then it stalls.
  world.run();
  world.deploy(true);
  world.withdraw(1);
  world.run();
  world.deploy(false);
  start(world, 1);
  write(world, 1);
  freeze_twice(world, 1);
  freeze_twice(world, 1);
  CHECK(world.slots().substr(0, 44) == "1:claim(1) 2:withdrawn(1,v2) 3:claim(2) 8:fr");

  world.let_go();
  CHECK(world.told(0) == "fenced 1, unknown to 1\nclosed\n");
  CHECK(world.referee.violations() == Writes{});
}

/// The attempt whose name the newest manifest has for the file.
std::uint64_t attempt_naming(const World& world, const std::string& file) {
  const Manifest* newest = nullptr;
  for (const auto& [key, object] : world.objects.held) {
    if (object.manifest) newest = object.manifest.get();
  }
  REQUIRE(newest != nullptr);
  for (const ManifestFile& named : newest->files) {
    if (named.name == file) return attempt_of(world.unit, named.key)->attempt;
  }
  return 0;
}

TEST_CASE("journal: content that returns gets a new name", "[journal][holes]") {
  World world{1, 1};
  start(world, 0);
  for (std::uint64_t attempt = 1; attempt <= 4; ++attempt) {
    // `current` says whether the number of writes is odd: it returns with every second freeze.
    write(world, 0);
    world.freeze(0);
    world.run();
    CHECK(attempt_naming(world, "current") == attempt);
  }
  // What did not change since the manifest we descend from keeps its name.
  CHECK(attempt_naming(world, "chunk-100") == 2);
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("journal: a delete that lands late hits nothing that is named", "[journal][holes]") {
  World world{2, 1};
  start(world, 0);
  world.holds = [](std::size_t, const Effect& effect) {
    const auto* remove = std::get_if<Remove>(&effect);
    return remove != nullptr && remove->key.compare(0, 6, "files/") == 0;
  };
  for (int i = 0; i < 3; ++i) {
    write(world, 0);
    world.freeze(0);
    world.run();
  }
  world.time_out_held();  // The deletes of the first freeze's files are under way from now on.
  world.holds = nullptr;
  for (int i = 0; i < 3; ++i) {
    write(world, 0);
    world.freeze(0);
    world.run();
  }
  world.let_go();
  CHECK(world.referee.violations() == Writes{});
  world.crash(0, Disk::lost);
  start(world, 1);
  CHECK(world.store(1).writes.size() == 6);
}

TEST_CASE("journal: a store whose volume was away is not kept", "[journal][holes]") {
  World world{1, 1};
  start(world, 0);
  world.commit(0, false);  // Local only.
  world.crash(0, Disk::swapped);
  start(world, 0);
  write(world, 0);
  CHECK(world.slots() == "1:claim(1) 2:claim(2) 3:batch(2,1-1)");

  world.crash(0, Disk::swapped);
  REQUIRE(world.store(0).writes == Writes{"w1"});
  start(world, 0);
  CHECK(world.store(0).writes == Writes{"w2"});
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("journal: a claimant that missed the undeploy does not start", "[journal][holes]") {
  World world{2, 1};
  world.holds = [](std::size_t, const Effect& effect) {
    return creates_entry(effect, EntryType::claim);
  };
  world.claim(1);
  world.run();
  world.deploy(true);
  world.let_go();
  CHECK(world.told(1) == "withdrawn 1\n");
  CHECK(world.slots() == "1:claim(1) 2:withdrawn(1,v2)");
}

TEST_CASE("journal: an undeploy during the thaw keeps the service from starting",
          "[journal][holes]") {
  World world{2, 1};
  world.holds = [](std::size_t, const Effect& effect) {
    return std::holds_alternative<OpenStore>(effect);
  };
  world.claim(1);
  world.run();
  SECTION("seen in the spec") {
    world.deploy(true);
    world.let_go();
    CHECK(world.told(1) == "won 1\nclosed\nwithdrawn 1\n");
  }
  SECTION("and who claims before that is written hears the same end") {
    world.deploy(true);
    hold_entries(world, 1, EntryType::withdrawn);
    world.let_go();
    CHECK(world.told(1) == "won 1\nclosed\n");
    world.claim(1);
    world.run();
    let_all_go(world);
    CHECK(world.told(1) == "withdrawn 1\n");
  }
  SECTION("seen in the journal") {
    world.deploy(true);
    world.withdraw(0);
    world.run();
    world.deploy(false);
    world.let_go();
    CHECK(world.told(1) == "won 1\nfenced 1, unknown to 0\nclosed\n");
  }
  CHECK(world.slots() == "1:claim(1) 2:withdrawn(1,v2)");
}

TEST_CASE("journal: an append that may be in the state is reported unknown", "[journal][holes]") {
  World world{2, 1};
  start(world, 0);
  world.holds = [](std::size_t node, const Effect& effect) {
    return node == 0 && creates_entry(effect, EntryType::batch);
  };
  world.commit(0);
  world.run();
  world.time_out_held();
  world.let_go();  // It lands after all, and A knows nothing of it.
  world.holds = [](std::size_t node, const Effect& effect) {
    return node == 0 && std::holds_alternative<GetEntry>(effect);
  };
  world.advance(seconds{1});  // Sent again: 412. A stalls before it reads the slot.
  start(world, 1);
  CHECK(world.store(1).writes == Writes{"w1"});
  write(world, 1);
  freeze_twice(world, 1);
  REQUIRE(world.slots().find(" 2:") == std::string::npos);

  world.let_go();
  CHECK(world.told(0) == "fenced 1, unknown to 1\nclosed\n");
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("journal: a freeze entry waits until every write of its checkpoint is in the journal",
          "[journal][holes]") {
  World world{2, 1};
  start(world, 0);
  world.policy.ship_interval = seconds{1};
  world.commit(0, false);
  world.holds = [](std::size_t, const Effect& effect) {
    return creates_entry(effect, EntryType::batch);
  };
  world.freeze(0);
  world.run();
  CHECK(world.slots() == "1:claim(1)");
  world.let_go();
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:freeze(1,covers 1)");
}

TEST_CASE("journal: withdrawn that lands in a pruned slot is put again at the tip",
          "[journal][holes]") {
  World world{2, 1};
  start(world, 0);
  world.deploy(true);
  world.holds = [](std::size_t, const Effect& effect) {
    return creates_entry(effect, EntryType::withdrawn);
  };
  world.withdraw(1);
  world.run();
  write(world, 0);
  freeze_twice(world, 0);
  REQUIRE(world.slots().find(" 2:") == std::string::npos);
  world.holds = nullptr;
  world.let_go();
  CHECK(world.told(1) == "withdraw 2 in\n");
  CHECK(world.slots().find("6:withdrawn(1,v2)") != std::string::npos);
  world.told(0);
  world.commit(0);
  world.run();
  CHECK(world.told(0) == "fenced 1, unknown to 3\nclosed\n");
}

}  // namespace
}  // namespace gossamer::journal
