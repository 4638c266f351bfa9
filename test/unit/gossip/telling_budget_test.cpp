// What a node that tells very much tells less often, and that it still tells it to everybody.

#include "gossip/telling_budget.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

using toy::at;
using toy::node;
using toy::record;

constexpr std::size_t kKib = 1024;

TEST_CASE("gossip: a budget is spent by a burst, and earned again with time", "[gossip][budget]") {
  TellingBudget budget{500 * kKib};
  CHECK_FALSE(budget.is_spent(at(0)));
  budget.spend(at(0), 99 * kKib);
  CHECK_FALSE(budget.is_spent(at(0)));
  budget.spend(at(0), 1 * kKib);
  CHECK(budget.is_spent(at(0)));
  CHECK_FALSE(budget.is_spent(at(1)));
}

TEST_CASE(
    "gossip: what is owed after a rush is bounded, and time long past earns no more than a burst",
    "[gossip][budget]") {
  TellingBudget budget{500 * kKib};
  budget.spend(at(0), 1'000'000 * kKib);
  CHECK(budget.is_spent(at(199)));
  CHECK_FALSE(budget.is_spent(at(201)));
  budget.spend(at(1'000'000), 100 * kKib);
  CHECK(budget.is_spent(at(1'000'000)));
}

TEST_CASE("gossip: time that stands still or goes back earns nothing", "[gossip][budget]") {
  TellingBudget budget{500 * kKib};
  budget.spend(at(5'000), 100 * kKib);
  CHECK(budget.is_spent(at(5'000)));
  CHECK(budget.is_spent(at(4'000)));
}

// Tells a record of `bytes` each 10 ms for a second, and counts how often each was told.
std::map<EntryKey, std::size_t> tellings_of(std::size_t bytes) {
  std::vector<std::uint8_t> numbers;
  for (std::uint8_t i = 1; i <= 100; ++i) numbers.push_back(i);
  const MemberView members = toy::view(numbers);
  Gossip gossip{{}, node(1), 1};
  std::map<EntryKey, std::size_t> told;
  std::size_t next = 0;
  const auto run_until = [&](std::int64_t until_ms) {
    Outbox outbox;
    while (gossip.next_deadline() && *gossip.next_deadline() <= at(until_ms)) {
      gossip.on_deadline(*gossip.next_deadline(), members, outbox);
    }
    for (const Send& send : toy::sends(outbox)) {
      for (const Entry& entry : send.entries) ++told[entry.key];
    }
  };
  for (std::int64_t ms = 0; ms < 1'000; ms += 10) {
    gossip.put(at(ms), record(next++, 1, bytes));
    run_until(ms + 9);
  }
  run_until(30'000);
  CHECK(gossip.rumour_count() == 0);
  CHECK(told.size() == next);
  return told;
}

TEST_CASE(
    "gossip: within the budget each is told 4 x ceil(log10(n + 1)) times, however many there are",
    "[gossip][budget]") {
  for (const auto& [key, tellings] : tellings_of(300)) CHECK(tellings == 12);
}

TEST_CASE("gossip: beyond the budget each is told about a third as often, the last of them too",
          "[gossip][budget]") {
  std::size_t few = 0;
  const auto told = tellings_of(1'200);
  for (const auto& [key, tellings] : told) {
    CHECK(tellings >= 4);
    CHECK(tellings <= 12);
    few += tellings <= 6 ? 1 : 0;
  }
  CHECK(few > told.size() * 7 / 10);
}

}  // namespace
}  // namespace gossamer::gossip
