#include "gossip/live_choice.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

TEST_CASE("gossip: in a small cluster the choice is exact", "[gossip][choice]") {
  Random random{1};
  const MemberView members = toy::view({1, 2, 3, 4}, {5});
  const auto chosen = choose_live(members, 3, {toy::node(1)}, random);
  std::set<NodeId> ids;
  for (const Member* member : chosen) ids.insert(member->id);
  CHECK(ids == std::set{toy::node(2), toy::node(3), toy::node(4)});
  CHECK(choose_live(members, 9, {toy::node(1), toy::node(2)}, random).size() == 2);
  CHECK(choose_live(toy::view({1}), 3, {toy::node(1)}, random).empty());
  CHECK(choose_live(MemberView{}, 3, {}, random).empty());
}

TEST_CASE("gossip: in a large cluster choices differ, are live, and never short",
          "[gossip][choice]") {
  std::vector<std::uint8_t> live;
  std::vector<std::uint8_t> down;
  for (std::uint8_t i = 1; i <= 200; ++i) (i % 40 == 0 ? live : down).push_back(i);
  Random random{7};
  const MemberView members = toy::view(live, down);
  for (int round = 0; round < 100; ++round) {
    const auto chosen = choose_live(members, 3, {toy::node(40)}, random);
    REQUIRE(chosen.size() == 3);
    std::set<NodeId> ids;
    for (const Member* member : chosen) {
      CHECK(member->is_live());
      CHECK(member->id != toy::node(40));
      ids.insert(member->id);
    }
    CHECK(ids.size() == 3);
  }
}

TEST_CASE(
    "gossip: whoever may be chosen is, whatever the cluster's size, and nobody else, nor twice",
    "[gossip][choice]") {
  const auto size = GENERATE(as<std::uint8_t>{}, 10, 64, 65, 120);
  std::vector<std::uint8_t> live;
  for (std::uint8_t i = 1; i < size; ++i) live.push_back(i);
  const MemberView members = toy::view(live, {size});
  Random random{3};
  std::set<NodeId> chosen_ever;
  for (int round = 0; round < 1'000; ++round) {
    std::set<NodeId> ids;
    for (const Member* member : choose_live(members, 3, {toy::node(1), toy::node(7)}, random)) {
      ids.insert(member->id);
    }
    CHECK(ids.size() == 3);
    chosen_ever.insert(ids.begin(), ids.end());
  }
  CHECK(chosen_ever.size() == size - 3u);
  CHECK_FALSE(chosen_ever.contains(toy::node(1)));
  CHECK_FALSE(chosen_ever.contains(toy::node(7)));
  CHECK_FALSE(chosen_ever.contains(toy::node(size)));
}

}  // namespace
}  // namespace gossamer::gossip
