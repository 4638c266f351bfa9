// Comparisons between two or three instances over a network of one queue.

#include "gossip/anti_entropy.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <map>

#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

using toy::at;
using toy::endpoint;
using toy::node;
using toy::record;

class ToyNetwork {
 public:
  explicit ToyNetwork(std::uint8_t nodes) {
    for (std::uint8_t i = 1; i <= nodes; ++i) nodes_.emplace_back(MembershipOptions{}, node(i), i);
  }
  Gossip& operator[](std::size_t number) { return nodes_[number - 1]; }

  void contact(std::uint8_t from, std::uint8_t to) {
    Outbox outbox;
    nodes_[from - 1u].contact(endpoint(to), {}, outbox);
    post(from, outbox);
  }
  /// Delivers until nothing is on its way.
  void settle() {
    while (!queue_.empty()) {
      const auto [from, to, send] = queue_.front();
      queue_.pop_front();
      ++messages;
      std::size_t bytes = 0;
      for (const Entry& entry : send.entries) {
        bytes += packed_bytes(entry);
        nodes_[to - 1u].put(now_, entry, telling_of(send.message));
      }
      bytes_max = std::max(bytes_max, bytes);
      Outbox outbox;
      nodes_[to - 1u].on_message(now_, endpoint(from), send.message, outbox);
      post(to, outbox);
    }
  }
  void later() { now_ = now_ + std::chrono::seconds{1}; }

  std::size_t messages = 0;
  std::size_t bytes_max = 0;

 private:
  struct Posted {
    std::uint8_t from;
    std::uint8_t to;
    Send send;
  };
  void post(std::uint8_t from, const Outbox& outbox) {
    for (const Send& send : toy::sends(outbox)) {
      const auto to = static_cast<std::uint8_t>(std::stoi(send.to.address.substr(7)));
      queue_.push_back({from, to, send});
    }
  }

  Instant now_ = at(0);
  std::vector<Gossip> nodes_;
  std::deque<Posted> queue_;
};

TEST_CASE("gossip: one comparison makes two states one, whoever lacked what", "[gossip][sync]") {
  struct Row {
    const char* why;
    std::size_t only_first;
    std::size_t only_second;
    std::size_t both;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing anywhere", 0, 0, 0},
      {"nothing to learn", 0, 0, 2000},
      {"the first has one more", 1, 0, 100},
      {"the second has one more", 0, 1, 100},
      {"a newcomer asks", 1, 2000, 0},
      {"a newcomer is asked", 2000, 1, 0},
      {"a split heals", 700, 900, 400},
  }));
  CAPTURE(row.why);
  ToyNetwork network{2};
  std::size_t number = 0;
  for (std::size_t i = 0; i < row.both; ++i, ++number) {
    network[1].put(at(0), record(number));
    network[2].put(at(0), record(number));
  }
  for (std::size_t i = 0; i < row.only_first; ++i) network[1].put(at(0), record(number++));
  for (std::size_t i = 0; i < row.only_second; ++i) network[2].put(at(0), record(number++));
  network.contact(1, 2);
  network.settle();
  CHECK(network[1].replica().size() == number);
  CHECK(network[2].replica().size() == number);
  CHECK(network[1].replica().digest() == network[2].replica().digest());
  CHECK(network.messages <= 5);
  const bool were_equal = row.only_first + row.only_second == 0;
  CHECK((network.messages == 1) == were_equal);
}

TEST_CASE("gossip: a comparison brings the newer version to whoever has the older",
          "[gossip][sync]") {
  ToyNetwork network{2};
  for (std::size_t i = 0; i < 60; ++i) {
    network[1].put(at(0), record(i, i % 3 == 0 ? 5 : 4));
    network[2].put(at(0), record(i, i % 3 == 1 ? 5 : 4));
  }
  network.contact(2, 1);
  network.settle();
  for (std::size_t number = 1; number <= 2; ++number) {
    for (std::size_t i = 0; i < 60; ++i) {
      CHECK(network[number].replica().find(record(i).key)->version == (i % 3 == 2 ? 4u : 5u));
    }
  }
}

