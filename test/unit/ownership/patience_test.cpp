#include <catch2/catch.hpp>
#include <set>

#include "fixture.hpp"
#include "ownership/view_history.hpp"

namespace gossamer::ownership {
namespace {

MemberView only(const std::vector<std::uint8_t>& alive, std::uint8_t count) {
  std::vector<std::uint8_t> gone;
  for (std::uint8_t n = 1; n <= count; ++n) {
    if (std::find(alive.begin(), alive.end(), n) == alive.end()) gone.push_back(n);
  }
  return cluster(count, gone);
}

}  // namespace

TEST_CASE("ownership: a node that lost most of the cluster hesitates for 20 s",
          "[ownership][patience]") {
  struct Row {
    const char* why;
    std::uint8_t count;
    std::vector<std::uint8_t> alive;
    MemberState state;
    bool hesitates;
  };
  const std::vector<Row> rows{
      {"one of two is half", 2, {1}, kDown, false},
      {"one of three", 3, {1}, kDown, true},
      {"two of four are half", 4, {1, 4}, kDown, false},
      {"two of five", 5, {1, 5}, kDown, true},
      {"those that left are not lost", 5, {1, 5}, kLeft, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    Node one = settled({"ledger", 0}, row.count, 2);
    std::vector<std::uint8_t> gone;
    for (std::uint8_t n = 1; n <= row.count; ++n) {
      if (std::find(row.alive.begin(), row.alive.end(), n) == row.alive.end()) gone.push_back(n);
    }
    const std::string words = one.see(cluster(row.count, gone, row.state));
    CHECK(words == "observe");
    std::string next = one.observed(7, 3, 2);
    next += one.advance(seconds{5});
    CHECK(next == (row.hesitates ? "" : "ask"));
    if (row.hesitates) CHECK(one.advance(seconds{20}) == "ask");
  }
}

TEST_CASE("ownership: a hesitating node goes on once it hears the others again",
          "[ownership][patience]") {
  Node one = settled(unit_of_rank(0, 5, 1, 2), 5, 2);
  one.see(only({1}, 5));
  CHECK(one.observed(7, 3, 2).empty());
  CHECK(one.advance(seconds{8}).empty());
  const std::string words = one.see(only({1, 3, 4, 5}, 5));
  CHECK(words == "ask");
}

TEST_CASE(
    "ownership: a node that lost many does not hesitate once their machines are known to be gone",
    "[ownership][patience][gone]") {
  Node one = settled(unit_of_rank(0, 5, 1, 2), 5, 2);
  one.see(only({1}, 5));
  CHECK(one.observed(7, 3, 2).empty());
  CHECK(one.advance(seconds{8}).empty());
  const auto on_gone = [&](const std::set<NodeId>& ids) {
    return one.run([&](Outbox& out) { one.ownership.on_gone(one.now, ids, out); });
  };
  SECTION("of one that remains to be explained, and is half of two") {
    CHECK(on_gone({node(2)}).empty());
    CHECK(on_gone({node(3)}).empty());
    CHECK(on_gone({node(4)}) == "ask");
  }
  SECTION("of all") {
    CHECK(on_gone({node(2), node(3), node(4), node(5)}) == "ask");
  }
  SECTION("of strangers: no") {
    CHECK(on_gone({node(77), node(78), node(79)}).empty());
    CHECK(one.advance(seconds{8}).empty());
  }
}

TEST_CASE("ownership: members told gone before they are down do not count as lost either",
          "[ownership][patience][gone]") {
  Node one = settled(unit_of_rank(0, 5, 1, 2), 5, 2);
  one.run([&](Outbox& out) { one.ownership.on_gone(one.now, {node(2), node(3), node(4)}, out); });
  one.see(only({1}, 5));
  CHECK(one.observed(7, 3, 2) == "ask");
}

TEST_CASE("ownership: who came back from a death that a cloud had told counts again",
          "[ownership][patience][gone]") {
  Node one = settled(unit_of_rank(0, 5, 1, 2), 5, 2);
  one.see(only({1, 2, 3}, 5));
  one.run([&](Outbox& out) { one.ownership.on_gone(one.now, {node(4), node(5)}, out); });
  one.see(cluster(5));
  one.advance(minutes{1});
  one.see(only({1}, 5));
  CHECK(one.observed(7, 3, 2).empty());
  CHECK(one.advance(seconds{8}).empty());
}

TEST_CASE("ownership: a node that sees only itself waits 2 s after its start, then claims",
          "[ownership][patience]") {
  Node one{{"ledger", 0}};
  one.see(cluster(1));
  CHECK(one.deploy() == "deployed 1, observe");
  CHECK(one.observed(0).empty());
  SECTION("alone") {
    CHECK(one.advance(seconds{2} - milliseconds{1}).empty());
    CHECK(one.advance(milliseconds{1}) == "ask");
  }
  SECTION("it finds others") {
    CHECK(one.advance(seconds{1}).empty());
    std::string words = one.see(cluster(2));
    words += one.advance(milliseconds{500});
    CHECK(words == "ask");
  }
  SECTION("it finds the owner") {
    one.see(cluster(2));
    CHECK(one.claimed(1, 2).find("owner 2 of epoch 1") != std::string::npos);
    CHECK(one.advance(seconds{29}).empty());
  }
}

TEST_CASE("ownership: without a view of which it is a live member a node claims nothing",
          "[ownership][patience]") {
  Node one{{"ledger", 0}};
  CHECK(one.deploy() == "deployed 1");
  CHECK(one.advance(minutes{5}).empty());
  CHECK(one.see(view({{1, kLeft}, {2, kAlive}})).empty());
  CHECK(one.advance(minutes{5}).empty());
}

TEST_CASE("ownership: what a fresh node finds at the tip decides", "[ownership][observe]") {
  struct Row {
    const char* why;
    std::uint64_t tip;
    Epoch epoch;
    std::uint8_t owner;  // 3 is down, 9 is unknown
    std::uint64_t withdrawn;
    int claims_after_s;  // -1: not
  };
  const auto row = GENERATE(values<Row>({
      {"an empty journal", 0, 0, 0, 0, 0},
      {"withdrawn by an older spec", 4, 2, 0, 1, 0},
      {"withdrawn by this spec", 4, 2, 0, 2, -1},
      {"withdrawn by a newer spec", 4, 2, 0, 3, -1},
      {"a live owner", 4, 2, 2, 0, -1},
      {"an owner that is down", 4, 2, 3, 0, 0},
      {"an owner that nobody knows gets a little time", 4, 2, 9, 0, 5},
      {"our own claim of an earlier run", 4, 2, 1, 0, 0},
  }));
  CAPTURE(row.why);
  UnitId unit = unit_of_rank(0, 4, 1, 3);
  Node one{unit};
  one.see(cluster(4, {3}));
  one.advance(seconds{3});
  CHECK(one.deploy(2) == "deployed 2, observe");
  Ownership::Observation seen;
  seen.unit = unit;
  seen.is_reliable = true;
  seen.tip = row.tip;
  seen.epoch = row.epoch;
  seen.owner = node(row.owner);
  seen.is_withdrawn = row.withdrawn != 0;
  seen.withdrawn_version = row.withdrawn;
  std::string words = one.observed(seen);
  if (row.claims_after_s != 0) {
    CHECK(words.find("ask") == std::string::npos);
    words = one.advance(seconds{row.claims_after_s > 0 ? row.claims_after_s : 25});
  }
  CHECK((words.find("ask") != std::string::npos) == (row.claims_after_s >= 0));
  if (row.claims_after_s >= 0) CHECK(one.may_take(true) == "claim at " + std::to_string(row.tip));
}

TEST_CASE("ownership: a live owner found at the tip has start_timeout to publish",
          "[ownership][observe]") {
  Node one{unit_of_rank(0, 4, 1, 2)};
  one.see(cluster(4));
  one.deploy();
  CHECK(one.observed(4, 2, 2) == "owner 2 of epoch 2");
  CHECK(one.advance(seconds{29}).empty());
  CHECK(one.advance(seconds{1}) == "observe");
}

TEST_CASE("ownership: an observation that is unreliable or behind is made again, ever later",
          "[ownership][observe]") {
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  one.see(cluster(4, {2}));
  const bool is_behind = GENERATE(true, false);
  for (const int wait : {2, 4, 8, 16, 30, 30}) {
    Ownership::Observation seen;
    seen.unit = one.unit;
    seen.is_reliable = is_behind;
    seen.epoch = 2;
    CHECK(one.observed(seen).empty());
    CHECK(one.advance(seconds{wait} - milliseconds{1}).empty());
    CHECK(one.advance(milliseconds{1}) == "observe");
  }
  CHECK(one.observed(7, 3, 2) == "ask");
}

TEST_CASE("ownership: an observation that is never answered is ordered again",
          "[ownership][observe]") {
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  CHECK(one.see(cluster(4, {2})) == "observe");
  CHECK(one.advance(seconds{29}).empty());
  CHECK(one.advance(seconds{3}) == "observe");
}

TEST_CASE("ownership: an observation made for others tells of a higher epoch, and nothing else",
          "[ownership][observe]") {
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  CHECK(one.observed(9, 3, 2).empty());
  CHECK(one.observed(2, 1, 4).empty());
  CHECK(one.observed(12, 5, 3) == "owner 3 of epoch 5");
}

TEST_CASE("ownership: our own claim come back by gossip after a restart is looked into",
          "[ownership][observe]") {
  Node one{unit_of_rank(0, 4)};
  one.see(cluster(4));
  one.deploy();
  // The observation is under way; the rumour of our own old claim comes first.
  CHECK(one.claimed(3, 1) == "observe");
  CHECK(one.status() == "0:3");
  CHECK(one.observed(7, 3, 1) == "ask");
  CHECK(one.may_take(true) == "claim at 7");
}

TEST_CASE("ownership: after a stall all deadlines shift, and the tip is looked at again",
          "[ownership][stall]") {
  SECTION("waiting for its turn") {
    Node one = settled(unit_of_rank(3, 6, 1, 2), 6, 2);
    one.see(cluster(6, {2}));
    one.observed(7, 3, 2);
    one.advance(seconds{1});
    one.now = one.now + minutes{3};
    one.ownership.on_stall(one.now, minutes{3});
    CHECK(one.advance(milliseconds{0}) == "observe");
    CHECK(one.observed(7, 3, 2).empty());
    CHECK(one.advance(milliseconds{499}).empty());
    CHECK(one.advance(milliseconds{1}) == "ask");
  }
  SECTION("the owner wrote meanwhile: it lives") {
    Node one = settled(unit_of_rank(0, 6, 1, 2), 6, 2);
    one.see(cluster(6, {2}));
    CHECK(one.observed(7, 3, 2) == "ask");
    one.now = one.now + minutes{3};
    one.ownership.on_stall(one.now, minutes{3});
    CHECK(one.may_take(true) == "observe");
    CHECK(one.observed(8, 3, 2) == "unreachable");
  }
  SECTION("an answer from before the stall does not count") {
    Node one = settled(unit_of_rank(0, 6, 1, 2), 6, 2);
    one.see(cluster(6, {2}));
    one.now = one.now + minutes{3};
    one.ownership.on_stall(one.now, minutes{3});
    CHECK(one.observed(7, 3, 2) == "observe");
    CHECK(one.observed(7, 3, 2) == "ask");
  }
  SECTION("an owner that has yet to publish") {
    Node one{unit_of_rank(0, 4, 1, 2)};
    one.see(cluster(4));
    one.deploy();
    one.claimed(3, 2);
    one.advance(seconds{20});
    one.now = one.now + minutes{3};
    one.ownership.on_stall(one.now, minutes{3});
    CHECK(one.advance(seconds{9}).empty());
    CHECK(one.advance(seconds{1}) == "observe");
  }
  SECTION("who was lost before the stall is still lost") {
    Node one = settled({"ledger", 0}, 5, 2);
    CHECK(one.see(only({1}, 5)) == "observe");
    one.now = one.now + minutes{3};
    one.ownership.on_stall(one.now, minutes{3});
    CHECK(one.advance(milliseconds{0}) == "observe");
    CHECK(one.observed(7, 3, 2).empty());
    CHECK(one.advance(seconds{19}).empty());
    CHECK(one.advance(seconds{1}) == "ask");
  }
  SECTION("a fresh node that sees only itself") {
    Node one{{"ledger", 0}};
    one.see(cluster(1));
    one.deploy();
    one.advance(seconds{1});
    one.now = one.now + minutes{3};
    one.ownership.on_stall(one.now, minutes{3});
    CHECK(one.advance(milliseconds{0}) == "observe");
    CHECK(one.observed(0).empty());
    CHECK(one.advance(seconds{1} - milliseconds{1}).empty());
    CHECK(one.advance(milliseconds{1}) == "ask");
  }
  SECTION("a gap of nothing changes nothing") {
    Node one = settled({"ledger", 0}, 2, 2);
    const auto before = one.ownership.next_deadline();
    one.ownership.on_stall(one.now, Duration{0});
    CHECK(one.ownership.next_deadline() == before);
  }
}

TEST_CASE("ownership: a node that is leaving claims nothing more", "[ownership]") {
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  one.see(cluster(4, {2}));
  CHECK(one.observed(7, 3, 2) == "ask");
  one.ownership.stop_claiming();
  CHECK(one.may_take(true).empty());
  CHECK(one.advance(minutes{5}).empty());
  CHECK(one.see(cluster(4, {2, 3})).empty());
  CHECK(one.claimed(4, 4) == "owner 4 of epoch 4");
}

TEST_CASE("view history: it is bounded, and knows the view of 20 s ago", "[ownership][history]") {
  ViewHistory history{seconds{20}};
  Instant now{seconds{0}};
  for (int i = 0; i < 10'000; ++i) {
    history.note(now, cluster(static_cast<std::uint8_t>(1 + i % 3)));
    now = now + milliseconds{37};
    REQUIRE(history.size() <= 22);
  }
  ViewHistory other{seconds{20}};
  other.note({seconds{0}}, cluster(9));
  other.note({seconds{0} + milliseconds{200}}, cluster(1));
  // Within one second the larger view counts; afterwards what held.
  CHECK(other.is_minority({seconds{5}}, cluster(1)));
  CHECK(other.is_minority({seconds{20} + milliseconds{500}}, cluster(1)));
  CHECK_FALSE(other.is_minority({seconds{22}}, cluster(1)));
  other.shift(seconds{100});
  CHECK(other.is_minority({seconds{22}}, cluster(1)));
}

TEST_CASE(
    "ownership: a stranger that takes a unit from this node again and again is given more time "
    "each time, and told of",
    "[ownership][patience]") {
  constexpr std::uint8_t kStranger = 9;
  Node one{{"ledger", 0}};
  one.see(cluster(1));
  one.deploy();
  one.advance(seconds{3});
  one.claim_from(0, 0, 0);
  one.ended(ClaimResult::won, 1);
  Epoch epoch = 1;
  for (const int waits_s : {10, 20, 40, 80, 120, 120}) {
    CAPTURE(waits_s);
    one.published(epoch);
    one.advance(seconds{5});
    ++epoch;
    CHECK(one.claimed(epoch, kStranger) ==
          "alarm, owner 9 of epoch " + std::to_string(epoch) + ", observe");
    std::string words = one.observed(epoch, epoch, kStranger);
    words += one.advance(seconds{waits_s - 1});
    CHECK(words.empty());
    REQUIRE(one.advance(seconds{2}) == "ask");
    REQUIRE(one.may_take(true) == "claim at " + std::to_string(epoch));
    one.ended(ClaimResult::won, ++epoch);
  }
  // Who shows up as a member is no stranger, and after a good run all is as at first.
  one.published(epoch);
  one.advance(minutes{2});
  one.stopped();
  ++epoch;
  one.observed(epoch, epoch, kStranger);
  one.advance(seconds{4});
  CHECK(one.advance(seconds{8}).find("ask") != std::string::npos);
}

}  // namespace gossamer::ownership
