// What others say of epochs: doubts, questions, answers, and who is caught lying.

#include <catch2/catch.hpp>

#include "base/counter.hpp"
#include "fixture.hpp"

namespace gossamer::naming {
namespace {

const UnitId kUnit{"ledger", 0};
using Content = Naming::SlotContent;

}  // namespace

TEST_CASE("naming: a claim that was heard counts when its slot bears it out, and not before",
          "[naming][hearsay]") {
  Settled one;
  CHECK(one.announce(kUnit, 6, 3));
  REQUIRE(count<ReadClaim>(one.outbox) == 1);
  CHECK(all<ReadClaim>(one.outbox)[0].unit == kUnit);
  CHECK(all<ReadClaim>(one.outbox)[0].slot == 60);
  CHECK(count<ConfirmEpoch>(one.outbox) == 0);
  CHECK(count<Changed>(one.outbox) == 1);
  CHECK(one.answer().empty());
  CHECK(one.naming.doubted(kUnit)->author == node(3));
  const std::uint64_t question = all<ReadClaim>(one.outbox)[0].question;
  one.hear(said(3, 1, 6));
  CHECK(one.answer().empty());
  one.slot_holds(question, Content::claim, 6, 3);
  CHECK(count<ClaimConfirmed>(one.outbox) == 1);
  CHECK(count<Changed>(one.outbox) == 1);
  CHECK(count<EpochPublished>(one.outbox) == 1);
  CHECK(one.answer() == "3:6");
  CHECK_FALSE(one.naming.doubted(kUnit).has_value());
  one.advance(minutes{10});
  CHECK(count<ReadClaim>(one.outbox) + count<ConfirmEpoch>(one.outbox) == 0);
}

TEST_CASE("naming: a claim that its slot does not bear out is over at once, and its author caught",
          "[naming][hearsay]") {
  struct Row {
    const char* why;
    Content content;
    Epoch epoch;
    std::uint8_t writer;
  };
  const auto row = GENERATE(values<Row>({
      {"the slot is empty", Content::absent, 0, 0},
      {"it holds something else", Content::other, 0, 0},
      {"it holds a claim of another epoch", Content::claim, 5, 9},
      {"it holds a claim of another node", Content::claim, kCounterMax, 2},
  }));
  CAPTURE(row.why);
  Settled one;
  CHECK(one.announce({kUnit, kCounterMax, node(9), 3}));
  CHECK(one.answer().empty());
  one.slot_holds(row.content, row.epoch, row.writer);
  REQUIRE(count<Refuted>(one.outbox) == 1);
  CHECK(all<Refuted>(one.outbox)[0].is_claim);
  CHECK(all<Refuted>(one.outbox)[0].claim == ClaimHeard{kUnit, kCounterMax, node(9), 3});
  CHECK(count<Changed>(one.outbox) == 1);
  CHECK(one.answer() == "2:5");
  // From then on it raises no doubt, costs nothing, and is not told on.
  for (Epoch epoch = 6; epoch < 20; ++epoch) {
    CHECK_FALSE(one.announce({kUnit, epoch, node(9), epoch}));
    CHECK(one.outbox.empty());
  }
  CHECK(one.answer() == "2:5");
  // Others are not blamed for it, and of another unit he may be right.
  CHECK(one.announce(kUnit, 6, 3));
  CHECK(count<ReadClaim>(one.outbox) == 1);
  one.slot_holds(Content::claim, 6, 3);
  CHECK(one.announce({"shop", 0}, 6, 9));
  CHECK(count<ReadClaim>(one.outbox) == 1);
}

TEST_CASE(
    "naming: while the journal does not answer the doubt stays, and is asked about ever less often",
    "[naming][hearsay]") {
  Settled one;
  one.announce(kUnit, 6, 3);
  Instant last = one.now;
  for (const int wait : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    one.slot_holds(Content::unknown);
    CHECK(one.outbox.empty());
    one.advance(seconds{wait} - seconds{1});
    CHECK(one.outbox.empty());
    one.advance(seconds{1});
    REQUIRE(count<ReadClaim>(one.outbox) == 1);
    CHECK(one.now - last == seconds{wait});
    last = one.now;
    CHECK(one.answer().empty());
  }
  one.slot_holds(Content::absent);
  CHECK(one.answer() == "2:5");
}

TEST_CASE("naming: an answer that is lost is waited for a minute", "[naming][hearsay]") {
  Settled one;
  one.announce(kUnit, 6, 3);
  const std::uint64_t lost = all<ReadClaim>(one.outbox)[0].question;
  one.advance(seconds{59});
  CHECK(count<ReadClaim>(one.outbox) == 0);
  one.advance(seconds{1});
  CHECK(count<ReadClaim>(one.outbox) == 1);
  const std::uint64_t next = all<ReadClaim>(one.outbox)[0].question;
  // That one was put before, so it shows nothing.
  one.slot_holds(lost, Content::absent);
  CHECK(count<Refuted>(one.outbox) == 0);
  CHECK(one.answer().empty());
  one.slot_holds(next, Content::absent);
  CHECK(one.answer() == "2:5");
}

TEST_CASE(
    "naming: of a slot that cannot be read, or was not told, the journal's newest entry decides",
    "[naming][hearsay]") {
  struct Row {
    const char* why;
    bool is_reliable;
    Epoch epoch;
    std::uint8_t claimant;
    const char* answer;
    bool is_refuted;
    bool is_confirmed;
  };
  const auto row = GENERATE(values<Row>({
      {"it is lower", true, 5, 2, "2:5", true, false},
      {"it is that claim", true, 6, 3, "3:6", false, true},
      {"it is another's", true, 6, 4, "", true, false},
      {"whose it is cannot be told", true, 6, 0, "3:6", false, false},
      {"it is higher", true, 7, 4, "", false, false},
      {"nor can that be read", false, 0, 0, "", false, false},
  }));
  const bool is_told = GENERATE(true, false);
  CAPTURE(row.why, is_told);
  Settled one;
  one.announce({kUnit, 6, node(3), is_told ? 60U : 0U});
  if (is_told) one.slot_holds(Content::unreadable);
  REQUIRE(count<ConfirmEpoch>(one.outbox) == 1);
  one.hear(said(3, 1, 6));
  CHECK(one.answer().empty());
  one.outbox.clear();
  one.naming.on_journal_read(one.now, kUnit, {row.is_reliable, true, row.epoch, node(row.claimant)},
                             one.outbox);
  CHECK(one.answer() == row.answer);
  CHECK(count<Refuted>(one.outbox) == (row.is_refuted ? 1 : 0));
  CHECK(count<ClaimConfirmed>(one.outbox) == (row.is_confirmed ? 1 : 0));
  CHECK(one.naming.doubted(kUnit).has_value() == !row.is_reliable);
}

TEST_CASE("naming: of an epoch whose claimant is known only that node's record counts",
          "[naming][hearsay][epoch]") {
  Settled one;
  one.hear(said(9, 1, 5));
  CHECK(one.answer() == "2:5");
  // Made up before it was real, and real then: of another.
  one.hear(said(9, 2, 6));
  one.announce(kUnit, 6, 3);
  one.slot_holds(Content::claim, 6, 3);
  CHECK(one.answer().empty());
  CHECK(count<EpochPublished>(one.outbox) == 0);
  one.hear(said(3, 1, 6));
  CHECK(one.answer() == "3:6");
  CHECK(count<EpochPublished>(one.outbox) == 1);
}

TEST_CASE(
    "naming: who claimed an epoch that is real is asked for too, and a liar forgiven if it was he",
    "[naming][hearsay][epoch]") {
  Settled one;
  one.announce(kUnit, 100, 9);
  one.slot_holds(Content::absent);
  one.claim(kUnit, 6);  // Lost to somebody.
  CHECK_FALSE(one.announce(kUnit, 6, 9));
  one.hear(said(9, 1, 6));
  CHECK(one.answer() == "9:6");
  one.advance(seconds{60});
  REQUIRE(count<ConfirmEpoch>(one.outbox) == 1);
  SECTION("it was he") {
    one.journal_holds(kUnit, 6, 9);
    CHECK(one.answer() == "9:6");
    CHECK(one.announce(kUnit, 6, 9));
  }
  SECTION("it was another") {
    one.journal_holds(kUnit, 6, 3);
    CHECK(one.answer().empty());
  }
  SECTION("the journal's newest entry does not tell") {
    one.journal_holds(kUnit, 6);
    CHECK(one.answer() == "9:6");
    one.advance(seconds{59});
    CHECK(count<ConfirmEpoch>(one.outbox) == 0);
    one.advance(seconds{1});
    CHECK(count<ConfirmEpoch>(one.outbox) == 1);
  }
}

TEST_CASE("naming: a read that began before the question refutes nothing", "[naming][hearsay]") {
  Settled one;
  one.announce({kUnit, 6, node(3), 0});
  one.outbox.clear();
  one.naming.on_journal_read(one.now, kUnit, {true, false, 5, node(2)}, one.outbox);
  CHECK(count<Refuted>(one.outbox) == 0);
  CHECK(one.answer().empty());
  one.journal_holds(kUnit, 6, 3);
  CHECK(count<ClaimConfirmed>(one.outbox) == 1);
}

TEST_CASE("naming: an epoch that is known of one node is refused of another without a question",
          "[naming][hearsay]") {
  Settled one;
  CHECK_FALSE(one.announce(kUnit, 5, 9));
  CHECK(count<Refuted>(one.outbox) == 1);
  CHECK(count<ReadClaim>(one.outbox) == 0);
  CHECK(one.answer() == "2:5");
  CHECK(one.announce(kUnit, 5, 2));
  CHECK(count<ClaimConfirmed>(one.outbox) == 1);
  // Of the past it changes nothing.
  CHECK(one.announce(kUnit, 4, 3));
  CHECK(one.outbox.empty());
}

TEST_CASE("naming: a liar whose claim the journal holds after all is believed again",
          "[naming][hearsay]") {
  Settled one;
  one.announce(kUnit, 100, 9);
  one.slot_holds(Content::absent);
  CHECK_FALSE(one.announce(kUnit, 6, 9));
  one.hear(said(9, 1, 6));
  CHECK(count<ConfirmEpoch>(one.outbox) == 0);
  one.advance(seconds{60});
  REQUIRE(count<ConfirmEpoch>(one.outbox) == 1);
  one.journal_holds(kUnit, 6, 9);
  CHECK(one.answer() == "9:6");
  CHECK(one.announce(kUnit, 6, 9));
  CHECK(count<ClaimConfirmed>(one.outbox) == 1);
  CHECK(one.announce(kUnit, 7, 9));
  CHECK(count<ReadClaim>(one.outbox) == 1);
}

TEST_CASE("naming: a liar gains nothing by a second claim while the first is being read",
          "[naming][hearsay]") {
  Settled one;
  one.announce(kUnit, 100, 9);
  const std::uint64_t first = all<ReadClaim>(one.outbox)[0].question;
  one.announce(kUnit, 101, 9);
  CHECK(count<ReadClaim>(one.outbox) == 0);
  one.slot_holds(first, Content::absent);
  CHECK(all<Refuted>(one.outbox)[0].claim.epoch == 101);
  CHECK(one.answer() == "2:5");
  CHECK(count<ReadClaim>(one.outbox) == 0);
}

TEST_CASE("naming: a true claim ends all doubts at or below it, and none above it",
          "[naming][hearsay]") {
  Settled one;
  one.announce(kUnit, 6, 3);
  const std::uint64_t sixth = all<ReadClaim>(one.outbox)[0].question;
  one.announce(kUnit, 9, 9);
  const std::uint64_t ninth = all<ReadClaim>(one.outbox)[0].question;
  one.hear(said(3, 1, 6));
  one.slot_holds(sixth, Content::claim, 6, 3);
  CHECK(one.answer().empty());
  CHECK(one.naming.doubted(kUnit)->epoch == 9);
  one.slot_holds(ninth, Content::absent);
  CHECK(one.answer() == "3:6");
}

TEST_CASE("naming: a merely published name is blocked by a made-up claim until that is read",
          "[naming][hearsay]") {
  Node one;
  one.see(all_alive(9));
  one.hear(said(2, 1));
  REQUIRE(one.answer() == "2:0");
  one.announce(kUnit, kCounterMax, 9);
  CHECK(one.answer().empty());
  one.slot_holds(Content::absent);
  CHECK(one.answer() == "2:0");
}

TEST_CASE("naming: an unconfirmed epoch of a record is asked about at once, and the answer decides",
          "[naming][hearsay][epoch]") {
  Node one;
  one.see(all_alive(9));
  one.hear(said(2, 1, 5));
  REQUIRE(count<ConfirmEpoch>(one.outbox) == 1);
  CHECK(all<ConfirmEpoch>(one.outbox)[0].unit == kUnit);
  one.hear(said(2, 2, 5));
  CHECK(count<ConfirmEpoch>(one.outbox) == 0);

  SECTION("no answer") {
    one.journal_is_silent(kUnit);
    one.advance(seconds{1});
    CHECK(count<ConfirmEpoch>(one.outbox) == 1);
  }
  SECTION("confirmed") {
    one.journal_holds(kUnit, 5, 2);
    CHECK(one.answer() == "2:5");
    CHECK(count<Changed>(one.outbox) == 1);
    CHECK(count<EpochPublished>(one.outbox) == 1);
    one.advance(minutes{1});
    CHECK(count<ConfirmEpoch>(one.outbox) == 0);
  }
  SECTION(
      "the journal knows a lower one only: that was a lie, told once, and asked about once a "
      "minute") {
    one.journal_holds(kUnit, 4);
    REQUIRE(count<Refuted>(one.outbox) == 1);
    CHECK_FALSE(all<Refuted>(one.outbox)[0].is_claim);
    CHECK(all<Refuted>(one.outbox)[0].claim.author == node(2));
    CHECK(one.answer().empty());
    for (int minute = 0; minute < 5; ++minute) {
      one.advance(seconds{59});
      CHECK(count<ConfirmEpoch>(one.outbox) == 0);
      one.advance(seconds{1});
      CHECK(count<ConfirmEpoch>(one.outbox) == 1);
      one.journal_holds(kUnit, 4);
      CHECK(count<Refuted>(one.outbox) == 0);
    }
    // Saying it anew, and more, makes it no sooner.
    one.hear(withdrawn(said(2, 3, 5)));
    for (std::uint64_t version = 4; version < 20; ++version) {
      one.hear(said(2, version, 5 + version));
      CHECK(count<ConfirmEpoch>(one.outbox) == 0);
    }
  }
  SECTION("a higher one of another node is another question") {
    one.hear(said(3, 1, 6));
    CHECK(count<ConfirmEpoch>(one.outbox) == 1);
  }
  SECTION("withdrawn") {
    one.hear(withdrawn(said(2, 3, 5)));
    one.journal_is_silent(kUnit);
    one.advance(minutes{1});
    CHECK(count<ConfirmEpoch>(one.outbox) == 0);
  }
  SECTION("of a node that is down there is nothing to ask, until it is back") {
    one.see(view({{1, MemberState::alive}, {2, MemberState::down}}));
    one.journal_is_silent(kUnit);
    one.advance(minutes{1});
    CHECK(count<ConfirmEpoch>(one.outbox) == 0);
    one.see(all_alive(2));
    CHECK(count<ConfirmEpoch>(one.outbox) == 1);
  }
}

TEST_CASE("naming: a made-up epoch of a record blocks no other, and counts as started nowhere",
          "[naming][hearsay]") {
  Settled one;
  one.hear(said(9, 1, kCounterMax));
  CHECK(count<EpochPublished>(one.outbox) == 1);
  CHECK(all<EpochPublished>(one.outbox)[0].epoch == 5);
  CHECK(one.answer() == "2:5");
  one.journal_holds(kUnit, 5, 2);
  CHECK(count<Refuted>(one.outbox) == 1);
  CHECK(one.answer() == "2:5");
  // The next owner's epoch is asked about at once all the same.
  one.hear(said(3, 1, 6));
  CHECK(count<ConfirmEpoch>(one.outbox) == 1);
  one.journal_holds(kUnit, 6, 3);
  CHECK(one.answer() == "3:6");
}

}  // namespace gossamer::naming
