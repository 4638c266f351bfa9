#include "membership/panel.hpp"

#include <catch2/catch.hpp>
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

TEST_CASE("membership: the panel of a small cluster is whoever there is", "[membership][panel]") {
  Engine toy;
  toy.know_up_to(3);
  CHECK(ids(panel_of(toy.engine.members(), node(2), 1, node(1), 0)) == std::set<NodeId>{node(3)});
  CHECK(panel_of(toy.engine.members(), node(2), 1, node(1), kPanelSize).empty());
}

}  // namespace
}  // namespace gossamer::membership
