#include <catch2/catch.hpp>

#include "fixture.hpp"

namespace gossamer::ownership {

TEST_CASE("ownership: a unit is claimed only while its owner is not live",
          "[ownership][takeover]") {
  struct Row {
    const char* why;
    MemberState state;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {"alive", kAlive, ""},
      {"only suspected", kSuspect, ""},
      {"down", kDown, "observe"},
      {"left", kLeft, "observe"},
  }));
  CAPTURE(row.why);
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  CHECK(one.see(cluster(4, {2}, row.state)) == row.words);
  if (*row.words == '\0') {
    CHECK(one.advance(minutes{5}).empty());
    return;
  }
  CHECK(one.observed(7, 3, 2) == "ask");
  CHECK(one.may_take(true) == "claim at 7");
  CHECK(one.ended(ClaimResult::won, 4, 1) == "owner 1 of epoch 4");
  CHECK(one.status() == "1:4");
  CHECK(one.advance(minutes{5}).empty());
}

TEST_CASE("ownership: rank r waits r x rank_step, with the tip seen when the owner went down",
          "[ownership][takeover]") {
  const std::size_t place = GENERATE(as<std::size_t>{}, 0, 1, 2, 3);
  CAPTURE(place);
  Node one = settled(unit_of_rank(place, 6, 1, 2), 6, 2);
  const Instant down_at = one.now;
  CHECK(one.see(cluster(6, {2})) == "observe");
  std::string words = one.observed(7, 3, 2);
  while (words.empty()) words = one.advance(milliseconds{10});
  CHECK(words == "ask");
  const Duration waited = one.now - down_at;
  CHECK(waited >= static_cast<int>(place) * milliseconds{500});
  CHECK(waited <= static_cast<int>(place) * milliseconds{500} + milliseconds{10});
  CHECK(one.may_take(true) == "claim at 7");
}

TEST_CASE("ownership: the death of those before it in rank lets a node claim earlier",
          "[ownership][takeover]") {
  Node one = settled(unit_of_rank(2, 9, 1, 2), 9, 2);
  one.see(cluster(9, {2}));
  CHECK(one.observed(7, 3, 2).empty());
  std::vector<std::uint8_t> gone{2};
  for (const NodeId& id : rank(one.unit, cluster(9, {2}))) {
    if (id == node(1)) break;
    gone.push_back(id.bytes[0]);
  }
  REQUIRE(gone.size() == 3);
  CHECK(one.see(cluster(9, gone)) == "ask");
}

TEST_CASE("ownership: a join before a claim moves a node down in rank, but nothing that is owned",
          "[ownership][takeover]") {
  const std::uint8_t count = 6;
  Node one = settled(unit_of_rank(1, count, 1, 2), count, 2);
  CHECK(one.see(cluster(count + 30)).empty());
  CHECK(one.see(cluster(count + 30, {2})) == "observe");
  const auto place = *rank_of(one.unit, cluster(count + 30, {2}), node(1), {});
  REQUIRE(place > 1);
  one.observed(7, 3, 2);
  CHECK(one.advance(static_cast<int>(place) * milliseconds{500} - milliseconds{1}).empty());
  CHECK(one.advance(milliseconds{1}) == "ask");
}

TEST_CASE("ownership: a join between a death and the claim is reckoned with",
          "[ownership][takeover]") {
  const std::uint8_t count = 6;
  const std::size_t before = GENERATE(as<std::size_t>{}, 0, 1);
  const UnitId unit = [before] {
    for (int i = 0;; ++i) {
      const UnitId some{"s" + std::to_string(i), 0};
      if (rank_of(some, cluster(count, {2}), node(1), {}) == before &&
          *rank_of(some, cluster(36, {2}), node(1), {}) > before + 1) {
        return some;
      }
    }
  }();
  Node one = settled(unit, count, 2);
  const Instant down_at = one.now;
  one.see(cluster(count, {2}));
  CHECK(one.observed(7, 3, 2) == (before == 0 ? "ask" : ""));
  CHECK(one.see(cluster(36, {2})).empty());
  // A yes that comes when it is no longer this node's turn is of no use later.
  if (before == 0) CHECK(one.may_take(true).empty());
  const auto place = static_cast<int>(*rank_of(unit, cluster(36, {2}), node(1), {}));
  CHECK(one.advance(down_at + place * milliseconds{500} - milliseconds{1} - one.now).empty());
  CHECK(one.advance(milliseconds{1}) == "ask");
}

