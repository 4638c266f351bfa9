#include "stories.hpp"

namespace gossamer::journal {
namespace {

using std::chrono::seconds;

std::size_t manifests(const World& world) {
  std::size_t count = 0;
  for (const auto& [key, object] : world.objects.held) count += object.manifest ? 1 : 0;
  return count;
}

TEST_CASE("prune: keeps two freezes, and the claim for ever", "[journal][prune]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  freeze(world, 0);
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:freeze(1,covers 2)");
  write(world, 0);
  freeze(world, 0);
  CHECK(world.slots() == "1:claim(1) 3:freeze(1,covers 2) 4:batch(1,2-2) 5:freeze(1,covers 4)");
  write(world, 0);
  freeze(world, 0);
  CHECK(world.slots() == "1:claim(1) 5:freeze(1,covers 4) 6:batch(1,3-3) 7:freeze(1,covers 6)");
  CHECK(manifests(world) == 2);
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("prune: entries go before files, oldest first", "[journal][prune]") {
  Journal::Options options;
  options.parallel_transfers = 1;
  World world{1, 1, {}, options};
  start(world, 0);
  for (int i = 0; i < 5; ++i) write(world, 0);
  freeze(world, 0);
  write(world, 0);
  freeze(world, 0);
  write(world, 0);
  std::vector<std::string> removed;
  world.holds = [&](std::size_t, const Effect& effect) {
    if (const auto* remove = is_order<Remove>(effect)) removed.push_back(remove->key);
    return false;
  };
  freeze(world, 0);
  REQUIRE(removed.size() > 3);
  const auto first_file = std::find_if(removed.begin(), removed.end(), [](const std::string& key) {
    return key.compare(0, 6, "files/") == 0;
  });
  CHECK(first_file != removed.begin());
  CHECK(std::is_sorted(removed.begin(), first_file));
  CHECK(std::all_of(first_file, removed.end(),
                    [](const std::string& key) { return key.compare(0, 6, "files/") == 0; }));
}

TEST_CASE("prune: no file goes while an entry is still to go", "[journal][prune]") {
  World world{1, 1};
  start(world, 0);
  for (int i = 0; i < 2; ++i) {
    write(world, 0);
    freeze(world, 0);
  }
  write(world, 0);
  std::size_t files = 0;
  world.holds = [&](std::size_t, const Effect& effect) {
    const auto* remove = is_order<Remove>(effect);
    if (remove == nullptr) return false;
    files += attempt_of(world.unit, remove->key) ? 1 : 0;
    return true;
  };
  freeze(world, 0);
  CHECK(files == 0);
  world.let_go();
  CHECK(files > 0);
}

TEST_CASE("prune: leaves alone what a freeze under way has uploaded", "[journal][prune]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  freeze(world, 0);
  write(world, 0);
  // The prune after the second freeze lists the files only when the third is uploaded.
  world.holds = [&](std::size_t, const Effect& effect) {
    const auto* list = is_order<List>(effect);
    const bool is_prune = list != nullptr && list->prefix == files_prefix(world.unit);
    return is_prune || creates_entry(effect, EntryType::batch);
  };
  freeze(world, 0);
  world.commit(0);
  freeze(world, 0);
  let_all_go(world);
  CHECK(world.referee.violations() == Writes{});
  CHECK(world.slots().find("freeze(1,covers 5)") != std::string::npos);
  CHECK(world.alarms.empty());
}

TEST_CASE("prune: a slot of an earlier epoch is read before it goes", "[journal][prune]") {
  World world{2, 1};
  start(world, 0);
  for (int i = 0; i < 3; ++i) write(world, 0);
  freeze(world, 0);
  world.deploy(true);
  world.withdraw(1);
  world.run();
  world.deploy(false);
  start(world, 1);
  for (int i = 0; i < 3; ++i) {
    write(world, 1);
    freeze(world, 1);
  }
  CHECK(world.slots().find("1:claim(1) 6:withdrawn(1,v2) 7:claim(2) ") == 0);
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("prune: a late copy of a pruned entry goes too, and is never taken for a freeze",
          "[journal][prune]") {
  World world{2, 1};
  start(world, 0);
  write(world, 0);
  freeze(world, 0);
  const ToyObject copy = world.objects.held.at(slot_key(world.unit, 3));
  for (int i = 0; i < 2; ++i) {
    write(world, 0);
    freeze(world, 0);
  }
  REQUIRE(world.objects.create(slot_key(world.unit, 3), copy));
  start(world, 1);
  CHECK(world.store(1).writes.size() == 3);
  for (int i = 0; i < 2; ++i) {
    write(world, 1);
    freeze(world, 1);
  }
  CHECK(world.slots().find("3:") == std::string::npos);
}

TEST_CASE("prune: files of damaged freezes stop it, with an alarm", "[journal][prune]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  freeze(world, 0);
  world.referee.expect_damage();
  for (const auto& [key, object] : world.objects.held) {
    if (!object.manifest) continue;
    world.objects.held.erase(key);
    break;
  }
  write(world, 0);
  world.told(0);
  freeze(world, 0);
  CHECK(world.told(0) ==
        "freeze of 2\nalarm: files of a retained freeze are missing; nothing is pruned\n");
  CHECK(world.slots().find("2:batch") != std::string::npos);
}

TEST_CASE("prune: an owner that was replaced does not take pruned files for damage",
          "[journal][prune]") {
  World world{2, 1};
  start(world, 0);
  write(world, 0);
  freeze(world, 0);
  write(world, 0);
  hold<List>(world, 0);
  freeze(world, 0);
  world.told(0);
  start(world, 1);
  for (int i = 0; i < 3; ++i) {
    write(world, 1);
    freeze(world, 1);
  }
  let_all_go(world);
  CHECK(world.told(0) == "fenced 1, unknown to 2\nclosed\n");
  CHECK(world.alarms.empty());
}

TEST_CASE("prune: what cannot be deleted now is deleted by the next", "[journal][prune]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  freeze(world, 0);
  write(world, 0);
  hold<Remove>(world, 0);
  freeze(world, 0);
  for (int i = 0; i < 20; ++i) {
    world.time_out_held();
    world.advance(seconds{5});
  }
  CHECK(world.slots().find("2:batch") != std::string::npos);
  world.holds = nullptr;
  write(world, 0);
  freeze(world, 0);
  CHECK(world.slots() == "1:claim(1) 5:freeze(1,covers 4) 6:batch(1,3-3) 7:freeze(1,covers 6)");
}

}  // namespace
}  // namespace gossamer::journal
