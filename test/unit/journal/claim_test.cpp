#include "base/counter.hpp"
#include "stories.hpp"

namespace gossamer::journal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("claim: an empty journal is claimed at slot 1 in epoch 1", "[journal][claim]") {
  World world{1, 1};
  world.claim(0);
  world.run();
  CHECK(world.told(0) == "won 1\nready 1\n");
  CHECK(world.slots() == "1:claim(1)");
  CHECK(world.journal(0).owned_epoch(world.unit) == Epoch{1});
}

TEST_CASE("claim: of two at once one wins, and the other hears who", "[journal][claim]") {
  World world{2, 1};
  hold_entries(world, 1, EntryType::claim);
  world.claim(1);
  world.claim(0);
  world.run();
  let_all_go(world);
  CHECK(world.told(0) == "won 1\nready 1\n");
  CHECK(world.told(1) == "lost 1\n");
  CHECK(world.slots() == "1:claim(1)");
}

TEST_CASE("claim: a tip beyond the expected one says that somebody lives", "[journal][claim]") {
  World world{3, 1};
  start(world, 0);
  world.observe(1);
  world.run();
  CHECK(world.told(1) == "observed 1 epoch 1\n");
  SECTION("the old owner wrote") {
    write(world, 0);
    world.claim(1, 1);
    world.run();
    CHECK(world.told(1) == "busy 1\n");
  }
  SECTION("somebody else claimed") {
    start(world, 2);
    world.claim(1, 1);
    world.run();
    CHECK(world.told(1) == "lost 2\n");
  }
  SECTION("somebody else claimed and wrote") {
    start(world, 2);
    write(world, 2);
    world.claim(1, 1);
    world.run();
    CHECK(world.told(1) == "lost 2\n");
  }
  SECTION("nobody did") {
    world.claim(1, 1);
    world.run();
    CHECK(world.told(1) == "won 2\nready 2\n");
  }
}

TEST_CASE("claim: what this node wrote before a restart is of an owner that is down",
          "[journal][claim]") {
  World world{1, 1};
  start(world, 0);
  write(world, 0);
  world.crash(0, Disk::kept);
  world.claim(0, 1);  // The tip is beyond: by ourselves, under an older nonce.
  world.run();
  CHECK(world.told(0).find("won 2\nready 2\n") != std::string::npos);
}

TEST_CASE("claim: a late append of our own past does not make it lost", "[journal][claim]") {
  World world{1, 1};
  start(world, 0);
  hold_entries(world, 0, EntryType::batch);
  world.commit(0);
  world.run();
  world.crash(0, Disk::kept);
  world.told(0);
  hold_entries(world, 0, EntryType::claim);
  world.claim(0);
  world.run();
  // The batch of before the restart and the claim want slot 2, in this order.
  let_all_go(world);
  CHECK(world.told(0) == "won 2\nready 2\n");
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:claim(2)");
  CHECK(world.referee.violations() == Writes{});
}

TEST_CASE("claim: an unknown outcome is sent again, the same, until it is known",
          "[journal][claim]") {
  World world{1, 1};
  world.faults.unknown_done = 1000;  // It lands, and nobody says so.
  hold<GetEntry>(world, 0);
  world.claim(0);
  world.advance(seconds{2});
  CHECK(world.slots() == "");  // Not even the list answers.
  world.faults = Faults{};
  hold_entries(world, 0, EntryType::claim);
  world.advance(seconds{10});
  world.time_out_held();
  let_all_go(world);
  REQUIRE(world.slots() == "1:claim(1)");
  world.advance(seconds{1});  // The second copy meets the first: 412, and it is mine.
  CHECK(world.told(0) ==
        "alarm: the object store does not answer; trying again: timed out\n"
        "won 1\nready 1\n");
  CHECK(world.creates == 2);
  CHECK(world.slots() == "1:claim(1)");
}

TEST_CASE("claim: nothing happens before the list above it", "[journal][claim]") {
  World world{1, 1};
  std::vector<std::string> seen;
  world.holds = [&](std::size_t, const Effect& effect) {
    if (is_order<List>(effect)) seen.push_back("list");
    if (is_order<CreateEntry>(effect)) seen.push_back("put");
    if (is_order<OpenStore>(effect)) seen.push_back("open");
    return false;
  };
  world.claim(0);
  world.run();
  CHECK(seen == std::vector<std::string>{"list", "put", "list", "list", "list", "open"});
}

TEST_CASE("claim: the store records it durably before it is put", "[journal][claim]") {
  World world{1, 1};
  start(world, 0);
  world.crash(0, Disk::kept);
  const std::size_t creates = world.creates;
  hold<RecordClaim>(world, 0);
  world.claim(0);
  world.run();
  CHECK(world.creates == creates);
  let_all_go(world);
  CHECK(world.creates == creates + 1);
}