TEST_CASE("ownership: a node far down in rank does not look before its turn is near",
          "[ownership][takeover]") {
  const UnitId unit = unit_of_rank(50, 60, 1, 2);
  Node one = settled(unit, 60, 2);
  CHECK(one.see(cluster(60, {2})).empty());
  CHECK(one.advance(seconds{14}).empty());
  CHECK(one.advance(seconds{2}) == "observe");
  CHECK(one.observed(7, 3, 2).empty());
  CHECK(one.advance(seconds{8}).empty());
  CHECK(one.advance(seconds{2}) == "ask");
}

TEST_CASE("ownership: takeover_delay counts from when the owner went down here, and not if it left",
          "[ownership][takeover]") {
  const bool has_left = GENERATE(false, true);
  CAPTURE(has_left);
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  SpecVersion spec = spec_of(one.unit.service, 2);
  spec.spec.takeover_delay = seconds{90};
  one.read(spec);
  CHECK(one.see(cluster(4, {2}, has_left ? kLeft : kDown)) == "observe");
  const std::string words = one.observed(7, 3, 2);
  if (has_left) {
    CHECK(words == "ask");
    return;
  }
  CHECK(words.empty());
  CHECK(one.advance(seconds{89}).empty());
  CHECK(one.advance(seconds{1}) == "ask");
}

TEST_CASE("ownership: an owner that comes back before the claim was sent keeps its unit",
          "[ownership][takeover]") {
  const int when = GENERATE(0, 1, 2);
  CAPTURE(when);
  Node one = settled(unit_of_rank(when == 1 ? 1 : 0, 4, 1, 2), 4, 2);
  CHECK(one.see(cluster(4, {2})) == "observe");
  if (when >= 1) one.observed(7, 3, 2);  // 1: waits for its turn; 2: has asked.
  CHECK(one.see(cluster(4)).empty());
  CHECK(one.observed(7, 3, 2).empty());
  CHECK(one.may_take(true).empty());
  CHECK(one.advance(minutes{5}).empty());
  CHECK(one.status() == "2:3");
  // Its next death is another one.
  CHECK(one.see(cluster(4, {2})) == "observe");
}

TEST_CASE("ownership: a higher epoch ends the wait; lower and equal ones are old news",
          "[ownership][takeover]") {
  Node one = settled(unit_of_rank(1, 4, 1, 2), 4, 2);
  one.see(cluster(4, {2}));
  one.observed(7, 3, 2);
  CHECK(one.claimed(3, 2).empty());
  CHECK(one.claimed(2, 4).empty());
  CHECK(one.claimed(4, 3) == "owner 3 of epoch 4");
  CHECK(one.advance(seconds{29}).empty());
  CHECK(one.claimed(4, 3).empty());
  CHECK(one.status() == "3:4");
  Outbox outbox;
  one.ownership.on_claim(one.now, {one.unit, 9, NodeId{}, 0}, outbox);
  CHECK(describe(outbox).empty());
  CHECK(one.status() == "3:4");
}

TEST_CASE("ownership: an owner that writes though it is down here is told, and left alone",
          "[ownership][takeover]") {
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  one.see(cluster(4, {2}));
  one.claim_from(7, 3, 2);
  CHECK(one.ended(ClaimResult::busy, 3, 2) == "observe");
  CHECK(one.observed(9, 3, 2) == "unreachable");

  SECTION("it goes silent: the next claim is against the new tip") {
    CHECK(one.advance(seconds{19}).empty());
    CHECK(one.advance(seconds{1}) == "ask");
    CHECK(one.may_take(true) == "claim at 9");
  }
  SECTION("it writes on") {
    one.advance(seconds{20});
    CHECK(one.may_take(true) == "claim at 9");
    CHECK(one.ended(ClaimResult::busy, 3, 2) == "observe");
    CHECK(one.observed(12, 3, 2) == "unreachable");
  }
  SECTION("it was not the owner who wrote, but another that claimed") {
    one.advance(seconds{20});
    one.may_take(true);
    CHECK(one.ended(ClaimResult::busy, 4, 3) == "observe");
    CHECK(one.observed(10, 4, 3) == "owner 3 of epoch 4");
    CHECK(one.advance(seconds{29}).empty());
  }
}

TEST_CASE("ownership: a no of the user is asked again after 10 s, silence counts as a no",
          "[ownership][takeover]") {
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  one.see(cluster(4, {2}));
  CHECK(one.observed(7, 3, 2) == "ask");
  SECTION("no") {
    CHECK(one.may_take(false).empty());
    CHECK(one.advance(seconds{9}).empty());
    CHECK(one.advance(seconds{1}) == "ask");
    CHECK(one.may_take(true) == "claim at 7");
  }
  SECTION("silence") {
    CHECK(one.advance(seconds{19}).empty());
    CHECK(one.advance(seconds{1}) == "ask");
    CHECK(one.may_take(true) == "claim at 7");
    CHECK(one.may_take(true).empty());
  }
}

