// How many questions about what others say are put, and that they lead to the truth.

#include "naming/inquiries.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <deque>

#include "base/counter.hpp"
#include "base/random.hpp"
#include "fixture.hpp"
#include "naming/liars.hpp"

namespace gossamer::naming {
namespace {

const UnitId kUnit{"ledger", 0};
using Content = Naming::SlotContent;

}  // namespace

TEST_CASE(
    "naming: questions under way and in a time are bounded, and a doubt waits for none of a record",
    "[naming][hearsay][bounds]") {
  Node one;
  one.see(all_alive(9));
  const auto unit = [](std::size_t n) { return UnitId{"u" + std::to_string(n), 0}; };
  std::deque<UnitId> open;
  const auto collect = [&] {
    for (const ConfirmEpoch& order : all<ConfirmEpoch>(one.outbox)) open.push_back(order.unit);
  };
  for (std::size_t n = 0; n < 2'000; ++n) {
    CHECK(one.hear(said(9, 1, kCounterMax, unit(n).service)));
    collect();
  }
  CHECK(open.size() == Inquiries::kUnderWayMax);
  one.announce(kUnit, 1, 3);
  CHECK(count<ReadClaim>(one.outbox) == 0);
  one.journal_holds(open[0], 0);
  open.pop_front();
  REQUIRE(count<ReadClaim>(one.outbox) == 1);
  CHECK(all<ReadClaim>(one.outbox)[0].unit == kUnit);
  std::size_t asked = Inquiries::kUnderWayMax + 1;
  while (!open.empty()) {
    const UnitId next = open.front();
    open.pop_front();
    one.journal_holds(next, 0);
    asked += count<ConfirmEpoch>(one.outbox);
    collect();
  }
  CHECK(asked == Inquiries::kQuestionsPerWindow);
  one.advance(Inquiries::kWindow);
  CHECK(count<ConfirmEpoch>(one.outbox) == Inquiries::kUnderWayMax - 1);
}

TEST_CASE(
    "naming: who claims a thousand units puts sixteen names in doubt, and makes nobody else wait",
    "[naming][hearsay][bounds]") {
  Node one;
  one.see(all_alive(9));
  const auto unit = [](std::size_t n) { return UnitId{"a" + std::to_string(n), 0}; };
  std::size_t held = 0;
  std::vector<std::uint64_t> reads;
  for (std::size_t n = 0; n < 1'000; ++n) {
    one.hear(said(2, 1, 0, unit(n).service));
    held += one.announce(unit(n), kCounterMax, 9) ? 1 : 0;
    for (const ReadClaim& order : all<ReadClaim>(one.outbox)) reads.push_back(order.question);
  }
  CHECK(held == Inquiries::kClaimsPerAuthorMax);
  CHECK(reads.size() == held);
  std::size_t silent = 0;
  for (std::size_t n = 0; n < 1'000; ++n) silent += one.answer(unit(n).service).empty() ? 1 : 0;
  CHECK(silent == held);
  CHECK(one.announce(kUnit, 1, 3));
  CHECK(count<ReadClaim>(one.outbox) == 1);
  // What was refused may be said again once others are settled.
  CHECK_FALSE(one.announce(unit(500), kCounterMax, 9));
  one.slot_holds(reads[0], Content::absent);
  CHECK(one.announce(unit(500), kCounterMax, 9));
}

TEST_CASE("naming: while doubts never end one question in four is about something else",
          "[naming][hearsay][bounds]") {
  Inquiries inquiries;
  std::size_t unit = 0;
  const auto refill = [&] {
    while (inquiries.add_claim({{"u" + std::to_string(unit), 0}, 9, node(9), 1}, true)) ++unit;
  };
  for (std::uint32_t n = 0; n < 100; ++n) inquiries.want_record({}, {{"r", n}, node(2)}, 1, false);
  std::size_t of_records = 0;
  std::size_t of_claims = 0;
  refill();
  while (of_records + of_claims < 200) {
    for (const Inquiries::Question& question : inquiries.take({})) {
      ++(question.is_of_claim ? of_claims : of_records);
      inquiries.end_claim(question.teller);
      inquiries.want_record({}, question.teller, 0, false);
      inquiries.answered({}, question, false);
    }
    refill();
  }
  CHECK(of_records >= 40);
  CHECK(of_claims >= 100);
}

TEST_CASE(
    "naming: a claim of one that is not live puts no name in doubt, and is asked about all the "
    "same",
    "[naming][hearsay]") {
  Node one;
  one.see(all_alive(2));
  one.hear(said(2, 1));
  CHECK(one.announce(kUnit, kCounterMax, 9));
  REQUIRE(count<ReadClaim>(one.outbox) == 1);
  const std::uint64_t question = all<ReadClaim>(one.outbox)[0].question;
  CHECK(one.answer() == "2:0");
  CHECK_FALSE(one.naming.doubted(kUnit).has_value());
  SECTION("one that went down before it was heard may be right") {
    one.slot_holds(question, Content::claim, kCounterMax, 9);
    CHECK(count<ClaimConfirmed>(one.outbox) == 1);
    CHECK(one.answer().empty());
  }
  SECTION("it is in doubt from when he is live") {
    one.see(all_alive(9));
    CHECK(count<Changed>(one.outbox) == 1);
    CHECK(one.answer().empty());
    CHECK(one.naming.doubted(kUnit)->author == node(9));
    one.slot_holds(question, Content::absent);
    CHECK(one.answer() == "2:0");
  }
  SECTION("made-up identities have the room of one, and take none from who is live") {
    for (std::uint8_t by = 10; by < 200; ++by) one.announce({"u" + std::to_string(by), 0}, 9, by);
    CHECK_FALSE(one.announce({"another", 0}, 9, 201));
    CHECK(one.announce({"another", 0}, 9, 2));
    CHECK(one.naming.doubted({"another", 0}).has_value());
  }
}

TEST_CASE("naming: claims to be looked up are bounded, of all units and of one",
          "[naming][hearsay][bounds]") {
  Inquiries inquiries;
  const auto claim = [](std::size_t unit, std::uint8_t by, Epoch epoch = 1) {
    return ClaimHeard{{"u" + std::to_string(unit), 0}, epoch, node(by), 1};
  };
  for (std::uint8_t by = 1; by <= Inquiries::kClaimsPerUnitMax; ++by) {
    CHECK(inquiries.add_claim(claim(0, by), true));
  }
  CHECK_FALSE(inquiries.add_claim(claim(0, 99), true));
  CHECK(inquiries.add_claim(claim(0, 1, 2), true));
  CHECK(inquiries.doubted(UnitId{"u0", 0}) == 2);
  for (std::size_t n = Inquiries::kClaimsPerUnitMax; n < Inquiries::kClaimsMax; ++n) {
    REQUIRE(inquiries.add_claim(claim(n, static_cast<std::uint8_t>(100 + n / 16)), true));
  }
  CHECK_FALSE(inquiries.add_claim(claim(1, 2), true));
  inquiries.end_claim({{"u0", 0}, node(1)});
  CHECK(inquiries.add_claim(claim(1, 2), true));
}

TEST_CASE("naming: liars are remembered up to a bound, the first caught going first",
          "[naming][hearsay][bounds]") {
  Liars liars{2};
  const auto of = [](std::uint8_t by) { return Teller{kUnit, node(by)}; };
  CHECK(liars.add(of(1)));
  CHECK_FALSE(liars.add(of(1)));
  CHECK(liars.add(of(2)));
  CHECK(liars.add(of(3)));
  CHECK(liars.size() == 2);
  CHECK_FALSE(liars.knows(of(1)));
  CHECK(liars.knows(of(2)));
  liars.forgive(of(2));
  CHECK(liars.add(of(4)));
  CHECK(liars.knows(of(3)));
}

TEST_CASE(
    "naming: whatever liars say, who reads the journal answers its owner or nothing, and in the "
    "end the owner",
    "[naming][hearsay][law]") {
  CHECK(rc::check([](std::uint64_t seed) {
    Random random{seed};
    Node one;
    one.see(all_alive(9));
    Epoch highest = 0;  // In the journal, of node 2 + highest % 3.
    std::map<std::uint64_t, ReadClaim> reads;
    std::size_t looks = 0;
    std::uint64_t version = 0;
    std::map<Epoch, std::uint64_t> slots;
    const auto owner = [](Epoch epoch) { return static_cast<std::uint8_t>(2 + epoch % 3); };
    const auto collect = [&] {
      for (const ReadClaim& read : all<ReadClaim>(one.outbox)) reads[read.question] = read;
      looks += count<ConfirmEpoch>(one.outbox);
    };
    const auto answer_one = [&](bool is_silent) {
      if (!reads.empty()) {
        const ReadClaim read = reads.begin()->second;
        reads.erase(reads.begin());
        if (is_silent) {
          one.slot_holds(read.question, Content::unknown);
        } else if (read.slot % 10 == 0 && read.slot / 10 <= highest && read.slot > 0) {
          one.slot_holds(read.question, Content::claim, read.slot / 10, owner(read.slot / 10));
        } else {
          one.slot_holds(read.question, Content::absent);
        }
      } else if (looks > 0) {
        looks = 0;
        is_silent ? one.journal_is_silent(kUnit)
                  : one.journal_holds(kUnit, highest, owner(highest));
      }
      collect();
    };
    Epoch heard = 0;  // The newest true claim that was told.
    for (int step = 0; step < 150; ++step) {
      switch (random.below(6)) {
        case 0: {
          ++highest;
          one.hear(said(owner(highest), ++version, highest));
          break;
        }
        case 1:
          if (highest > 0 && one.announce(kUnit, highest, owner(highest))) heard = highest;
          break;
        case 2:
          one.announce({kUnit, 1 + random.below(highest + 4),
                        node(static_cast<std::uint8_t>(7 + random.below(3))),
                        1 + random.below(90)});
          break;
        case 3: one.hear(said(8, ++version, highest + 1 + random.below(3))); break;
        case 4: one.advance(seconds{random.below(90)}); break;
        default:
          collect();
          answer_one(random.chance(1, 3));
          continue;
      }
      collect();
      const auto answer = one.naming.resolve(kUnit);
      if (!answer) continue;
      RC_ASSERT(answer->epoch >= heard);
      RC_ASSERT(answer->epoch <= highest);
      RC_ASSERT(answer->node == node(owner(answer->epoch)));
    }
    ++highest;
    one.hear(said(owner(highest), ++version, highest));
    collect();
    one.announce(kUnit, highest, owner(highest));
    collect();
    for (int minute = 0; minute < 6; ++minute) {
      while (!reads.empty() || looks > 0) answer_one(false);
      one.advance(minutes{1});
      collect();
    }
    RC_ASSERT(one.answer() == std::to_string(owner(highest)) + ":" + std::to_string(highest));
  }));
}

}  // namespace gossamer::naming
