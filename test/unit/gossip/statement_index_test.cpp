#include "gossip/statement_index.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

#include "gossip/replica.hpp"
#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

// As a signed one: what is said, and a tail that is as good as random.
SharedBytes statement(std::uint64_t number) {
  Bytes bytes(100, std::uint8_t{7});
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[84 + i] = static_cast<std::uint8_t>((number * 0x9E3779B97F4A7C15) >> (8 * i));
  }
  return std::make_shared<const Bytes>(std::move(bytes));
}

TEST_CASE("gossip: what is found by its statement is held word for word", "[gossip][statements]") {
  const bool holds = rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& steps) {
    Replica replica;
    std::map<EntryKey, std::uint64_t> held;
    for (const auto& [number, action] : steps) {
      const EntryKey key = toy::record(number % 64u).key;
      if (action % 4 == 0) {
        replica.erase(key);
        held.erase(key);
      } else {
        const std::uint64_t version = ++held[key];
        replica.store({key, version, statement(1000u * (number % 64u) + version)});
      }
    }
    for (std::uint64_t i = 0; i < 64; ++i) {
      const EntryKey key = toy::record(i).key;
      const auto current = held.find(key);
      for (std::uint64_t version = 1; version < 20; ++version) {
        const Entry* found = replica.find_statement(*statement(1000 * i + version));
        if (found == nullptr) continue;
        RC_ASSERT(current != held.end());
        RC_ASSERT(current->second == version);
        RC_ASSERT(found == replica.find(key));
      }
    }
  });
  CHECK(holds);
}

TEST_CASE("gossip: most statements that are held are found, however many there are",
          "[gossip][statements]") {
  for (const std::uint64_t count : {1ULL, 16ULL, 17ULL, 100ULL, 4096ULL}) {
    Replica replica;
    for (std::uint64_t i = 0; i < count; ++i) {
      replica.store({toy::record(i).key, 1, statement(i)});
    }
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      found += replica.find_statement(*statement(i)) != nullptr ? 1 : 0;
    }
    CAPTURE(count, found);
    CHECK(4 * found >= 3 * count);
  }
}

TEST_CASE("gossip: statements too short to be any are none that is held", "[gossip][statements]") {
  Replica replica;
  CHECK(replica.find_statement({}) == nullptr);
  replica.store({toy::record(1).key, 1, std::make_shared<const Bytes>(Bytes{1, 2})});
  replica.store({toy::record(2).key, 1, nullptr});
  CHECK(replica.find_statement({}) == nullptr);
  CHECK(replica.find_statement(Bytes{1, 2}) == replica.find(toy::record(1).key));
  CHECK(replica.find_statement(Bytes{1, 3}) == nullptr);
  for (std::size_t size = 3; size < 20; ++size) {
    const Bytes bytes(size, std::uint8_t{9});
    CHECK(replica.find_statement(bytes) == nullptr);
    replica.store({toy::record(size).key, 1, std::make_shared<const Bytes>(bytes)});
    replica.erase(toy::record(size).key);
  }
}

}  // namespace
}  // namespace gossamer::gossip
