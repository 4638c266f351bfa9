// How many questions about what others say are put, and that they lead to the truth.

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "base/counter.hpp"
#include "base/random.hpp"
#include "fixture.hpp"
#include "naming/inquiries.hpp"
#include "naming/liars.hpp"

namespace gossamer::naming {
namespace {

const UnitId kUnit{"ledger", 0};
using Content = Naming::SlotContent;

}  // namespace

TEST_CASE(
    "naming: questions under way and in a time are bounded, and a liar makes only himself wait",
    "[naming][hearsay][bounds]") {
  Node one;
  one.see(all_alive(9));
  const auto unit = [](std::size_t n) { return UnitId{"u" + std::to_string(n), 0}; };
  std::vector<std::uint64_t> open;
  const auto collect = [&] {
    for (const ReadClaim& order : all<ReadClaim>(one.outbox)) open.push_back(order.question);
  };
  for (std::size_t n = 0; n < 2'000; ++n) {
    CHECK(one.announce(unit(n), kCounterMax, 9));
    collect();
  }
  CHECK(open.size() == Inquiries::kUnderWayMax);
  // One place becomes free, and it is for the one who has asked for nothing yet.
  one.announce(kUnit, 1, 3);
  CHECK(count<ReadClaim>(one.outbox) == 0);
  one.slot_holds(open[0], Content::absent);
  REQUIRE(count<ReadClaim>(one.outbox) == 1);
  CHECK(all<ReadClaim>(one.outbox)[0].unit == kUnit);
  collect();
  std::size_t asked = open.size();
  for (std::size_t next = 1; next < open.size(); ++next) {
    one.slot_holds(open[next], Content::absent);
    asked += count<ReadClaim>(one.outbox);
    collect();
  }
  CHECK(asked == Inquiries::kQuestionsPerWindow);
  one.advance(Inquiries::kWindow);
  CHECK(count<ReadClaim>(one.outbox) == Inquiries::kUnderWayMax);
}

TEST_CASE("naming: claims in doubt are bounded, of all units and of one",
          "[naming][hearsay][bounds]") {
  Inquiries inquiries;
  const auto claim = [](std::size_t unit, std::uint8_t by, Epoch epoch = 1) {
    return ClaimHeard{{"u" + std::to_string(unit), 0}, epoch, node(by), 1};
  };
  for (std::uint8_t by = 1; by <= Inquiries::kClaimsPerUnitMax; ++by) {
    CHECK(inquiries.add_claim(claim(0, by)));
  }
  CHECK_FALSE(inquiries.add_claim(claim(0, 99)));
  CHECK(inquiries.add_claim(claim(0, 1, 2)));
  for (std::size_t unit = 1; unit <= Inquiries::kClaimsMax - Inquiries::kClaimsPerUnitMax; ++unit) {
    REQUIRE(inquiries.add_claim(claim(unit, 1)));
  }
  CHECK_FALSE(inquiries.add_claim(claim(1, 2)));
  inquiries.end_claim({{"u1", 0}, node(1)});
  CHECK(inquiries.add_claim(claim(1, 2)));
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
