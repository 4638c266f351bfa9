#include <catch2/catch.hpp>

#include "fixture.hpp"

namespace gossamer::naming {
namespace {

const UnitId kUnit{"ledger", 0};
constexpr auto kAlive = MemberState::alive;
constexpr auto kDown = MemberState::down;

}  // namespace

TEST_CASE("naming: cached records answer at once, marked stale", "[naming][cache]") {
  Node one;
  one.naming.on_cached(node(2), said(2, 1));
  one.naming.on_cached(node(3), said(3, 1));
  one.naming.on_cached(node(4), withdrawn(said(4, 1)));
  one.naming.on_cached(node(4), said(5, 1));
  CHECK(one.answer() == "2:0? 3:0?");
  CHECK(one.naming.names() == std::vector<std::string>{"ledger"});
  one.see(all_alive(1));
  CHECK(one.answer() == "2:0? 3:0?");
}

TEST_CASE("naming: a cached record goes when its node is seen to be gone, or not seen for 30 s",
          "[naming][cache]") {
  Node one;
  one.naming.on_cached(node(2), said(2, 1));
  one.naming.on_cached(node(3), said(3, 1));
  one.naming.on_cached(node(4), said(4, 1));
  one.see(view({{1, kAlive}, {2, kAlive}, {3, kDown}}));
  CHECK(count<Changed>(one.outbox) == 1);
  CHECK(one.answer() == "2:0? 4:0?");
  one.advance(seconds{29});
  CHECK(one.answer() == "2:0? 4:0?");
  one.advance(seconds{1});
  CHECK(one.answer() == "2:0?");
  CHECK(count<Changed>(one.outbox) == 1);
  // Gossip never held it.
  CHECK(count<gossip::Forget>(one.outbox) == 0);
  one.naming.on_cached(node(5), said(5, 1));
  CHECK(one.answer() == "2:0?");
}

TEST_CASE("naming: what is heard replaces what was cached, whatever its version",
          "[naming][cache]") {
  struct Row {
    const char* why;
    RecordStatement heard;
    const char* answer;
  };
  const auto row = GENERATE(values<Row>({
      {"newer", said(2, 6), "2:0"},
      {"the same", said(2, 5), "2:0"},
      {"older, from a node that missed the news", said(2, 4), "2:0"},
      {"withdrawn", withdrawn(said(2, 6)), ""},
  }));
  CAPTURE(row.why);
  Node one;
  one.naming.on_cached(node(2), said(2, 5));
  one.see(all_alive(2));
  CHECK(one.hear(row.heard));
  CHECK(count<Changed>(one.outbox) == 1);
  CHECK(one.answer() == row.answer);
}

TEST_CASE("naming: a cached owner answers until a higher epoch is known",
          "[naming][cache][epoch]") {
  Node one;
  one.naming.on_cached(node(2), said(2, 5, 5));
  one.naming.on_cached(node(3), said(3, 1, 4));
  CHECK(one.answer() == "2:5?");
  CHECK(one.naming.resolve(kUnit)->is_stale);
  one.see(all_alive(3));

  SECTION("its own claim changes nothing") {
    one.claim(kUnit, 5);
    CHECK(one.answer() == "2:5?");
  }
  SECTION("a lower claim changes nothing") {
    one.claim(kUnit, 4);
    one.hear(said(3, 2, 4));
    CHECK(one.answer() == "2:5?");
  }
  SECTION("a higher claim ends it") {
    one.claim(kUnit, 6);
    CHECK(count<Changed>(one.outbox) == 1);
    CHECK(one.answer().empty());
    one.hear(said(3, 2, 6));
    CHECK(one.answer() == "3:6");
  }
  SECTION("its record is heard: it stays stale until its epoch is confirmed") {
    CHECK(one.hear(said(2, 5, 5)));
    CHECK(count<ConfirmEpoch>(one.outbox) == 1);
    CHECK(one.answer() == "2:5?");
    one.claim(kUnit, 5);
    CHECK(count<Changed>(one.outbox) == 1);
    CHECK(one.answer() == "2:5");
  }
}

TEST_CASE(
    "naming: an epoch of an earlier run that the journal does not bear out blocks its name no "
    "longer",
    "[naming][cache]") {
  constexpr Epoch kMadeUp = Epoch{1} << 62;
  Node one;
  one.naming.on_cached(node(3), said(3, 1, kMadeUp));
  one.see(all_alive(3));
  one.hear(said(2, 1, 5));
  CHECK(one.answer() != "2:5");
  Naming::JournalRead read;
  read.is_reliable = true;
  read.is_fresh = true;
  read.epoch = 5;
  read.claimant = node(2);
  one.outbox.clear();
  one.naming.on_journal_read(one.now, {"ledger", 0}, read, one.outbox);
  CHECK(one.answer() == "2:5");
  // A claim that was borne out alone asks for the journal's end: a higher one may be true.
  Node other;
  other.naming.on_cached(node(3), said(3, 1, 7));
  other.see(all_alive(3));
  other.hear(said(2, 1, 5));
  other.outbox.clear();
  other.naming.on_claim(other.now, {"ledger", 0}, 5, node(2), other.outbox);
  CHECK(other.answer() != "2:5");
  CHECK(count<ConfirmEpoch>(other.outbox) == 1);
}

}  // namespace gossamer::naming