TEST_CASE("claim: above withdrawn only a newer spec may claim", "[journal][claim]") {
  World world{1, 1};
  world.deploy(true);
  world.withdraw(0);
  world.run();
  CHECK(world.slots() == "1:withdrawn(0,v2)");
  world.told(0);
  world.claim(0, std::nullopt, 2);
  world.run();
  CHECK(world.told(0) == "withdrawn 0\n");
  world.deploy(false);
  world.claim(0);
  world.run();
  CHECK(world.told(0) == "won 1\nready 1\n");
}

TEST_CASE("claim: a tip that cannot be read raises an alarm and claims nothing",
          "[journal][claim]") {
  World world{2, 1};
  start(world, 0);
  world.objects.held.begin()->second.is_corrupt = true;
  world.claim(1);
  world.run();
  CHECK(world.told(1) == "alarm: cannot claim: the entry in slot 1 cannot be read\nfailed 0\n");
  CHECK(world.slots() == "1:claim(1)");
}

TEST_CASE(
    "claim: a newest spec that cannot be read ends the claim, with an alarm, and the next comes "
    "later",
    "[journal][claim]") {
  World world{1, 1};
  const bool is_read_early = GENERATE(true, false);
  const bool is_newer = GENERATE(true, false);
  CAPTURE(is_read_early, is_newer);
  if (is_read_early) {
    world.objects.is_spec_corrupt = true;
    world.claim(0);
    world.run();
    CHECK(world.told(0) == "alarm: cannot be claimed: the spec cannot be read\nfailed 0\n");
  } else {
    hold<OpenStore>(world, 0);
    world.claim(0);
    world.run();
    world.objects.is_spec_corrupt = true;
    let_all_go(world);
    CHECK(world.told(0) ==
          "won 1\nalarm: cannot be thawed in epoch 1: the spec cannot be read\nclosed\nfailed 1\n");
  }
  CHECK_FALSE(world.journal(0).owned_epoch(world.unit).has_value());
  world.claim(0);
  world.run();
  CHECK(world.told(0) == "failed 0\n");
  CHECK(world.slots() == "1:claim(1)");
  world.objects.is_spec_corrupt = false;
  // At once if it is for a newer spec.
  if (!is_newer) world.advance(seconds{5});
  world.claim(0, std::nullopt, is_newer ? 2 : 1);
  world.run();
  CHECK(world.told(0) == "won 2\nready 2\n");
}

TEST_CASE("claim: an object above the last number that counts is no slot", "[journal][claim]") {
  World world{2, 1};
  start(world, 0);
  world.objects.create(slot_key(world.unit, UINT64_MAX),
                       *world.objects.get(slot_key(world.unit, 1)));
  world.claim(1);
  world.run();
  CHECK(world.told(1) == "won 2\nready 2\n");
}

TEST_CASE("claim: above the last slot or epoch nothing is claimed or withdrawn",
          "[journal][claim]") {
  World world{2, 1};
  start(world, 0);
  JournalEntry entry = *world.objects.get(slot_key(world.unit, 1))->entry;
  const auto put = [&](Slot slot) {
    world.objects.create(slot_key(world.unit, slot), {std::make_shared<JournalEntry>(entry)});
  };
  const std::size_t creates = world.creates;
  SECTION("the slot") {
    put(kCounterMax);
    world.claim(1);
    world.run();
    CHECK(world.told(1).find("alarm: cannot claim: slot 4611686018427387904 holds epoch 1") == 0);
    world.deploy(true);
    world.withdraw(1);
    world.run();
    CHECK(world.told(1).find("alarm: cannot be withdrawn: slot 4611686018427387904") == 0);
  }
  SECTION("the epoch") {
    entry.epoch = kCounterMax;
    put(2);
    world.claim(1);
    world.run();
    CHECK(world.told(1).find("alarm: cannot claim: slot 2 holds epoch 4611686018427387904") == 0);
  }
  CHECK(world.creates == creates);
}

TEST_CASE("claim: an object store that refuses raises one alarm", "[journal][claim]") {
  World world{1, 1};
  world.faults.refused = 1000;
  world.claim(0);
  world.advance(seconds{30});
  const std::string told = world.told(0);
  CHECK(told.find("alarm: the object store refuses") == 0);
  CHECK(told.find("alarm", 1) == std::string::npos);
  world.faults = Faults{};
  world.advance(seconds{10});
  CHECK(world.is_ready(0));
}

