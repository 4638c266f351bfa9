#include "membership/member_table.hpp"

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::endpoint;
using toy::node;
using toy::statement;

TEST_CASE("membership: what the table holds of a member stays below 384 bytes", "[member_table]") {
  // Names of up to 15 letters included, keys and admissions not: of 10,000 members 3.8 MB.
  CHECK(sizeof(MemberTable::Held) + sizeof(NodeId) + sizeof(void*) <= 384);
}

TEST_CASE("membership: the table counts the live and finds them by address",
          "[membership][table]") {
  MemberTable table{10};
  table.insert(node(1), statement(1), {MemberState::alive, 1});
  table.insert(node(2), statement(2), {MemberState::alive, 1});
  table.believe(node(2), {MemberState::suspect, 1});
  CHECK(table.live_count() == 2);
  table.believe(node(2), {MemberState::down, 1});
  CHECK(table.live_count() == 1);
  CHECK_FALSE(table.is_live_endpoint(endpoint(2)));
  CHECK(table.down() == std::vector{node(2)});

  MemberStatement moved = statement(1, 2);
  moved.endpoint = endpoint(9);
  table.restate(node(1), moved);
  CHECK_FALSE(table.is_live_endpoint(endpoint(1)));
  CHECK(table.live_at(endpoint(9)) == std::vector{node(1)});
  table.erase(node(1));
  CHECK(table.live_count() == 0);
  CHECK(table.live_at(endpoint(9)).empty());
  table.erase(node(1));
}

TEST_CASE("membership: the view is rebuilt only when something changed", "[membership][table]") {
  MemberTable table{10};
  table.insert(node(2), statement(2), {MemberState::alive, 1});
  table.insert(node(1), statement(1), {MemberState::alive, 1});
  const MemberView first = table.view();
  CHECK(first.begin() == table.view().begin());
  CHECK(first.begin()->id == node(1));
  table.believe(node(1), {MemberState::suspect, 1});
  CHECK(first.begin() != table.view().begin());
  CHECK(first.find(node(1))->state == MemberState::alive);
  CHECK(table.view().find(node(1))->state == MemberState::suspect);
}

}  // namespace
}  // namespace gossamer::membership
