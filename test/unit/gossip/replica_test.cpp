#include "gossip/replica.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <numeric>
#include <set>

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
    "gossip: an entry stays where it is when others come and go around it, and when it is hushed",
    "[gossip][replica]") {
  Replica replica;
  const Entry* held = &replica.store(toy::record(7));
  for (std::size_t i = 100; i < 400; ++i) replica.store(toy::record(i));
  for (std::size_t i = 100; i < 400; i += 3) replica.erase(toy::record(i).key);
  CHECK(replica.find(toy::record(7).key) == held);
  replica.hush(held->key);
  CHECK(replica.find(toy::record(7).key) == held);
  CHECK(replica.is_hushed(held->key));
  replica.store(toy::record(7, 2));
  CHECK(replica.find(toy::record(7).key)->version == 2);
  CHECK_FALSE(replica.is_hushed(toy::record(7).key));
}

TEST_CASE("gossip: a replica holds what a map of the newest versions would", "[gossip][replica]") {
  const bool holds =
      rc::check([](const std::vector<std::pair<std::uint16_t, std::uint8_t>>& steps) {
        Replica replica;
        std::map<EntryKey, std::uint64_t> model;
        std::set<EntryKey> hushed;
        for (std::size_t i = 0; i < 300; i += 2)
          replica.store(toy::entry(toy::record(i).key, ++model[toy::record(i).key]));
        for (const auto& [number, action] : steps) {
          const EntryKey key = toy::record(number % 300u).key;
          if (action % 4 == 0) {
            replica.erase(key);
            model.erase(key);
            hushed.erase(key);
          } else if (action % 4 == 1) {
            replica.hush(key);
            if (model.contains(key)) hushed.insert(key);
          } else if (action % 8 == 2) {
            replica.unhush(key);
            hushed.erase(key);
          } else {
            replica.store(toy::entry(key, ++model[key]));
            hushed.erase(key);
          }
        }
        std::vector<std::uint16_t> all(kBucketCount);
        std::iota(all.begin(), all.end(), std::uint16_t{0});
        std::vector<EntryKey> told;
        for (const Entry* entry : replica.entries_in(all)) told.push_back(entry->key);
        std::vector<EntryKey> expected;
        for (const auto& [key, version] : model) {
          RC_ASSERT(replica.find(key) != nullptr);
          RC_ASSERT(replica.find(key)->version == version);
          RC_ASSERT(replica.is_hushed(key) == hushed.contains(key));
          if (!hushed.contains(key)) expected.push_back(key);
        }
        RC_ASSERT(told == expected);
        RC_ASSERT(replica.size() == model.size());
        RC_ASSERT(replica.told_count() == expected.size());
      });
  CHECK(holds);
}

namespace interning {
struct OneOfAll final : Interner<HeldEntry> {
  std::shared_ptr<const HeldEntry> one_of(const HeldEntry& value) override {
    auto& held = all[{value.entry.key, value.entry.version}];
    if (held == nullptr) held = std::make_shared<const HeldEntry>(value);
    return held;
  }
  std::map<std::pair<EntryKey, std::uint64_t>, SharedEntry> all{};
};
}  // namespace interning

TEST_CASE("gossip: replicas with an interner hold one and the same entry, and answer alike",
          "[gossip][replica]") {
  interning::OneOfAll interner;
  Replica one{&interner};
  Replica other{&interner};
  Replica alone;
  for (Replica* replica : {&one, &other, &alone}) replica->store(toy::record(1));
  CHECK(one.find(toy::record(1).key) == other.find(toy::record(1).key));
  CHECK(one.digest() == alone.digest());
  one.erase(toy::record(1).key);
  CHECK(other.find(toy::record(1).key)->version == 1);
  CHECK(other.digest() == alone.digest());
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

TEST_CASE(
    "gossip: entries that are alike but for their kind, owner, name or version hash differently",
    "[gossip][replica]") {
  const EntryKey key{EntryKind::member, toy::node(1), "a"};
  const auto digest = [](const EntryKey& held, std::uint64_t version) {
    Replica replica;
    replica.store(toy::entry(held, version));
    return replica.digest();
  };
  const std::set<std::uint64_t> digests{digest(key, 1),
                                        digest(key, 2),
                                        digest(key, std::uint64_t{1} << 8),
                                        digest(key, std::uint64_t{1} << 56),
                                        digest({EntryKind::verdict, key.owner, key.name}, 1),
                                        digest({key.kind, toy::node(2), key.name}, 1),
                                        digest({key.kind, key.owner, "b"}, 1),
                                        digest({key.kind, key.owner, std::string(100, 'a')}, 1),
                                        digest({key.kind, key.owner, std::string(101, 'a')}, 1)};
  CHECK(digests.size() == 9);
}

TEST_CASE("gossip: a hushed entry is held, but neither compared nor offered", "[gossip][replica]") {
  Replica replica;
  replica.store(toy::record(1));
  const std::uint64_t whole = replica.digest();
  replica.hush(toy::record(1).key);
  replica.hush(toy::record(1).key);
  const std::uint16_t bucket = Replica::bucket_of(toy::record(1).key);
  CHECK(replica.digest() == 0);
  CHECK(replica.told_count() == 0);
  CHECK(replica.find(toy::record(1).key) != nullptr);
  CHECK(replica.entries_in({bucket}).empty());

  replica.unhush(toy::record(1).key);
  replica.unhush(toy::record(1).key);
  replica.unhush(toy::record(2).key);
  CHECK(replica.digest() == whole);
  CHECK(replica.entries_in({bucket}).size() == 1);

  replica.hush(toy::record(1).key);
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
  SECTION("not those of another kind that are named alike") {
    for (const EntryKind kind : {EntryKind::spec, EntryKind::member, EntryKind::record}) {
      replica.store(toy::entry({kind, {}, "b/1"}, 1));
    }
    CHECK(replica.ownerless(EntryKind::claim, "b/") == std::vector{claim("b/0")});
    CHECK(replica.ownerless(EntryKind::spec, "").size() == 2);
  }
  SECTION("not those of somebody") {
    const EntryKey owned{EntryKind::claim, toy::node(3), "b/1"};
    replica.store(toy::entry(owned, 1));
    CHECK(replica.ownerless(EntryKind::claim, "b/") == std::vector{claim("b/0")});
    replica.erase(owned);
  }
  replica.erase(claim("a/0"));
  replica.erase(claim("a/0"));
  CHECK(replica.count(EntryKind::claim) == 4);
}

}  // namespace
}  // namespace gossamer::gossip
