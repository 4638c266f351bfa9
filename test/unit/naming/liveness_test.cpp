#include <catch2/catch.hpp>

#include "fixture.hpp"

namespace gossamer::naming {
namespace {

constexpr auto kAlive = MemberState::alive;
constexpr auto kSuspect = MemberState::suspect;
constexpr auto kDown = MemberState::down;
constexpr auto kLeft = MemberState::left;

}  // namespace

TEST_CASE("naming: a record counts while its node is live", "[naming][liveness]") {
  struct Row {
    const char* why;
    MemberState before;
    MemberState after;
    bool counts;
    bool is_told;
  };
  const auto row = GENERATE(values<Row>({
      {"alive as before", kAlive, kAlive, true, false},
      {"suspected", kAlive, kSuspect, true, false},
      {"refuted", kSuspect, kAlive, true, false},
      {"down", kSuspect, kDown, false, true},
      {"left", kAlive, kLeft, false, true},
      {"back", kDown, kAlive, true, true},
      {"down, then known to have left", kDown, kLeft, false, false},
  }));
  CAPTURE(row.why);
  Node one;
  one.see(view({{1, kAlive}, {2, row.before}}));
  one.hear(said(2, 1));
  one.see(view({{1, kAlive}, {2, row.after}}));
  CHECK(one.answer() == (row.counts ? "2:0" : ""));
  CHECK(count<Changed>(one.outbox) == (row.is_told ? 1 : 0));
}

TEST_CASE("naming: one change of the view tells each name once", "[naming][liveness]") {
  Node one;
  one.see(all_alive(3));
  for (std::uint32_t ordinal = 0; ordinal < 5; ++ordinal) {
    one.hear(said(2, 1 + ordinal, 0, "ledger", ordinal));
    one.hear(said(3, 1 + ordinal, 0, "ledger", ordinal));
  }
  one.hear(said(3, 9, 0, "web"));
  one.see(view({{1, kAlive}, {2, kDown}, {3, kDown}}));
  const auto changed = all<Changed>(one.outbox);
  REQUIRE(changed.size() == 2);
  CHECK(changed[0].name == "ledger");
  CHECK(changed[1].name == "web");
}

TEST_CASE("naming: what cannot change an answer is not told as a change", "[naming][liveness]") {
  Node one;
  one.see(view({{1, kAlive}, {2, kDown}, {3, kAlive}}));
  one.hear(said(2, 1));
  CHECK(count<Changed>(one.outbox) == 0);
  one.hear(said(4, 1));
  CHECK(count<Changed>(one.outbox) == 0);
  one.hear(withdrawn(said(3, 1)));
  CHECK(count<Changed>(one.outbox) == 0);
  one.hear(said(3, 2));
  CHECK(count<Changed>(one.outbox) == 1);
}

TEST_CASE("naming: records of a member that vanished from the view are forgotten at once",
          "[naming][liveness]") {
  Node one;
  one.see(view({{1, kAlive}, {2, kDown}}));
  one.hear(said(2, 1));
  one.hear(said(2, 2, 0, "web"));
  one.see(view({{1, kAlive}}));
  CHECK(count<gossip::Forget>(one.outbox) == 2);
  CHECK(one.naming.record_count() == 0);

  // A node that is late to forget hands it back.
  CHECK_FALSE(one.hear(said(2, 1)));
  // Its author is back: it was only apart for long.
  one.see(all_alive(2));
  CHECK(one.hear(said(2, 1)));
  CHECK(one.answer() == "2:0");
}

TEST_CASE(
    "naming: a record heard before its member is kept for tombstone_time, hushed for half of it",
    "[naming][liveness]") {
  Node one;
  one.see(all_alive(1));
  CHECK(one.hear(said(2, 1)));
  CHECK(one.answer().empty());

  SECTION("the member never appears") {
    one.advance(minutes{5} - seconds{1});
    CHECK(one.outbox.empty());
    one.advance(seconds{1});
    REQUIRE(count<gossip::Hush>(one.outbox) == 1);
    CHECK(all<gossip::Hush>(one.outbox)[0].key == key_of(said(2, 1).record));
    one.advance(minutes{5});
    CHECK(count<gossip::Forget>(one.outbox) == 1);
    CHECK(one.naming.record_count() == 0);
    CHECK_FALSE(one.hear(said(2, 1)));
    // What it says anew is news.
    CHECK(one.hear(said(2, 2)));
  }
  SECTION("the member appears in time") {
    one.advance(minutes{1});
    one.see(all_alive(2));
    CHECK(one.answer() == "2:0");
    CHECK(count<Changed>(one.outbox) == 1);
    CHECK_FALSE(one.hear(said(2, 1)));
    one.advance(minutes{60});
    CHECK(count<gossip::Forget>(one.outbox) == 0);
    CHECK(one.answer() == "2:0");
  }
  SECTION("the member appears after the hush, which is taken back") {
    one.advance(minutes{7});
    one.see(all_alive(2));
    CHECK(one.answer() == "2:0");
    REQUIRE(count<gossip::Unhush>(one.outbox) == 1);
    CHECK(all<gossip::Unhush>(one.outbox)[0].key == key_of(said(2, 1).record));
    CHECK_FALSE(one.hear(said(2, 1)));
    one.advance(minutes{60});
    CHECK(one.answer() == "2:0");
  }
}

TEST_CASE("naming: a tombstone is hushed after half its time, and forgotten after all of it",
          "[naming][tombstone]") {
  Node one;
  one.see(all_alive(2));
  const bool is_own = GENERATE(true, false);
  if (is_own) {
    REQUIRE(one.naming.publish(one.now, said(1, 7).record, one.outbox));
    one.naming.withdraw(one.now, "ledger", 0, one.outbox);
  } else {
    one.hear(said(2, 1));
    one.hear(withdrawn(said(2, 2)));
  }
  one.advance(minutes{5} - seconds{1});
  CHECK(one.outbox.empty());
  one.advance(seconds{1});
  CHECK(count<gossip::Hush>(one.outbox) == 1);
  CHECK(one.naming.record_count() == 1);
  one.advance(minutes{5});
  CHECK(count<gossip::Forget>(one.outbox) == 1);
  CHECK(one.naming.record_count() == 0);
  CHECK(count<Changed>(one.outbox) == 0);

  if (is_own) return;
  // From a node that was apart: the withdrawn version does not come back.
  CHECK_FALSE(one.hear(said(2, 1)));
  CHECK_FALSE(one.hear(withdrawn(said(2, 2))));
  CHECK(one.hear(said(2, 3)));
}

TEST_CASE("naming: two nodes that forget at different times do not keep a ghost alive",
          "[naming][liveness]") {
  // Both hold a record of a member that is gone. Whatever one holds and tells, it offers again.
  struct Peer {
    Node node;
    bool offers = false;
  };
  Peer a, b;
  const auto settle = [](Peer& peer, bool heard) {
    if (heard) peer.offers = true;
    if (count<gossip::Hush>(peer.node.outbox) + count<gossip::Forget>(peer.node.outbox) > 0) {
      peer.offers = false;
    }
  };
  for (Peer* const peer : {&a, &b}) {
    peer->node.see(view({{1, kAlive}, {2, kDown}}));
    settle(*peer, peer->node.hear(said(2, 1)));
  }
  a.node.see(view({{1, kAlive}}));
  settle(a, false);
  for (int second = 0; second < 3600; ++second) {
    if (second == 3) {
      b.node.see(view({{1, kAlive}}));
      settle(b, false);
    }
    if (b.offers) settle(a, a.node.hear(said(2, 1)));
    if (a.offers) settle(b, b.node.hear(said(2, 1)));
    for (Peer* const peer : {&a, &b}) {
      peer->node.advance(seconds{1});
      settle(*peer, false);
    }
  }
  CHECK(a.node.naming.record_count() == 0);
  CHECK(b.node.naming.record_count() == 0);
}

TEST_CASE("naming: this node's records count before the first view", "[naming][liveness]") {
  Node one;
  REQUIRE(one.naming.publish(one.now, said(1, 7).record, one.outbox));
  CHECK(one.answer() == "1:0");
  one.see(view({{1, kLeft}}));
  CHECK(one.answer().empty());
}

}  // namespace gossamer::naming
