#include "ownership/ranking.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

#include "base/random.hpp"
#include "fixture.hpp"

namespace gossamer::ownership {

TEST_CASE("ranking: the order is part of the protocol and the same on every machine", "[ranking]") {
  // Pinned: nodes of different builds must agree.
  const auto order = rank({"ledger", 0}, cluster(5));
  std::string text;
  for (const NodeId& id : order) text += std::to_string(id.bytes[0]) + " ";
  CHECK(text == "5 2 1 3 4 ");
}

TEST_CASE("ranking: live members are ranked, each once, and nobody else", "[ranking]") {
  const auto members = view({{1, kAlive}, {2, kSuspect}, {3, kDown}, {4, kLeft}, {5, kAlive}});
  auto order = rank({"ledger", 0}, members);
  std::sort(order.begin(), order.end());
  CHECK(order == std::vector<NodeId>{node(1), node(2), node(5)});
  CHECK_FALSE(rank_of({"ledger", 0}, members, node(3), {}).has_value());
  CHECK_FALSE(rank_of({"ledger", 0}, members, node(9), {}).has_value());
  CHECK_FALSE(rank_of({"ledger", 0}, members, node(1), node(1)).has_value());
}

TEST_CASE("ranking: removing a member moves its units only, and nobody else changes places",
          "[ranking][law]") {
  CHECK(rc::check([](std::uint64_t seed) {
    Random random{seed};
    const auto count = static_cast<std::uint8_t>(2 + random.below(12));
    const auto gone = static_cast<std::uint8_t>(1 + random.below(count));
    for (std::uint32_t ordinal = 0; ordinal < 20; ++ordinal) {
      const UnitId unit{"s" + std::to_string(random.below(1000)), ordinal};
      auto before = rank(unit, cluster(count));
      const auto after = rank(unit, cluster(count, {gone}));
      before.erase(std::remove(before.begin(), before.end(), node(gone)), before.end());
      RC_ASSERT(before == after);
    }
  }));
}

TEST_CASE("ranking: rank_of is the place in rank", "[ranking][law]") {
  CHECK(rc::check([](std::uint64_t seed) {
    Random random{seed};
    std::vector<std::pair<std::uint8_t, MemberState>> members;
    for (std::uint8_t n = 1; n <= 12; ++n) {
      if (random.chance(3, 4)) members.emplace_back(n, static_cast<MemberState>(random.below(4)));
    }
    const MemberView all = view(members);
    const UnitId unit{"s" + std::to_string(seed), static_cast<std::uint32_t>(random.below(9))};
    auto order = rank(unit, all);
    for (std::size_t place = 0; place < order.size(); ++place) {
      RC_ASSERT(rank_of(unit, all, order[place], {}) == place);
    }
    if (order.size() > 1) RC_ASSERT(rank_of(unit, all, order[1], order[0]) == std::size_t{0});
  }));
}

TEST_CASE("ranking: units spread over the members", "[ranking]") {
  std::map<NodeId, int> first;
  for (std::uint32_t ordinal = 0; ordinal < 1000; ++ordinal) {
    ++first[rank({"ledger", ordinal}, cluster(10)).front()];
  }
  REQUIRE(first.size() == 10);
  for (const auto& [id, units] : first) {
    CHECK(units > 60);
    CHECK(units < 145);
  }
}

}  // namespace gossamer::ownership
