#include "gossip/gossip.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

using toy::at;
using toy::node;
using toy::record;
using toy::run;
using toy::tellings;
using toy::view;

std::int64_t milliseconds_of(Instant instant) {
  return instant.since_origin / toy::milliseconds{1};
}

TEST_CASE("gossip: only what is newer is news", "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  CHECK(gossip.is_news(record(1).key, 0));
  CHECK(gossip.put(at(0), record(1, 5)));
  CHECK_FALSE(gossip.is_news(record(1).key, 5));
  CHECK_FALSE(gossip.put(at(0), record(1, 5)));
  CHECK_FALSE(gossip.put(at(0), record(1, 4)));
  CHECK(gossip.put(at(0), record(1, 6)));
  gossip.hush(record(1).key);
  CHECK_FALSE(gossip.is_news(record(1).key, 6));
  gossip.erase(record(1).key);
  CHECK(gossip.is_news(record(1).key, 1));
}

TEST_CASE("gossip: news leaves after gossip_delay, soon after once more, then each gossip_interval",
          "[gossip]") {
  const MembershipOptions options;
  Gossip gossip{options, node(1), 1};
  const MemberView members =
      view({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
  gossip.put(at(100), record(1));
  CHECK(tellings(run(gossip, 104, members)).empty());
  CHECK(tellings(run(gossip, 105, members)).size() == options.gossip_fanout + 1);
  CHECK(tellings(run(gossip, 124, members)).empty());
  CHECK(tellings(run(gossip, 125, members)).size() == options.gossip_fanout);
  CHECK(tellings(run(gossip, 304, members)).empty());
  // 4 x ceil(log10(20 + 1)) = 8 tellings in all.
  CHECK(tellings(run(gossip, 5'000, members)).size() == 1);
  CHECK(gossip.rumour_count() == 0);
}

TEST_CASE("gossip: by tick news waits for the next one, and those held down are told too",
          "[gossip]") {
  const MembershipOptions options;
  Gossip gossip{options, node(1), 1, Spreading::by_tick};
  const MemberView members = view({1, 2}, {3, 4});
  gossip.put(at(100), record(1));
  CHECK(tellings(run(gossip, 100, members)).empty());
  std::set<Endpoint> told;
  for (const Send& send : tellings(run(gossip, 300, members))) told.insert(send.to);
  CHECK(told == std::set{toy::endpoint(2), toy::endpoint(3), toy::endpoint(4)});
  // Four tellings in all, however often it is heard.
  for (int i = 0; i < 20; ++i) gossip.heard_again(record(1).key, 1);
  CHECK(tellings(run(gossip, 500, members)).size() == 1);
  CHECK(gossip.rumour_count() == 0);
}

TEST_CASE("gossip: the next in the ring of ids is always told at first", "[gossip]") {
  const auto self = GENERATE(as<std::uint8_t>{}, 1, 7, 12);
  Gossip gossip{{}, node(self), 1};
  gossip.put(at(0), record(1));
  const auto told = tellings(run(gossip, 5, view({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})));
  const std::uint8_t next = self == 12 ? 1 : static_cast<std::uint8_t>(self + 1);
  CHECK(std::count_if(told.begin(), told.end(),
                      [&](const Send& send) { return send.to == toy::endpoint(next); }) == 1);
}

TEST_CASE("gossip: the next in the ring is told all at first, however much there is", "[gossip]") {
  const auto entries = GENERATE(as<std::size_t>{}, 10, 100, 300);
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < entries; ++i) gossip.put(at(0), record(i, 1, 300));
  std::set<EntryKey> told;
  for (const Send& send :
       tellings(run(gossip, 199, view({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})))) {
    if (send.to != toy::endpoint(2)) continue;
    for (const Entry& entry : send.entries) told.insert(entry.key);
  }
  CHECK(told.size() == entries);
}

TEST_CASE("gossip: what others tell too is told less often, after the first tellings", "[gossip]") {
  const MemberView members = view({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const auto told = [&](int before, int after) {
    Gossip gossip{{}, node(1), 1};
    gossip.put(at(0), record(1));
    for (int i = 0; i < before; ++i) gossip.heard_again(record(1).key, 1);
    std::size_t count = tellings(run(gossip, 5, members)).size();
    for (int i = 0; i < after; ++i) gossip.heard_again(record(1).key, 1);
    gossip.heard_again(record(1).key, 7);
    gossip.heard_again(record(2).key, 1);
    return count + tellings(run(gossip, 5'000, members)).size();
  };
  CHECK(told(0, 0) == 8);
  CHECK(told(100, 0) == 8);
  CHECK(told(0, 1) == 7);
  CHECK(told(0, 100) == 4);
}

TEST_CASE(
    "gossip: where three are all that can be told, the first three tellings are enough of them",
    "[gossip]") {
  const MemberView members = view({1, 2, 3, 4});
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1));
  CHECK(tellings(run(gossip, 5, members)).size() == 3);
  gossip.heard_again(record(1).key, 1);
  CHECK(gossip.rumour_count() == 0);
}

TEST_CASE("gossip: of what is new to a newcomer only 32 entries a second leave as rumours",
          "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < 500; ++i) CHECK(gossip.put(at(0), record(i), Telling::hold));
  CHECK(gossip.rumour_count() == 32);
  CHECK(gossip.replica().size() == 500);
  gossip.put(at(999), record(500), Telling::hold);
  CHECK(gossip.rumour_count() == 32);
  gossip.put(at(1'000), record(501), Telling::hold);
  CHECK(gossip.rumour_count() == 33);
}

TEST_CASE("gossip: what a comparison brings to one who is up to date is told as all news",
          "[gossip]") {
  // Else the next in the ring, who is told by nobody else for sure, waits for a comparison too.
  Gossip gossip{{}, node(1), 1};
  const MemberView members = view({1, 2, 3, 4, 5, 6, 7, 8, 9});
  gossip.put(at(0), record(1, 2), Telling::hold);
  const auto told = tellings(run(gossip, 20, members));
  REQUIRE_FALSE(told.empty());
  CHECK(told.front().to == toy::endpoint(2));
}

TEST_CASE("gossip: an update that a comparison brings is told, however many there are",
          "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < 500; ++i) gossip.put(at(0), record(i), Telling::tell);
  for (std::size_t i = 0; i < 500; ++i) gossip.put(at(500), record(i, 2), Telling::hold);
  CHECK(gossip.rumour_count() == 500);
}

TEST_CASE("gossip: no tick and no packet takes the place of the first round", "[gossip]") {
  // A tick for older news is due when the newer has come, and has not gone through its first round.
  Gossip gossip{{}, node(1), 1};
  const MemberView members = view({1, 2, 3, 4, 5, 6, 7, 8, 9});
  gossip.put(at(0), record(1));
  Outbox outbox;
  gossip.on_deadline(at(5), members, outbox);
  gossip.on_deadline(at(25), members, outbox);
  gossip.put(at(203), record(2));
  for (int i = 0; i < 20; ++i) CHECK_FALSE(gossip.ride_along(1'000).empty());
  outbox.clear();
  gossip.on_deadline(at(205), members, outbox);
  for (const Send& send : toy::sends(outbox)) {
    for (const Entry& entry : send.entries) CHECK(entry.key != record(2).key);
  }
  gossip.heard_again(record(2).key, 1);
  outbox.clear();
  gossip.on_deadline(at(208), members, outbox);
  const std::vector<Send> told = toy::sends(outbox);
  REQUIRE(told.size() == 4);
  CHECK(told.front().to == toy::endpoint(2));  // The next in the ring.
}

TEST_CASE("gossip: what a comparison brings is held, all else is told", "[gossip]") {
  CHECK(telling_of(Rumours{}) == Telling::tell);
  CHECK(telling_of(SyncDigest{}) == Telling::tell);
  CHECK(telling_of(SyncBuckets{}) == Telling::tell);
  CHECK(telling_of(SyncKeys{}) == Telling::hold);
  CHECK(telling_of(SyncWants{}) == Telling::hold);
}

TEST_CASE("gossip: rumours ride along within the room that there is", "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < 10; ++i) gossip.put(at(0), record(i, 1, 100));
  CHECK(gossip.ride_along(101).empty());
  CHECK(gossip.ride_along(102).size() == 1);
  CHECK(gossip.ride_along(102 * 4).size() == 4);
  CHECK(gossip.ride_along(100'000).size() == 10);
  gossip.erase(record(3).key);
  gossip.hush(record(4).key);
  CHECK(gossip.ride_along(100'000).size() == 8);
}

TEST_CASE("gossip: a node alone keeps its news for the first member", "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1));
  CHECK(toy::sends(run(gossip, 55'000, view({1}))).empty());
  CHECK(gossip.rumour_count() == 1);
  gossip.put(at(55'000), record(2), Telling::hold);
  const auto told = tellings(run(gossip, 55'005, view({1, 2})));
  REQUIRE(told.size() == 1);
  CHECK(told[0].entries.size() == 2);
  CHECK(tellings(run(gossip, 56'000, view({1, 2}))).size() == 3);
}

TEST_CASE("gossip: an idle node alone wakes seldom", "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1));
  Outbox outbox;
  int wakeups = 0;
  while (*gossip.next_deadline() < at(60'000)) {
    gossip.on_deadline(*gossip.next_deadline(), view({1}), outbox);
    ++wakeups;
  }
  CHECK(wakeups < 120);
}

TEST_CASE("gossip: a state is compared soon after the start, then each sync_interval", "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1));
  const auto comparisons = [&](std::int64_t until) {
    std::size_t count = 0;
    for (const Send& send : toy::sends(run(gossip, until, view({1, 2})))) {
      if (!std::holds_alternative<SyncDigest>(send.message)) continue;
      CHECK_FALSE(send.by_stream);
      ++count;
    }
    return count;
  };
  const std::size_t soon = comparisons(1'000);
  CHECK(soon >= 2);
  CHECK(soon <= 4);
  CHECK(comparisons(30'000) >= 5);
  const std::size_t settled = comparisons(130'000);
  CHECK(settled >= 9);
  CHECK(settled <= 21);
}

TEST_CASE("gossip: who learns something by comparing compares again soon, for it may lack more",
          "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  const MemberView members = view({1, 2});
  const auto comparisons = [&](std::int64_t until) {
    const auto sent = toy::sends(run(gossip, until, members));
    return std::count_if(sent.begin(), sent.end(), [](const Send& send) {
      return std::holds_alternative<SyncDigest>(send.message);
    });
  };
  gossip.put(at(0), record(1));
  comparisons(100'000);
  std::int64_t ms = 100'000;
  while (comparisons(++ms) == 0) {
  }
  const auto telling = GENERATE(Telling::hold, Telling::tell);
  gossip.put(at(ms), record(2), telling);
  // At most each thirty-second part of 10 s, then of twice that, and so on.
  const auto soon = comparisons(ms + 1'500);
  if (telling == Telling::tell) {
    CHECK(soon == 0);
  } else {
    CHECK(soon >= 2);
    CHECK(soon <= 5);
  }
}

TEST_CASE(
    "gossip: a node that wakes for something else in the last quarter of the gap compares then",
    "[gossip]") {
  Gossip gossip{{}, node(1), 1};
  const MemberView members = view({1, 2, 3});
  gossip.put(at(0), record(1));
  run(gossip, 100'000, members);
  for (int round = 0; round < 20; ++round) {
    const std::int64_t due_ms = milliseconds_of(*gossip.next_deadline());
    Outbox outbox;
    gossip.on_deadline(at(due_ms - 2'400), members, outbox);
    REQUIRE(toy::sends(outbox).size() == 1);
    // Long before that it would not have.
    gossip.on_deadline(at(due_ms + 2'000), members, outbox);
    CHECK(toy::sends(outbox).size() == 1);
  }
}

TEST_CASE("gossip: a deadline is never in the past for ever", "[gossip]") {
  MembershipOptions options;
  options.gossip_delay = toy::milliseconds{0};
  Gossip gossip{options, node(1), 1};
  const MemberView members = view({1, 2, 3});
  for (std::size_t i = 0; i < 50; ++i) gossip.put(at(0), record(i));
  Outbox outbox;
  for (int step = 0; step < 1000; ++step) {
    const Instant due = *gossip.next_deadline();
    gossip.on_deadline(due, step % 3 == 0 ? view({1}) : members, outbox);
    REQUIRE((!gossip.next_deadline() || *gossip.next_deadline() > due));
    if (step % 7 == 0) gossip.put(due, record(100 + static_cast<std::size_t>(step)));
  }
}

TEST_CASE("gossip: the same seed and inputs give the same sends", "[gossip]") {
  const auto story = [](std::uint64_t seed) {
    Gossip gossip{{}, node(1), seed};
    std::vector<std::uint8_t> numbers;
    for (std::uint8_t i = 1; i <= 100; ++i) numbers.push_back(i);
    for (std::size_t i = 0; i < 20; ++i) gossip.put(at(0), record(i));
    std::vector<std::string> listeners;
    for (const Send& send : toy::sends(run(gossip, 20'000, view(numbers)))) {
      listeners.push_back(send.to.address);
    }
    return listeners;
  };
  CHECK(story(5) == story(5));
  CHECK(story(5) != story(6));
}

}  // namespace
}  // namespace gossamer::gossip