TEST_CASE("gossip: of what a newcomer learned by comparison little is told again",
          "[gossip][sync]") {
  ToyNetwork network{2};
  for (std::size_t i = 0; i < 2000; ++i) network[2].put(at(0), record(i), Telling::hold);
  network[1].put(at(0), record(5000));
  network.contact(1, 2);
  network.settle();
  CHECK(network[1].replica().size() == 2001);
  CHECK(network[1].rumour_count() <= 33);
  CHECK(network[2].rumour_count() <= 32);
}

TEST_CASE("gossip: three nodes agree after each has compared with a neighbour", "[gossip][sync]") {
  ToyNetwork network{3};
  for (std::size_t i = 0; i < 300; ++i) network[1 + i % 3].put(at(0), record(i));
  for (int round = 0; round < 2; ++round) {
    for (const auto& [from, to] : {std::pair{1, 2}, std::pair{2, 3}, std::pair{3, 1}}) {
      network.contact(static_cast<std::uint8_t>(from), static_cast<std::uint8_t>(to));
      network.settle();
    }
    network.later();
  }
  for (std::size_t number = 1; number <= 3; ++number) {
    CHECK(network[number].replica().size() == 300);
    CHECK(network[number].replica().digest() == network[1].replica().digest());
  }
}

TEST_CASE("gossip: a large state travels in packets of bounded size", "[gossip][sync]") {
  ToyNetwork network{2};
  for (std::size_t i = 0; i < 600; ++i) network[2].put(at(0), record(i, 1, 8'000), Telling::hold);
  network.contact(1, 2);
  network.settle();
  CHECK(network[1].replica().size() == 600);
  CHECK(network.bytes_max <= kSyncBytesMax);
  CHECK(network.bytes_max > kSyncBytesMax / 2);
}

TEST_CASE("gossip: keys beyond one packet are asked for in several", "[gossip][sync]") {
  ToyNetwork network{2};
  for (std::size_t i = 0; i < 20'000; ++i) network[1].put(at(0), record(i, 1, 20), Telling::hold);
  network.contact(1, 2);
  network.settle();
  CHECK(network[2].replica().size() == 20'000);
}

TEST_CASE("gossip: keys with long names are asked for in packets of bounded size",
          "[gossip][sync]") {
  SyncKeys keys;
  for (std::uint16_t bucket = 0; bucket < kBucketCount; ++bucket) keys.buckets.push_back(bucket);
  for (std::size_t i = 0; i < kSyncKeysMax; ++i) {
    keys.held.push_back(
        {{EntryKind::record, node(200), std::to_string(i) + std::string(200, 'x')}, 1});
  }
  Outbox outbox;
  answer_keys(Replica{}, endpoint(2), keys, outbox);
  std::size_t wanted = 0;
  for (const Send& send : toy::sends(outbox)) {
    std::size_t bytes = 0;
    for (const EntryKey& key : std::get<SyncWants>(send.message).keys) bytes += key.name.size();
    CHECK(bytes <= kSyncBytesMax);
    wanted += std::get<SyncWants>(send.message).keys.size();
  }
  CHECK(wanted == kSyncKeysMax);
}

TEST_CASE("gossip: of a bucket with more keys than one packet may name only so many are named",
          "[gossip][sync][bounds]") {
  Replica replica;
  for (std::size_t i = 0; replica.size() < kSyncKeysMax + 100; ++i) {
    if (Replica::bucket_of(record(i).key) == 7) replica.store(record(i, 1, 10));
  }
  SyncBuckets theirs{replica.bucket_digests()};
  theirs.buckets[7] = 0;
  Outbox outbox;
  answer_buckets(replica, endpoint(2), theirs, nullptr, outbox);
  REQUIRE(outbox.size() == 1);
  const auto& keys = std::get<SyncKeys>(toy::sends(outbox).at(0).message);
  CHECK(keys.buckets == std::vector<std::uint16_t>{7});
  CHECK(keys.held.size() == kSyncKeysMax);
}

TEST_CASE("gossip: whose buckets hash alike is sent no keys", "[gossip][sync]") {
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1));
  Outbox outbox;
  const SyncBuckets alike{gossip.replica().bucket_digests()};
  for (std::int64_t ms = 0; ms < 10'000; ms += 1'000) {
    gossip.on_message(at(ms), endpoint(2), alike, outbox);
  }
  CHECK(outbox.empty());
  CHECK_FALSE(gossip.is_missing_answers(at(10'000)));  // So nothing was asked.
}

TEST_CASE("gossip: states that hash alike by chance are told apart by their size",
          "[gossip][sync]") {
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1));
  const std::uint64_t digest = gossip.replica().digest();
  Outbox outbox;
  gossip.on_message(at(0), endpoint(2), SyncDigest{digest, 1}, outbox);
  CHECK(outbox.empty());
  gossip.on_message(at(0), endpoint(2), SyncDigest{digest, 2}, outbox);
  CHECK(toy::sends(outbox).size() == 1);
}

TEST_CASE("gossip: hushed entries are not offered, and not asked for", "[gossip][sync]") {
  ToyNetwork network{2};
  network[1].put(at(0), record(1));
  network[2].put(at(0), record(1));
  network[1].put(at(0), record(2));
  network[1].hush(record(1).key);
  network[1].hush(record(2).key);
  network.contact(2, 1);
  network.settle();
  CHECK(network[2].replica().find(record(2).key) == nullptr);
  CHECK(network[1].replica().is_hushed(record(1).key));
  Outbox outbox;
  answer_wants(network[1].replica(), endpoint(2), {{record(1).key, record(2).key}}, outbox);
  CHECK(outbox.empty());
}

TEST_CASE("gossip: bad comparisons are dropped and traced", "[gossip][sync]") {
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < 100; ++i) gossip.put(at(0), record(i));
  SyncKeys descending{{5, 4}, {}};
  SyncKeys twice{{5, 5}, {}};
  SyncKeys beyond{{kBucketCount}, {}};
  SyncKeys long_keys{{1}, std::vector<SyncKeys::Held>(kSyncKeysMax + 1)};
  SyncWants long_wants{std::vector<EntryKey>(kSyncKeysMax + 1)};
  const auto message =
      GENERATE_COPY(values<Message>({SyncBuckets{}, SyncBuckets{{1, 2, 3}},
                                     SyncBuckets{std::vector<std::uint64_t>(kBucketCount + 1)},
                                     descending, twice, beyond, long_keys, long_wants}));
  Outbox outbox;
  gossip.on_message(at(0), endpoint(2), message, outbox);
  REQUIRE(outbox.size() == 1);
  CHECK(std::holds_alternative<Trace>(outbox[0]));
}

TEST_CASE("gossip: a key that is wanted twice is sent once", "[gossip][sync]") {
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), record(1));
  Outbox outbox;
  gossip.on_message(at(0), endpoint(2), SyncWants{std::vector(100, record(1).key)}, outbox);
  REQUIRE(toy::sends(outbox).size() == 1);
  CHECK(toy::sends(outbox)[0].entries.size() == 1);
}