TEST_CASE("ownership: how a claim ends decides what follows", "[ownership][takeover]") {
  Node one = settled(unit_of_rank(0, 4, 1, 2), 4, 2);
  one.see(cluster(4, {2}));
  one.claim_from(7, 3, 2);
  SECTION("lost to a live winner") {
    CHECK(one.ended(ClaimResult::lost, 4, 3) == "owner 3 of epoch 4");
    CHECK(one.advance(seconds{29}).empty());
  }
  SECTION("lost to a winner that is down as well") {
    one.see(cluster(4, {2, 3}));
    CHECK(one.ended(ClaimResult::lost, 4, 3) == "owner 3 of epoch 4, observe");
  }
  SECTION("lost to nobody knows whom") {
    CHECK(one.ended(ClaimResult::lost) == "observe");
    CHECK(one.observed(9, 5, 4) == "owner 4 of epoch 5");
  }
  SECTION("lost to the old owner, as far as can be seen") {
    CHECK(one.ended(ClaimResult::lost, 3, 2) == "observe");
    CHECK(one.observed(7, 3, 2).empty());
    CHECK(one.advance(seconds{1}).empty());
    CHECK(one.advance(seconds{1}) == "ask");
  }
  SECTION("withdrawn: only a newer spec may be claimed for") {
    CHECK(one.ended(ClaimResult::withdrawn, 3) == "owner 0 of epoch 3");
    CHECK(one.advance(minutes{10}).empty());
    CHECK(one.status() == "0:3");
    CHECK(one.deploy(3) == "deployed 3, observe");
  }
  SECTION("failed: again, ever later, up to 30 s") {
    for (const int wait : {2, 4, 8, 16, 30, 30}) {
      CAPTURE(wait);
      CHECK(one.ended(ClaimResult::failed) == "observe");
      CHECK(one.observed(7, 3, 2).empty());
      CHECK(one.advance(seconds{wait} - milliseconds{1}).empty());
      CHECK(one.advance(milliseconds{1}) == "ask");
      CHECK(one.may_take(true) == "claim at 7");
    }
  }
  SECTION("won, though a higher epoch is known already") {
    CHECK(one.claimed(6, 3) == "owner 3 of epoch 6");
    CHECK(one.ended(ClaimResult::won, 4, 1).empty());
    CHECK(one.status() == "3:6");
  }
  SECTION("won, announced by ourselves before its end is told") {
    CHECK(one.claimed(4, 1).empty());
    CHECK(one.ended(ClaimResult::won, 4, 1) == "owner 1 of epoch 4");
  }
  SECTION("won, then its state could not be had") {
    one.ended(ClaimResult::won, 4, 1);
    CHECK(one.ended(ClaimResult::failed) == "observe");
  }
  SECTION("while it is in flight no other is sent") {
    CHECK(one.see(cluster(4)).empty());
    CHECK(one.see(cluster(4, {2})).empty());
    CHECK(one.observed(7, 3, 2).empty());
    CHECK(one.may_take(true).empty());
    CHECK(one.advance(minutes{10}).empty());
  }
}

TEST_CASE("ownership: after a stop the journal is looked at, and what it says decides",
          "[ownership][takeover]") {
  Node one{unit_of_rank(0, 4)};
  one.see(cluster(4));
  one.deploy();
  one.claim_from(0, 0, 0);
  one.ended(ClaimResult::won, 1, 1);
  one.advance(seconds{5});
  SECTION("fenced") {
    CHECK(one.stopped() == "observe");
    CHECK(one.observed(9, 2, 3) == "owner 3 of epoch 2");
    CHECK(one.advance(seconds{29}).empty());
  }
  SECTION("fenced, and the winner was announced before") {
    CHECK(one.claimed(2, 3) == "owner 3 of epoch 2");
    CHECK(one.stopped().empty());
  }
  SECTION("its start failed: it is ours no more, and tried again after a rest") {
    CHECK(one.stopped() == "observe");
    CHECK(one.status() == "0:1");
    CHECK(one.observed(1, 1, 1) == "owner 0 of epoch 1");
    CHECK(one.advance(seconds{1}).empty());
    CHECK(one.advance(seconds{1}) == "ask");
    CHECK(one.may_take(true) == "claim at 1");
    CHECK(one.ended(ClaimResult::won, 2, 1) == "owner 1 of epoch 2");
  }
}

