// How often what is told, to whom, and in what packets.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
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

TEST_CASE("gossip: tellings grow with the digits of the cluster's size", "[gossip]") {
  struct Row {
    std::uint8_t members;
    std::size_t tellings;
  };
  const auto row = GENERATE(values<Row>({{2, 4}, {9, 4}, {10, 8}, {99, 8}, {100, 12}}));
  std::vector<std::uint8_t> numbers;
  for (std::uint8_t i = 1; i <= row.members; ++i) numbers.push_back(i);
  Gossip gossip{{}, node(1), 3};
  gossip.put(at(0), record(1));
  CHECK(tellings(run(gossip, 9'000, view(numbers))).size() == row.tellings);
}

TEST_CASE("gossip: no datagram exceeds its bound, and the large go by stream", "[gossip]") {
  MembershipOptions options;
  options.datagram_bytes_max = GENERATE(std::size_t{576}, std::size_t{1400});
  Gossip gossip{options, node(1), 1};
  for (std::size_t i = 0; i < 100; ++i) gossip.put(at(0), record(i, 1, 40 + i * 3));
  gossip.put(at(0), record(1000, 1, 2'000));
  gossip.put(at(0), record(1001, 1, 8'000));
  std::size_t by_stream = 0;
  for (const Send& send : tellings(run(gossip, 20'000, view({1, 2, 3})))) {
    std::size_t bytes = kRumoursOverheadBytes;
    for (const Entry& entry : send.entries) bytes += entry.statement->size() + kEntryOverheadBytes;
    if (send.by_stream) {
      ++by_stream;
      CHECK(bytes > options.datagram_bytes_max);
    } else {
      CHECK(bytes <= options.datagram_bytes_max);
    }
  }
  CHECK(by_stream == 4);  // Both at once, to two members, four tellings in all.
  CHECK(gossip.rumour_count() == 0);
}

TEST_CASE("gossip: what is erased, hushed or overtaken is told no more, whatever its size",
          "[gossip]") {
  const std::size_t bytes = GENERATE(100U, 8'000U);
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1, 1, bytes));
  gossip.put(at(0), record(2, 1, bytes));
  gossip.put(at(0), record(3, 1, bytes));
  gossip.put(at(0), record(3, 2, bytes));
  REQUIRE(gossip.rumour_count() == 3);
  gossip.erase(record(1).key);
  gossip.hush(record(2).key);
  CHECK(gossip.rumour_count() == 1);
  for (const Send& send : tellings(run(gossip, 20, view({1, 2, 3})))) {
    for (const Entry& entry : send.entries) CHECK(entry.version == 2);
  }
}

TEST_CASE("gossip: what just fits a datagram goes by datagram", "[gossip]") {
  const MembershipOptions options;
  const std::size_t most = options.datagram_bytes_max - kRumoursOverheadBytes - kEntryOverheadBytes;
  const std::size_t bytes = most + GENERATE(0U, 1U);
  Gossip gossip{options, node(1), 1};
  gossip.put(at(0), record(1, 1, bytes));
  const auto told = tellings(run(gossip, 20, view({1, 2, 3})));
  REQUIRE_FALSE(told.empty());
  CHECK(told[0].by_stream == (bytes > most));
}

TEST_CASE(
    "gossip: of more news than there is room for the next in the ring and one more hear much at a "
    "time, and each of it is told three times",
    "[gossip][bounds]") {
  Gossip gossip{{}, node(1), 1};
  const MemberView members = view({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  for (std::size_t i = 0; i < 1'000; ++i) gossip.put(at(0), record(i, 1, 1'000));
  std::map<EntryKey, int> times;
  std::set<EntryKey> told_next;
  for (std::int64_t ms = 5; ms < 10'000; ms += 5) {
    std::map<Endpoint, std::size_t> told;
    for (const Send& send : tellings(run(gossip, ms, members))) {
      told[send.to] += send.entries.size();
      for (const Entry& entry : send.entries) {
        ++times[entry.key];
        if (send.to == toy::endpoint(2)) told_next.insert(entry.key);
      }
    }
    if (ms <= 60 || ms >= 200 || told.empty()) continue;
    // No second round: what it is for the next tick finds too.
    CHECK(told.size() == 2);
    for (const auto& [to, entries] : told) CHECK(entries >= 32);
    CHECK(told.contains(toy::endpoint(2)));
  }
  CHECK(told_next.size() == 1'000);
  CHECK(times.size() == 1'000);
  const auto thrice =
      std::count_if(times.begin(), times.end(), [](const auto& told) { return told.second == 3; });
  CHECK(thrice >= 950);
}

TEST_CASE("gossip: a suspect is no next in the ring: of its death the one after it is to hear too",
          "[gossip]") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 21));
  std::vector<Member> members;
  for (const Member& member : view({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})) {
    members.push_back(member);
    if (member.id == node(2)) members.back().state = MemberState::suspect;
  }
  Gossip gossip{{}, node(1), seed};
  gossip.put(at(0), record(1));
  const auto told = tellings(
      run(gossip, 5, MemberView{std::make_shared<const std::vector<Member>>(std::move(members))}));
  CHECK(std::count_if(told.begin(), told.end(),
                      [](const Send& send) { return send.to == toy::endpoint(3); }) == 1);
}

}  // namespace
}  // namespace gossamer::gossip
