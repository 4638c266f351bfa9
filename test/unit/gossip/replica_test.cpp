#include "gossip/replica.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

constexpr std::size_t kKeys = 16;

// The same entries put into a new replica, in key order.
Replica rebuilt(const Replica& replica) {
  Replica copy;
  for (std::size_t i = 0; i < kKeys; ++i) {
    const Entry* held = replica.find(toy::record(i).key);
    if (held == nullptr) continue;
    copy.store(*held);
    if (replica.is_hushed(held->key)) copy.hush(held->key);
  }
  return copy;
}

TEST_CASE(
    "gossip: an entry stays where it is when a newer version of it comes, and when it is hushed",
    "[gossip][replica]") {
  Replica replica;
  for (std::size_t i = 0; i < kKeys; ++i) replica.store(toy::record(i));
  const EntryKey key = toy::record(7).key;
  const Entry* held = replica.find(key);
  CHECK(&replica.store(toy::entry(key, held->version + 1)) == held);
  replica.hush(key);
  CHECK(replica.find(key) == held);
  CHECK(replica.is_hushed(key));
  CHECK(&replica.store(toy::entry(key, held->version + 1)) == held);
  CHECK_FALSE(replica.is_hushed(key));
}

TEST_CASE("gossip: digests kept with every change equal digests made anew", "[gossip][replica]") {
  const bool holds = rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& steps) {
    Replica replica;
    for (const auto& [number, action] : steps) {
      const EntryKey key = toy::record(number % kKeys).key;
      const Entry* held = replica.find(key);
      switch (action % 4) {
        case 0: replica.erase(key); break;
        case 1: replica.hush(key); break;
        default:
          replica.store(toy::entry(key, (held == nullptr ? 0 : held->version) + 1u + action / 8u));
      }
    }
    const Replica again = rebuilt(replica);
    RC_ASSERT(again.digest() == replica.digest());
    RC_ASSERT(again.bucket_digests() == replica.bucket_digests());
    RC_ASSERT(again.told_count() == replica.told_count());
  });
  CHECK(holds);
}

TEST_CASE("gossip: the order of arrival leaves no trace in the digest", "[gossip][replica]") {
  Replica forward;
  Replica backward;
  for (std::size_t i = 0; i < 50; ++i) forward.store(toy::record(i, i + 1));
  for (std::size_t i = 50; i > 0; --i) backward.store(toy::record(i - 1, i));
  CHECK(forward.digest() == backward.digest());
  backward.store(toy::record(7, 99));
  CHECK(forward.digest() != backward.digest());
}

TEST_CASE("gossip: nothing held hashes to zero, also after everything is erased",
          "[gossip][replica]") {
  Replica replica;
  CHECK(replica.digest() == 0);
  replica.store(toy::record(1));
  CHECK(replica.digest() != 0);
  replica.erase(toy::record(1).key);
  CHECK(replica.digest() == 0);
  CHECK(replica.size() == 0);
}

TEST_CASE("gossip: a hushed entry is held, but neither compared nor offered", "[gossip][replica]") {
  Replica replica;
  replica.store(toy::record(1));
  replica.hush(toy::record(1).key);
  replica.hush(toy::record(1).key);
  const std::uint16_t bucket = Replica::bucket_of(toy::record(1).key);
  CHECK(replica.digest() == 0);
  CHECK(replica.told_count() == 0);
  CHECK(replica.find(toy::record(1).key) != nullptr);
  CHECK(replica.entries_in({bucket}).empty());

  replica.store(toy::record(1, 2));  // News of it is offered again.
  CHECK(replica.digest() != 0);
  CHECK(replica.entries_in({bucket}).size() == 1);
}

TEST_CASE("gossip: every bucket gets its share", "[gossip][replica]") {
  std::array<int, kBucketCount> counts{};
  for (std::size_t i = 0; i < 6400; ++i) ++counts[Replica::bucket_of(toy::record(i).key)];
  for (const int count : counts) {
    CHECK(count > 50);
    CHECK(count < 150);
  }
}

TEST_CASE("gossip: entries are counted by kind, and those of nobody are found by their name",
          "[gossip][replica]") {
  Replica replica;
  const auto claim = [](const char* name) { return EntryKey{EntryKind::claim, {}, name}; };
  for (const char* name : {"a/0", "ab/0", "a/1", "b/0", "a-b/0"}) {
    replica.store(toy::entry(claim(name), 1));
  }
  replica.store(toy::entry({EntryKind::spec, {}, "a"}, 1));
  replica.store(toy::record(1));
  replica.store(toy::entry(claim("a/0"), 2));
  CHECK(replica.count(EntryKind::claim) == 5);
  CHECK(replica.count(EntryKind::spec) == 1);
  CHECK(replica.count(EntryKind::member) == 0);
  CHECK(replica.ownerless(EntryKind::claim, "a/") == std::vector{claim("a/0"), claim("a/1")});
  CHECK(replica.ownerless(EntryKind::claim, "c/").empty());
  replica.erase(claim("a/0"));
  replica.erase(claim("a/0"));
  CHECK(replica.count(EntryKind::claim) == 4);
}

}  // namespace
}  // namespace gossamer::gossip
