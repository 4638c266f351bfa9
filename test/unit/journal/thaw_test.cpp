#include "stories.hpp"

namespace gossamer::journal {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string newest_file(const World& world, const std::string& name) {
  std::string key;
  for (const auto& [at, object] : world.objects.held) {
    if (!object.manifest) continue;
    for (const ManifestFile& file : object.manifest->files) {
      if (file.name == name) key = file.key;
    }
  }
  REQUIRE_FALSE(key.empty());
  return key;
}

std::string newest_manifest(const World& world) {
  std::string key;
  for (const auto& [at, object] : world.objects.held) {
    if (object.manifest) key = at;
  }
  REQUIRE_FALSE(key.empty());
  return key;
}

/// Two freezes, and a write after each: w1 to w4.
void live(World& world, std::size_t node) {
  start(world, node);
  for (int i = 0; i < 2; ++i) {
    write(world, node);
    freeze(world, node);
    write(world, node);
  }
  world.told(node);
}

const Writes kLived{"w1", "w2", "w3", "w4"};

TEST_CASE("thaw: another node gets the manifest and every batch above what it covers",
          "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  start(world, 1);
  CHECK(world.store(1).writes == kLived);
  CHECK(world.marks["thaw: builds afresh"] == 2);
}

TEST_CASE("thaw: a restarted node keeps its store and journals the tail before it serves",
          "[journal][thaw]") {
  World world{1, 1};
  live(world, 0);
  world.commit(0, false);  // Local, not shipped.
  world.crash(0, Disk::kept);
  hold_entries(world, 0, EntryType::batch);
  world.claim(0);
  world.run();
  CHECK(world.told(0) == "won 2\n");
  let_all_go(world);
  CHECK(world.told(0) == "ready 2\n");
  CHECK(world.store(0).writes == Writes{"w1", "w2", "w3", "w4", "w5"});
  CHECK(world.slots().find("batch(2,5-5)") != std::string::npos);
  CHECK(world.store(0).trimmed == 5);
  world.told(0);
  write(world, 0);
  CHECK(world.told(0) == "frozen 6\n");
}

TEST_CASE("thaw: after a foreign claim the local tail is not kept", "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  world.commit(0, false);
  world.crash(0, Disk::kept);
  start(world, 1);
  world.crash(1, Disk::lost);
  start(world, 0);
  CHECK(world.store(0).writes == kLived);
  CHECK(world.slots().find("batch(3") == std::string::npos);
}

TEST_CASE("thaw: claims that failed before the store was opened do not cost it",
          "[journal][thaw]") {
  World world{1, 1};
  live(world, 0);
  world.commit(0, false);
  for (int i = 0; i < 3; ++i) {
    world.crash(0, Disk::kept);
    hold<OpenStore>(world, 0);
    world.claim(0);
    world.run();
  }
  world.crash(0, Disk::kept);
  world.holds = nullptr;
  start(world, 0);
  CHECK(world.marks["thaw: keeps the local store"] == 4);
  CHECK(world.store(0).writes.size() == 5);
}

TEST_CASE("thaw: a kept store that lacks what the journal lacks is set aside", "[journal][thaw]") {
  World world{1, 1};
  live(world, 0);
  world.commit(0, false);
  world.crash(0, Disk::kept);
  world.store(0).trimmed = 5;  // It says that write 5 is in the journal. It is not.
  world.claim(0);
  world.run();
  CHECK(world.told(0).find("alarm: the local store lacks writes 5 to 5 of what the journal lacks; "
                           "it is set aside\n") != std::string::npos);
  CHECK(world.is_ready(0));
  CHECK(world.store(0).writes == kLived);
}

TEST_CASE("thaw: a store that cannot be used is set aside, with an alarm", "[journal][thaw]") {
  World world{1, 1};
  live(world, 0);
  world.commit(0, false);
  world.crash(0, Disk::kept);
  std::string alarm;
  SECTION("it cannot be read") {
    world.fails = [](const Effect& effect) { return is_order<InspectStore>(effect) != nullptr; };
    alarm = "alarm: the local store cannot be read, so it will be set aside: EIO\n";
  }
  SECTION("it records nothing") {
    world.fails = [](const Effect& effect) { return is_order<RecordClaim>(effect) != nullptr; };
    alarm = "alarm: the local store records nothing, so it will be set aside: EIO\n";
  }
  SECTION("it cannot be opened") {
    world.fails = [tries = 0](const Effect& effect) mutable {
      return is_order<OpenStore>(effect) != nullptr && tries++ == 0;
    };
    alarm = "alarm: the local store cannot be opened: EIO; it is set aside\n";
  }
  world.claim(0);
  world.run();
  CHECK(world.told(0).find(alarm) != std::string::npos);
  CHECK(world.is_ready(0));
  CHECK(world.store(0).writes == kLived);
}

TEST_CASE("thaw: a disk that does not work ends the claim as failed, and closes",
          "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  std::string why;
  SECTION("no place to build") {
    world.fails = [](const Effect& effect) { return is_order<BeginBuild>(effect) != nullptr; };
    why = "no place to build: EIO\nfailed 2\n";
  }
  SECTION("the build cannot take its place") {
    world.fails = [](const Effect& effect) { return is_order<AdoptBuild>(effect) != nullptr; };
    why = "the build cannot take its place: EIO\nfailed 2\n";
  }
  SECTION("the journal cannot be applied") {
    world.fails = [](const Effect& effect) { return is_order<Apply>(effect) != nullptr; };
    why = "the journal cannot be applied: ends at write 0, not 4 EIO\nclosed\nfailed 2\n";
  }
  world.claim(1);
  world.run();
  const std::string told = world.told(1);
  CAPTURE(told);
  CHECK(told.find("alarm: cannot be thawed in epoch 2: " + why) != std::string::npos);
  CHECK_FALSE(world.journal(1).owned_epoch(world.unit).has_value());
}

TEST_CASE("thaw: damage falls back to the freeze before and its journal, with an alarm",
          "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  world.referee.expect_damage();
  SECTION("a file is missing") {
    world.objects.held.erase(newest_file(world, "chunk-101"));
  }
  SECTION("a file is corrupt") {
    world.objects.held.at(newest_file(world, "chunk-101")).bytes = "rubbish\n";
  }
  SECTION("the manifest is missing") {
    world.objects.held.erase(newest_manifest(world));
  }
  SECTION("the manifest cannot be read") {
    world.objects.held.at(newest_manifest(world)).is_corrupt = true;
  }
  SECTION("the manifest was altered") {
    ToyObject& object = world.objects.held.at(newest_manifest(world));
    auto altered = std::make_shared<Manifest>(*object.manifest);
    altered->sequence = 2;
    object.manifest = altered;
  }
  world.claim(1);
  world.run();
  const std::string told = world.told(1);
  CAPTURE(told);
  CHECK(told.find("alarm: the freeze in slot 6 is not usable") != std::string::npos);
  CHECK(told.find("ready 2\n") != std::string::npos);
  CHECK(world.store(1).writes == kLived);
}

TEST_CASE("thaw: without any usable freeze a whole journal is enough", "[journal][thaw]") {
  World world{2, 1};
  start(world, 0);
  write(world, 0);
  freeze(world, 0);
  world.referee.expect_damage();
  world.objects.held.erase(newest_manifest(world));
  start(world, 1);
  CHECK(world.store(1).writes == Writes{"w1"});
}

TEST_CASE("thaw: a kept store goes on although its freeze is damaged", "[journal][thaw]") {
  World world{1, 1};
  live(world, 0);
  world.referee.expect_damage();
  world.objects.held.erase(newest_manifest(world));
  world.crash(0, Disk::kept);
  world.claim(0);
  world.run();
  CHECK(world.told(0).find("is not usable: its manifest is absent\nready 2\n") !=
        std::string::npos);
  // It has nothing to descend from, so the next freeze uploads everything.
  freeze(world, 0);
  world.crash(0, Disk::lost);
  start(world, 0);
  CHECK(world.store(0).writes == kLived);
}

TEST_CASE("thaw: the owner of the highest claim declares corruption, and claims ever less often",
          "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  world.crash(0, Disk::lost);
  const Slot hole = 6;
  world.objects.held.erase(slot_key(world.unit, hole));
  world.claim(1);
  world.run();
  CHECK(world.told(1) ==
        "won 2\nalarm: cannot be thawed in epoch 2: slot 6 is missing\nfailed 2\n");
  for (int i = 0; i < 300; ++i) {
    world.claim(1);
    world.advance(seconds{2});
  }
  // Ten minutes of trying left six more claims, not three hundred.
  CHECK(world.slots().find("claim(9)") == std::string::npos);
}

TEST_CASE("thaw: whoever was replaced declares nothing", "[journal][thaw]") {
  World world{3, 1};
  live(world, 0);
  world.holds = [](std::size_t node, const Effect& effect) {
    return node == 1 && std::holds_alternative<GetManifest>(effect);
  };
  world.claim(1);
  world.run();
  start(world, 2);
  for (int i = 0; i < 3; ++i) {
    write(world, 2);
    freeze(world, 2);
  }
  let_all_go(world);  // The manifest is pruned by now.
  CHECK(world.told(1) == "won 2\nfenced 2, unknown to 0\n");
  CHECK(world.alarms.empty());
}

TEST_CASE("thaw: a claim above ours ends it before anything is fetched", "[journal][thaw]") {
  World world{3, 1};
  live(world, 0);
  std::size_t lists = 0, reads = 0;
  world.holds = [&](std::size_t node, const Effect& effect) {
    if (node != 1) return false;
    reads += is_order<GetManifest>(effect) ? 1 : 0;
    // The third: tip, above the claim, and then the thaw's own.
    return is_order<List>(effect) != nullptr && ++lists == 3;
  };
  world.claim(1);
  world.run();
  REQUIRE(world.told(1) == "won 2\n");
  start(world, 2);
  world.let_go();
  CHECK(world.told(1) == "fenced 2, unknown to 0\n");
  CHECK(reads == 0);
}

TEST_CASE("thaw: writes that are missing between two batches are corruption", "[journal][thaw]") {
  World world{2, 1};
  start(world, 0);
  for (int i = 0; i < 3; ++i) write(world, 0);
  world.referee.expect_damage();
  ToyObject& slot = world.objects.held.at(slot_key(world.unit, 3));
  auto entry = std::make_shared<JournalEntry>(*slot.entry);
  entry->commits[0].sequence = 3;
  slot.entry = entry;
  world.claim(1);
  world.run();
  CHECK(world.told(1) ==
        "won 2\nalarm: cannot be thawed in epoch 2: writes 2 to 2 are missing below slot 3\n"
        "closed\nfailed 2\n");
}

TEST_CASE("thaw: a reader that meets an absent slot starts over from the list", "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  // A lists and stalls; the entries it is about to read are pruned by their owner meanwhile.
  world.holds = [](std::size_t node, const Effect& effect) {
    return node == 1 && std::holds_alternative<Fetch>(effect);
  };
  world.claim(1);
  world.run();
  const auto taken = world.objects.held.extract(slot_key(world.unit, 6));
  world.release(1);
  world.told(1);
  world.holds = nullptr;
  std::size_t reads = 0;
  world.holds = [&](std::size_t, const Effect& effect) {
    const auto* get = is_order<GetEntry>(effect);
    return get != nullptr && get->slot == 6 && ++reads == 1;
  };
  // Listed, absent when read, there when listed again.
  world.objects.held.emplace(taken.key(), taken.mapped());
  world.claim(1);
  world.run();
  world.objects.held.erase(taken.key());
  hold<List>(world, 1);
  world.let_go();
  world.objects.held.emplace(taken.key(), taken.mapped());
  let_all_go(world);
  CHECK(world.marks["thaw: something is absent or cannot be read"] == 1);
  CHECK(world.is_ready(1));
  CHECK(world.store(1).writes == kLived);
  CHECK(world.alarms.empty());
}

TEST_CASE("thaw: what was read ahead does not begin a step twice", "[journal][thaw]") {
  Journal::Options options;
  options.parallel_transfers = 8;
  World world{2, 1, {}, options};
  start(world, 0);
  for (int i = 0; i < 4; ++i) write(world, 0);
  freeze(world, 0);
  // Slots below the covered one are read ahead, and answered after the freeze was.
  std::size_t file_lists = 0;
  world.holds = [&](std::size_t node, const Effect& effect) {
    const auto* list = is_order<List>(effect);
    if (node == 1 && list != nullptr && list->prefix == files_prefix(world.unit)) ++file_lists;
    const auto* get = is_order<GetEntry>(effect);
    return node == 1 && get != nullptr && get->slot < 5;
  };
  world.claim(1);
  world.run();
  world.let_go();
  CHECK(file_lists == 1);
  CHECK(world.is_ready(1));
}

TEST_CASE("thaw: a format that this program cannot read is left to another", "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  world.referee.expect_damage();
  // As a newer program would have written it: under a name of its own.
  const std::string old_key = newest_manifest(world);
  auto newer = std::make_shared<Manifest>(*world.objects.held.at(old_key).manifest);
  newer->format = kManifestFormat + 1;
  const std::string key = manifest_key(*newer);
  world.objects.held.emplace(key, ToyObject{nullptr, newer});
  ToyObject& slot = world.objects.held.at(slot_key(world.unit, 6));
  auto entry = std::make_shared<JournalEntry>(*slot.entry);
  entry->manifest_key = key;
  slot.entry = entry;
  world.claim(1);
  world.run();
  CHECK(world.told(1).find("the frozen state has format 2, this program reads up to 1\nfailed 2") !=
        std::string::npos);
}

TEST_CASE("thaw: fetches of an ended thaw do not write into the next build", "[journal][thaw]") {
  World world{2, 1};
  live(world, 0);
  hold<Fetch>(world, 1);
  world.claim(1);
  world.run();
  world.release(1);
  world.told(1);
  std::size_t builds = 0;
  world.holds = [&](std::size_t, const Effect& effect) {
    builds += is_order<BeginBuild>(effect) ? 1 : 0;
    return false;
  };
  world.claim(1);
  world.run();
  CHECK(builds == 0);
  world.let_go();
  CHECK(builds == 1);
  CHECK(world.is_ready(1));
  CHECK(world.store(1).writes == kLived);
}

TEST_CASE("thaw: a batch that holds only what was applied before ends the replay",
          "[journal][thaw]") {
  Journal::Options options;
  options.entry_bytes_max = 1;  // One slot is applied at a time.
  World world{1, 1, {}, options};
  start(world, 0);
  write(world, 0);
  world.objects.held[slot_key(world.unit, 3)] = world.objects.held[slot_key(world.unit, 2)];
  world.crash(0, Disk::lost);
  start(world, 0);
  CHECK(world.store(0).sequence() == 1);
}

}  // namespace
}  // namespace gossamer::journal
