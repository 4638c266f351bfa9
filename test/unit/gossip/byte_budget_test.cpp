// What a node that tells very much tells less often, and that it still tells it to everybody.

#include "gossip/byte_budget.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "gossip/anti_entropy.hpp"
#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

using toy::at;
using toy::node;
using toy::record;

constexpr std::size_t kKib = 1024;
constexpr std::size_t kMib = 1024 * kKib;

TEST_CASE("gossip: a budget is spent by a burst, and earned again with time", "[gossip][budget]") {
  ByteBudget budget{500 * kKib};
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
  ByteBudget budget{500 * kKib};
  budget.spend(at(0), 1'000'000 * kKib);
  CHECK(budget.is_spent(at(199)));
  CHECK_FALSE(budget.is_spent(at(201)));
  budget.spend(at(1'000'000), 100 * kKib);
  CHECK(budget.is_spent(at(1'000'000)));
}

TEST_CASE("gossip: time that stands still or goes back earns nothing", "[gossip][budget]") {
  ByteBudget budget{500 * kKib};
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

// The step of a comparison that is answered with all that is held.
SyncKeys all_lacking() {
  SyncKeys message;
  for (std::uint16_t bucket = 0; bucket < kBucketCount; ++bucket) message.buckets.push_back(bucket);
  return message;
}

std::size_t bytes_answered(const Outbox& outbox) {
  std::size_t bytes = 0;
  for (const Send& send : toy::sends(outbox)) {
    for (const Entry& entry : send.entries) bytes += packed_bytes(entry);
  }
  return bytes;
}

TEST_CASE("gossip: whoever asks for all that is held, again and again, is answered within a budget",
          "[gossip][budget][sync]") {
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < 1000; ++i) gossip.put(at(0), record(i, 1, 1000), Telling::hold);
  SyncWants everything;
  for (std::size_t i = 0; i < 1000; ++i) everything.keys.push_back(record(i).key);
  Outbox outbox;
  const bool asks_by_name = GENERATE(false, true);
  for (int i = 0; i < 1000; ++i) {
    const Message question = asks_by_name ? Message{everything} : Message{all_lacking()};
    gossip.on_message(at(i), toy::endpoint(9), question, outbox);
  }
  CHECK(bytes_answered(outbox) > (kMib << 5));
  CHECK(bytes_answered(outbox) < (kMib << 5) + (kMib << 5) / 5 + (kMib << 1));
}

TEST_CASE("gossip: forty newcomers at once are each told a list of a thousand",
          "[gossip][budget][sync]") {
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < 1000; ++i) gossip.put(at(0), record(i), Telling::hold);
  Outbox outbox;
  for (int i = 0; i < 40; ++i) gossip.on_message(at(0), toy::endpoint(9), all_lacking(), outbox);
  std::size_t entries = 0;
  for (const Send& send : toy::sends(outbox)) entries += send.entries.size();
  CHECK(entries == 40'000);
}

}  // namespace
}  // namespace gossamer::gossip
