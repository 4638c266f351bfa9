// What the owner of a unit does: ship, acknowledge, look, freeze on its own, and let go.

#include "stories.hpp"

namespace gossamer::journal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("append: what somebody waits for is shipped at once, the rest in the interval",
          "[journal][append]") {
  World world{1, 1};
  world.policy.ship_interval = seconds{1};
  start(world, 0);
  world.commit(0, false);
  world.commit(0, false);
  world.advance(milliseconds{900});
  CHECK(world.slots() == "1:claim(1)");
  world.advance(milliseconds{100});
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-2)");
  world.commit(0, false);
  world.commit(0, true);
  world.run();
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-2) 3:batch(1,3-4)");
  CHECK(world.told(0) == "frozen 2\nfrozen 4\n");
}

TEST_CASE("append: so much that waits is shipped before the interval", "[journal][append]") {
  Journal::Options options;
  options.ship_bytes = 6;
  World world{1, 1, {}, options};
  start(world, 0);
  world.commit(0, false);
  world.commit(0, false);
  world.run();
  CHECK(world.slots() == "1:claim(1)");
  world.commit(0, false);  // Three of two bytes each.
  world.run();
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-3)");
}

TEST_CASE("append: a tail that was journaled after a restart does not count as waiting",
          "[journal][append]") {
  Journal::Options options;
  options.ship_bytes = 6;
  World world{1, 1, {}, options};
  start(world, 0);
  world.commit(0, false);
  world.run();
  world.crash(0, Disk::kept);
  start(world, 0);
  CHECK(world.slots() == "1:claim(1) 2:claim(2) 3:batch(2,1-1)");
  world.commit(0, false);
  world.run();
  CHECK(world.slots() == "1:claim(1) 2:claim(2) 3:batch(2,1-1)");
}

TEST_CASE("append: one entry is outstanding, and what comes meanwhile shares the next",
          "[journal][append]") {
  World world{1, 1};
  start(world, 0);
  hold_entries(world, 0, EntryType::batch);
  for (int i = 0; i < 4; ++i) {
    world.commit(0);
    world.run();
  }
  CHECK(world.told(0) == "");
  let_all_go(world);
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:batch(1,2-4)");
  CHECK(world.told(0) == "frozen 1\nfrozen 4\n");
}

TEST_CASE("append: an entry holds as much as is allowed", "[journal][append]") {
  Journal::Options options;
  options.entry_bytes_max =
      1024 + 3 * 66;  // Three writes of two bytes with what they take besides.
  World world{1, 1, {}, options};
  start(world, 0);
  hold_entries(world, 0, EntryType::batch);
  for (int i = 0; i < 8; ++i) world.commit(0);
  world.run();
  let_all_go(world);
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:batch(1,2-4) 4:batch(1,5-7) 5:batch(1,8-8)");
}

TEST_CASE("append: outcomes that stay unknown are tried later and later, up to a bound",
          "[journal][append]") {
  World world{1, 1};
  start(world, 0);
  world.faults.unknown = 1000;
  const std::size_t before = world.creates;
  std::vector<Instant> sent;
  world.holds = [&](std::size_t, const Effect& effect) {
    if (is_order<CreateEntry>(effect)) sent.push_back(world.now);
    return false;
  };
  world.commit(0);
  world.advance(seconds{60});
  REQUIRE(sent.size() > 10);
  CHECK(sent.size() < 40);
  const auto gap = [&](std::size_t i) { return sent[i + 1] - sent[i]; };
  CHECK(gap(0) >= milliseconds{50});
  CHECK(gap(0) <= milliseconds{100});
  for (std::size_t i = 8; i + 1 < sent.size(); ++i) {
    CHECK(gap(i) >= milliseconds{2500});
    CHECK(gap(i) <= seconds{5});
  }
  CHECK(world.creates == before);
  CHECK(world.told(0) ==
        "alarm: the object store does not answer; trying again: timed out\n");  // Nothing is
                                                                                // concluded.
  world.faults = Faults{};
  world.advance(seconds{5});
  CHECK(world.told(0) == "frozen 1\n");
}

TEST_CASE("look: an idle owner learns within 5 s that it was replaced", "[journal][append]") {
  World world{2, 1};
  start(world, 0);
  world.advance(seconds{4});
  start(world, 1);
  CHECK(world.told(0) == "");
  world.advance(seconds{2});
  CHECK(world.told(0) == "fenced 1, unknown to 0\nclosed\n");
  CHECK(world.is_ready(1));
}

TEST_CASE("look: a rumour of a higher epoch makes the owner look, once, and decides nothing",
          "[journal][append]") {
  World world{2, 1};
  start(world, 0);
  std::size_t looks = 0;
  world.holds = [&](std::size_t node, const Effect& effect) {
    if (node == 0 && is_order<GetEntry>(effect)) ++looks;
    return false;
  };
  SECTION("the rumour is wrong") {
    for (int i = 0; i < 10; ++i) world.rumour(0, 9);
    world.run();
    CHECK(looks == 1);
    CHECK(world.is_ready(0));
  }
  SECTION("the rumour is right") {
    start(world, 1);
    world.rumour(0, 2);
    world.run();
    CHECK(world.told(0) == "fenced 1, unknown to 0\nclosed\n");
  }
  SECTION("the rumour is old") {
    world.rumour(0, 1);
    world.run();
    CHECK(looks == 0);
  }
}