TEST_CASE("claim: an object store that does not answer raises one alarm, the second time",
          "[journal][claim]") {
  World world{1, 1};
  world.faults.unknown = 1000;
  world.claim(0);
  world.advance(seconds{60});
  const std::string told = world.told(0);
  CHECK(told.find("alarm: the object store does not answer; trying again") == 0);
  CHECK(told.find("alarm", 1) == std::string::npos);
}

TEST_CASE("claim: ended by a release, its late answer is ignored", "[journal][claim]") {
  World world{1, 1};
  hold_entries(world, 0, EntryType::claim);
  world.claim(0);
  world.run();
  world.release(0);
  CHECK(world.told(0) == "failed 0\n");
  let_all_go(world);
  CHECK(world.told(0) == "");
  CHECK_FALSE(world.journal(0).owned_epoch(world.unit).has_value());
  // Rule 7: the claim that landed is our own, not current, and stands in nobody's way.
  world.claim(0, 0);
  world.run();
  CHECK(world.told(0) == "won 2\nready 2\n");
}

TEST_CASE("claim: claiming what is owned already answers lost, to ourselves", "[journal][claim]") {
  World world{1, 1};
  start(world, 0);
  hold<CreateEntry>(world, 0);
  world.claim(0);
  CHECK(world.slots() == "1:claim(1)");
  CHECK(world.journal(0).owned_epoch(world.unit) == Epoch{1});
}

TEST_CASE("observe: a tip that cannot be read is told once, by its name", "[journal][observe]") {
  World world{2, 1};
  start(world, 0);
  const ToyObject garbage{nullptr, nullptr, "", true};
  const auto observe = [&] {
    world.observe(1);
    world.run();
    return world.told(1);
  };
  const std::string unreliable = "observed 0 epoch 0 unreliable\n";
  const auto alarm_of = [](const char* key) {
    return std::string{"alarm: nobody can own it: journal/ledger/0/"} + key +
           ", the newest of its journal, cannot be read: \n";
  };
  world.objects.create(slot_key(world.unit, 5), garbage);
  CHECK(observe() == alarm_of("00000000000000000005") + unreliable);
  CHECK(observe() == unreliable);
  world.objects.create(slot_key(world.unit, 6), garbage);
  CHECK(observe() == alarm_of("00000000000000000006") + unreliable);
  // Put right, and broken once more: that is news.
  const ToyObject broken = *world.objects.get(slot_key(world.unit, 6));
  world.objects.held.erase(slot_key(world.unit, 5));
  world.objects.held.erase(slot_key(world.unit, 6));
  CHECK(observe() == "observed 1 epoch 1\n");
  world.objects.create(slot_key(world.unit, 6), broken);
  CHECK(observe() == alarm_of("00000000000000000006") + unreliable);
}

TEST_CASE("observe: a tip that is refused again and again raises one alarm", "[journal][observe]") {
  World world{2, 1};
  start(world, 0);
  world.objects.held.begin()->second.is_refused = true;
  for (int i = 0; i < 3; ++i) {
    world.observe(1);
    world.run();
    CHECK((world.told(1).find("alarm: the object store refuses") == 0) == (i == 0));
  }
}

TEST_CASE("observe: an object store that does not answer is told as that", "[journal][observe]") {
  World world{1, 1};
  world.faults.unknown = 1000;
  world.observe(0);
  world.run();
  CHECK(world.told(0) == "observed 0 epoch 0 unreliable\n");
  world.faults = Faults{};
  world.observe(0);
  world.run();
  CHECK(world.told(0) == "observed 0 epoch 0\n");
}

TEST_CASE("observe: what is asked while a look runs is answered by another, which began after it",
          "[journal][observe]") {
  World world{1, 1};
  world.observe(0);
  for (int i = 0; i < 5; ++i) world.observe(0);
  world.run();
  CHECK(world.told(0) == "observed 0 epoch 0, again\nobserved 0 epoch 0\n");
}

TEST_CASE("observe: a slot is read for each that asks, and what is there is told as it is",
          "[journal][observe]") {
  World world{2, 1};
  start(world, 0);
  world.read_slot(1, 1, 7);
  world.read_slot(1, 2, 8);
  world.run();
  CHECK(world.told(1) == "slot 1 for 7: epoch 1\nslot 2 for 8: absent\n");
  world.objects.held.begin()->second.is_corrupt = true;
  world.read_slot(1, 1, 9);
  world.run();
  CHECK(world.told(1) == "slot 1 for 9: unreadable\n");
  world.faults.unknown = 1000;
  world.read_slot(1, 1, 10);
  world.run();
  CHECK(world.told(1) == "slot 1 for 10: unknown\n");
}

}  // namespace
}  // namespace gossamer::journal