TEST_CASE("gossip: one who asks many at once carries on with a few", "[gossip][sync]") {
  Gossip gossip{{}, node(1), 1};
  Outbox outbox;
  const SyncBuckets buckets{std::vector<std::uint64_t>(kBucketCount, 9)};
  for (std::uint8_t i = 2; i < 30; ++i) gossip.on_message(at(0), endpoint(i), buckets, outbox);
  CHECK(toy::sends(outbox).size() == 4);
  outbox.clear();
  gossip.on_message(at(200), endpoint(2), buckets, outbox);
  CHECK(toy::sends(outbox).size() == 1);
}

TEST_CASE("gossip: to look at all that is held costs too, whatever comes of it",
          "[gossip][sync][bounds]") {
  Gossip gossip{{}, node(1), 1};
  for (std::size_t i = 0; i < 2'000; ++i) gossip.put(at(0), record(i));
  Outbox outbox;
  for (int i = 0; i < 1'000; ++i) gossip.on_message(at(0), endpoint(2), SyncKeys{}, outbox);
  // Each costs 2,000 looks of 64 bytes, of 32 MiB a second, at first a fifth of that.
  CHECK(toy::sends(outbox).size() >= 50);
  CHECK(toy::sends(outbox).size() <= 54);
}

TEST_CASE("gossip: who asks by comparison names itself with its keys", "[gossip][sync]") {
  Gossip gossip{{}, node(1), 1};
  gossip.put(at(0), toy::entry({EntryKind::member, node(1), {}}, 1));
  Outbox outbox;
  gossip.on_message(at(0), endpoint(2), SyncBuckets{std::vector<std::uint64_t>(kBucketCount, 9)},
                    outbox);
  REQUIRE(toy::sends(outbox).size() == 1);
  REQUIRE(toy::sends(outbox)[0].entries.size() == 1);
  CHECK(toy::sends(outbox)[0].entries[0].key.owner == node(1));
}

TEST_CASE("gossip: an opening with a large entry of one's own goes by stream", "[gossip][sync]") {
  Gossip gossip{{}, node(1), 1};
  Outbox outbox;
  const std::size_t most =
      MembershipOptions{}.datagram_bytes_max - kMessageOverheadBytes - kEntryOverheadBytes;
  gossip.contact(endpoint(2), {record(1, 1, most)}, outbox);
  gossip.contact(endpoint(2), {record(1, 1, most + 1)}, outbox);
  REQUIRE(toy::sends(outbox).size() == 2);
  CHECK_FALSE(toy::sends(outbox)[0].by_stream);
  CHECK(toy::sends(outbox)[1].by_stream);
}

TEST_CASE("gossip: who sends its keys hears by stream, even if nothing differs any more",
          "[gossip][sync]") {
  Gossip one{MembershipOptions{}, node(1), 1};
  one.put(at(0), record(1));
  SyncKeys keys;
  keys.buckets.push_back(Replica::bucket_of(record(1).key));
  keys.held.push_back({record(1).key, record(1).version});
  Outbox outbox;
  one.on_message(at(0), endpoint(2), keys, outbox);
  const auto sends = toy::sends(outbox);
  REQUIRE(sends.size() == 1);
  CHECK(sends[0].by_stream);
  CHECK(sends[0].entries.empty());
  CHECK(std::get<SyncWants>(sends[0].message).keys.empty());
}

TEST_CASE("gossip: hashes bring the statement of whoever sends them, if it fits",
          "[gossip][sync]") {
  for (const std::size_t datagram_bytes_max : {576u, 727u, 728u, 829u, 830u, 1'400u}) {
    MembershipOptions options;
    options.datagram_bytes_max = datagram_bytes_max;
    Gossip seed{options, node(1), 1};
    seed.put(at(0), toy::entry({EntryKind::member, node(1), {}}, 1));
    Outbox outbox;
    seed.on_message(at(0), endpoint(2), SyncDigest{}, outbox);
    const auto sends = toy::sends(outbox);
    INFO(datagram_bytes_max);
    REQUIRE(sends.size() == 1);
    CHECK(sends[0].by_stream == (datagram_bytes_max < 728));
    // A joiner hears by stream only whom it knows, and by datagram who cannot reach it by stream.
    const bool is_full = !sends[0].by_stream && datagram_bytes_max < 830;
    CHECK(sends[0].entries.size() == (is_full ? 0 : 1));
  }
}

}  // namespace
}  // namespace gossamer::gossip