TEST_CASE("ownership: an owner that does not publish within start_timeout may be replaced",
          "[ownership][takeover]") {
  Node one{unit_of_rank(0, 4, 1, 2)};
  one.see(cluster(4));
  one.deploy();
  one.claimed(3, 2);
  CHECK(one.advance(seconds{29}).empty());

  SECTION("it publishes in time") {
    one.published(3);
    CHECK(one.advance(minutes{10}).empty());
  }
  SECTION("the record of an older epoch is none") {
    one.published(2);
    CHECK(one.advance(seconds{1}) == "observe");
  }
  SECTION("it does not") {
    CHECK(one.advance(seconds{1}) == "observe");
    CHECK(one.observed(3, 3, 2) == "ask");
    CHECK(one.may_take(true) == "claim at 3");
  }
  SECTION("it publishes late, but before the claim") {
    CHECK(one.advance(seconds{1}) == "observe");
    CHECK(one.observed(3, 3, 2) == "ask");
    one.published(3);
    CHECK(one.advance(milliseconds{0}).empty());
    CHECK(one.may_take(true).empty());
    CHECK(one.advance(minutes{10}).empty());
  }
  SECTION("claiming once more gains it no time") {
    CHECK(one.claimed(4, 2) == "owner 2 of epoch 4");
    CHECK(one.advance(seconds{1}) == "observe");
  }
  SECTION("another owner has all the time") {
    CHECK(one.claimed(4, 3) == "owner 3 of epoch 4");
    CHECK(one.advance(seconds{29}).empty());
    CHECK(one.advance(seconds{1}) != "");
  }
  SECTION("it was down meanwhile: its time begins anew") {
    one.see(cluster(4, {2}));
    one.see(cluster(4));
    CHECK(one.advance(seconds{29}).empty());
    CHECK(one.advance(seconds{1}) == "observe");
  }
}

TEST_CASE("ownership: an overdue owner is left out of the ranking", "[ownership][takeover]") {
  // First of all four is the owner itself, and second this node.
  UnitId unit;
  for (int i = 0;; ++i) {
    unit = {"s" + std::to_string(i), 0};
    const auto order = rank(unit, cluster(4));
    if (order[0] == node(2) && order[1] == node(1)) break;
  }
  Node one{unit};
  one.see(cluster(4));
  one.deploy();
  one.claimed(3, 2);
  CHECK(one.advance(seconds{30}) == "observe");
  CHECK(one.observed(3, 3, 2) == "ask");
}

TEST_CASE("ownership: no more than claims_parallel_max claims are under way",
          "[ownership][storm]") {
  Ownership::Options options;
  options.claims_parallel_max = 2;
  options.rank_step = milliseconds{0};
  Node one{{"ledger", 0}, options};
  one.see(cluster(2));
  one.deploy(1, 5);
  std::vector<UnitId> asked;
  const auto note = [&](const Outbox& outbox) {
    for (const Effect& effect : outbox) {
      if (const auto* ask = std::get_if<AskMayTake>(&effect)) asked.push_back(ask->unit);
    }
  };
  for (std::uint32_t ordinal = 0; ordinal < 5; ++ordinal) {
    Outbox outbox;
    Ownership::Observation seen;
    seen.unit = {"ledger", ordinal};
    seen.is_reliable = true;
    one.ownership.on_observed(one.now, seen, outbox);
    note(outbox);
  }
  REQUIRE(asked.size() == 2);
  Outbox outbox;
  one.ownership.on_may_take(one.now, asked[0], true, outbox);
  CHECK(describe(outbox) == "claim at 0");
  outbox.clear();
  one.ownership.on_may_take(one.now, asked[1], false, outbox);
  note(outbox);
  CHECK(asked.size() == 3);
  outbox.clear();
  one.ownership.on_claim_ended(one.now, asked[0], ClaimResult::won, 1, node(1), outbox);
  note(outbox);
  CHECK(asked.size() == 4);
}

TEST_CASE("ownership: no more than 64 journals are looked at in one go", "[ownership][storm]") {
  Node one{{"ledger", 0}};
  one.see(cluster(2));
  Outbox outbox;
  one.ownership.on_spec(one.now, spec_of("ledger", 1, 200), outbox);
  std::vector<UnitId> looked;
  for (std::size_t i = 0; i < outbox.size(); ++i) {
    if (const auto* order = std::get_if<Observe>(&outbox[i])) looked.push_back(order->unit);
  }
  CHECK(looked.size() == 64);
  for (std::size_t i = 0; i < looked.size(); ++i) {
    Outbox more;
    Ownership::Observation seen;
    seen.unit = looked[i];
    seen.is_reliable = true;
    seen.tip = 1;
    seen.epoch = 1;
    seen.owner = node(2);
    one.ownership.on_observed(one.now, seen, more);
    for (const Effect& effect : more) {
      if (const auto* order = std::get_if<Observe>(&effect)) looked.push_back(order->unit);
    }
  }
  CHECK(looked.size() == 200);
}

}  // namespace gossamer::ownership