TEST_CASE("append: a hole in what the local store tells stops the owner", "[journal][append]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  world.told(0);
  world.store(0).writes.push_back("never told");
  world.commit(0);
  world.run();
  CHECK(world.told(0) ==
        "alarm: the local store skipped writes 2 to 2\nfenced 1, unknown to 1\nclosed\n");
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1)");
}

TEST_CASE("release: ships what waits, then closes", "[journal][release]") {
  World world{1, 1};
  start(world, 0);
  world.commit(0, false);
  world.run();
  hold_entries(world, 0, EntryType::batch);
  world.release(0);
  CHECK(world.told(0) == "");
  CHECK(world.journal(0).owned_epoch(world.unit) == Epoch{1});
  let_all_go(world);
  CHECK(world.told(0) == "frozen 1\nclosed\n");
  CHECK_FALSE(world.journal(0).owned_epoch(world.unit).has_value());
}

TEST_CASE("release: before the service could start, the claim ends as failed",
          "[journal][release]") {
  World world{1, 1};
  hold<OpenStore>(world, 0);
  world.claim(0);
  world.run();
  world.release(0);
  CHECK(world.told(0) == "won 1\nclosed\nfailed 1\n");
  let_all_go(world);
  CHECK(world.told(0) == "");
}

TEST_CASE("freeze: comes by itself when the journal has grown, and only then",
          "[journal][freeze]") {
  World world{1, 1};
  world.policy.freeze_after_entries = 4;
  start(world, 0);
  write(world, 0);
  write(world, 0);
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:batch(1,2-2)");
  write(world, 0);
  CHECK(world.slots().find("5:freeze(1,covers 4)") != std::string::npos);
  for (int i = 0; i < 3; ++i) write(world, 0);
  world.advance(seconds{60});  // The freeze entry itself does not count.
  CHECK(world.slots().find("freeze(1,covers 8)") == std::string::npos);
  write(world, 0);
  CHECK(world.slots().find("10:freeze(1,covers 9)") != std::string::npos);
}

TEST_CASE("freeze: one asked for during another follows it", "[journal][freeze]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  hold<Upload>(world, 0);
  freeze(world, 0);
  world.freeze(0);
  world.freeze(0);
  write(world, 0);
  world.told(0);
  let_all_go(world);
  CHECK(world.told(0) == "freeze of 1\nfreeze of 2\n");
}

TEST_CASE("freeze: uploads what changed, a few files at a time", "[journal][freeze]") {
  Journal::Options options;
  options.parallel_transfers = 3;
  World world{1, 1, {}, options};
  start(world, 0);
  for (int i = 0; i < 20; ++i) write(world, 0);
  std::size_t ordered = 0;
  world.holds = [&](std::size_t, const Effect& effect) {
    ordered += is_order<Upload>(effect) ? 1 : 0;
    return is_order<Upload>(effect) != nullptr;
  };
  freeze(world, 0);
  CHECK(ordered == 3);
  while (ordered < 12) world.let_go();
  let_all_go(world);
  CHECK(ordered == 12);  // Ten chunks and two more files.
  write(world, 0);
  ordered = 0;
  world.holds = [&](std::size_t, const Effect& effect) {
    ordered += is_order<Upload>(effect) ? 1 : 0;
    return false;
  };
  freeze(world, 0);
  CHECK(ordered == 2);  // A chunk, and the file that says little.
}

TEST_CASE("freeze: one that fails says why, and comes again after a minute", "[journal][freeze]") {
  World world{1, 1};
  world.policy.freeze_after_entries = 2;
  world.fails = [](const Effect& effect) { return is_order<Checkpoint>(effect) != nullptr; };
  start(world, 0);
  write(world, 0);
  CHECK(world.told(0) == "frozen 1\nno freeze: no checkpoint: EIO\n");
  world.fails = nullptr;
  world.advance(seconds{59});
  CHECK(world.told(0) == "");
  world.advance(seconds{2});
  CHECK(world.told(0) == "freeze of 1\n");
}

TEST_CASE("freeze: a file that cannot be uploaded ends it in the end", "[journal][freeze]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  hold<Upload>(world, 0);
  freeze(world, 0);
  world.told(0);
  for (int i = 0; i < 60; ++i) {
    world.time_out_held();
    world.advance(seconds{5});
  }
  CHECK(world.told(0) ==
        "alarm: the object store does not answer; trying again: timed out\n"
        "no freeze: a file is not uploaded: timed out\n");
  world.holds = nullptr;
  freeze(world, 0);
  CHECK(world.told(0) == "freeze of 1\n");
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("freeze: of a unit that is not owned says so", "[journal][freeze]") {
  World world{1, 1};
  freeze(world, 0);
  CHECK(world.told(0) == "no freeze: the unit is not owned here\n");
}

TEST_CASE("freeze: one that was to follow ends too when the unit is let go", "[journal][freeze]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  hold_entries(world, 0, EntryType::freeze);
  freeze(world, 0);
  freeze(world, 0);
  world.told(0);
  world.release(0);
  let_all_go(world);
  CHECK(world.told(0) == "freeze of 1\nno freeze: the unit is being let go\nclosed\n");
}

TEST_CASE("freeze: an owner that is fenced meanwhile says that there is none",
          "[journal][freeze]") {
  World world{2, 1};
  start(world, 0);
  hold<Upload>(world, 0);
  write(world, 0);
  freeze(world, 0);
  world.told(0);
  start(world, 1);
  world.advance(seconds{10});
  CHECK(world.told(0).find("fenced 1, unknown to 1\nno freeze: fenced") == 0);
  let_all_go(world);
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:claim(2)");
}

}  // namespace
}  // namespace gossamer::journal
