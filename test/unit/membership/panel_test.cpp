#include "membership/panel.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::Engine;
using toy::node;

std::set<NodeId> ids(const std::vector<const Member*>& members) {
  std::set<NodeId> found;
  for (const Member* member : members) found.insert(member->id);
  return found;
}

TEST_CASE("membership: whoever asks works out the same panel", "[membership][panel]") {
  Engine toy;
  toy.know_up_to(50);
  const MemberView& members = toy.engine.members();
  const auto panel = ids(panel_of(members, node(9), 3, NodeId{}, 0));
  CHECK(panel.size() == kPanelSize);
  CHECK(panel.count(node(9)) == 0);
  CHECK(panel != ids(panel_of(members, node(9), 4, NodeId{}, 0)));
  CHECK(panel != ids(panel_of(members, node(10), 3, NodeId{}, 0)));
  for (const NodeId& one : panel) {
    std::set<NodeId> others = panel;
    others.erase(one);
    const auto as_it_sees = ids(panel_of(members, node(9), 3, one, 0));
    for (const NodeId& other : others) CHECK(as_it_sees.count(other) == 1);
  }
}

TEST_CASE("membership: a second panel is of others", "[membership][panel]") {
  Engine toy;
  toy.know_up_to(50);
  const auto first = ids(panel_of(toy.engine.members(), node(9), 3, node(1), 0));
  const auto second = ids(panel_of(toy.engine.members(), node(9), 3, node(1), kPanelSize));
  CHECK(second.size() == kPanelSize);
  for (const NodeId& id : second) CHECK(first.count(id) == 0);
}

TEST_CASE("membership: whoever ranks highest is asked first, and so many are asked as are wanted",
          "[membership][panel]") {
  Engine toy;
  toy.know_up_to(50);
  const MemberView& members = toy.engine.members();
  const auto all = panel_of(members, node(9), 3, node(1), 0, members.size());
  CHECK(ids(all).size() == 48);
  for (const std::size_t size : {0u, 1u, 4u, 7u, 47u}) {
    CAPTURE(size);
    const auto some = panel_of(members, node(9), 3, node(1), 0, size);
    CHECK(some == std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  CHECK(panel_of(members, node(9), 3, node(1), 4, 3) ==
        std::vector(all.begin() + 4, all.begin() + 7));
  CHECK(panel_of(members, node(9), 3, node(1), 48, 4).empty());
}

TEST_CASE("membership: all members are asked alike often", "[membership][panel]") {
  Engine toy;
  toy.know_up_to(50);
  std::map<NodeId, int> times;
  for (Incarnation i = 1; i <= 1'000; ++i) {
    for (const Member* one : panel_of(toy.engine.members(), node(9), i, node(1), 0))
      ++times[one->id];
  }
  CHECK(times.size() == 48);
  for (const auto& [id, count] : times) {  // 83 on average.
    CHECK(count > 40);
    CHECK(count < 130);
  }
}

TEST_CASE("membership: the panel of a small cluster is whoever there is", "[membership][panel]") {
  Engine toy;
  toy.know_up_to(3);
  CHECK(ids(panel_of(toy.engine.members(), node(2), 1, node(1), 0)) == std::set<NodeId>{node(3)});
  CHECK(panel_of(toy.engine.members(), node(2), 1, node(1), kPanelSize).empty());
}

}  // namespace
}  // namespace gossamer::membership
