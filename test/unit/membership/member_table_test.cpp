#include "membership/member_table.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::endpoint;
using toy::node;
using toy::statement;

TEST_CASE("membership: of a member that was never in trouble the table holds 56 bytes of its own",
          "[member_table]") {
  // And shares with its views what they show of it.
  CHECK(sizeof(MemberTable::Held) + sizeof(MemberView::Shared) <= 56);
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

TEST_CASE("membership: the view is made anew only when something changed", "[membership][table]") {
  MemberTable table{10};
  table.insert(node(2), statement(2), {MemberState::alive, 1});
  table.insert(node(1), statement(1), {MemberState::alive, 1});
  const MemberView first = table.view();
  CHECK(first.is_same_as(table.view()));
  CHECK(first.begin()->id == node(1));
  table.believe(node(1), {MemberState::suspect, 1});
  CHECK_FALSE(first.is_same_as(table.view()));
  CHECK(first.find(node(1))->state == MemberState::alive);
  CHECK(table.view().find(node(1))->state == MemberState::suspect);
}

// Ids as they are, and some that begin alike.
NodeId scattered(std::uint32_t number) {
  NodeId id;
  const std::uint32_t hash = number % 8 == 0 ? 0 : number * 0x9E3779B9U;
  for (std::size_t i = 0; i < 4; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(hash >> (24 - 8 * i));
    id.bytes[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
  return id;
}

struct Model {
  Endpoint endpoint{};
  Belief belief{};
};

void require_same(const MemberView& view, const std::map<NodeId, Model>& model) {
  RC_ASSERT(view.size() == model.size());
  auto at = view.begin();
  std::size_t live = 0;
  std::ptrdiff_t place = 0;
  for (const auto& [id, one] : model) {
    RC_ASSERT(at->id == id);
    RC_ASSERT(at->endpoint == one.endpoint);
    RC_ASSERT(at->state == one.belief.state);
    RC_ASSERT(view.find(id) == &*at);
    RC_ASSERT(&*(view.begin() + place) == &*at);
    RC_ASSERT(at - view.begin() == place);
    live += at->is_live() ? 1 : 0;
    ++at;
    ++place;
  }
  RC_ASSERT(at == view.end());
  RC_ASSERT(view.live_count() == live);
}

TEST_CASE("membership: the table and its views show what a map would, and a view never changes",
          "[membership][table]") {
  const bool holds =
      rc::check([](const std::vector<std::pair<std::uint16_t, std::uint8_t>>& steps) {
        MemberTable table{1000};
        std::map<NodeId, Model> model;
        std::vector<std::pair<MemberView, std::map<NodeId, Model>>> seen;
        for (std::uint32_t i = 0; i < 500; i += 2) {  // More than a few blocks of them.
          table.insert(scattered(i), statement(1), {MemberState::alive, 1});
          model[scattered(i)] = {endpoint(1), {MemberState::alive, 1}};
        }
        for (const auto& [number, action] : steps) {
          const NodeId id = scattered(number % 500u);
          MemberStatement said = statement(1);
          said.endpoint = endpoint(static_cast<std::uint8_t>(1 + number % 5 + action % 2));
          const Belief belief{static_cast<MemberState>(action / 8 % 4), 1};
          if (!model.contains(id)) {
            table.insert(id, said, belief);
            model[id] = {said.endpoint, belief};
          } else if (action % 8 == 0) {
            table.erase(id);
            model.erase(id);
          } else if (action % 8 < 4) {
            table.restate(id, said);
            model[id].endpoint = said.endpoint;
          } else {
            table.believe(id, belief);
            model[id].belief = belief;
          }
          if (action % 3 == 0) seen.emplace_back(table.view(), model);
        }
        require_same(table.view(), model);
        for (const auto& [view, then] : seen) require_same(view, then);
        for (std::uint8_t i = 1; i < 8; ++i) {
          std::vector<NodeId> there;
          for (const auto& [id, one] : model) {
            const bool is_live = one.belief.state <= MemberState::suspect;
            if (is_live && one.endpoint == endpoint(i)) there.push_back(id);
          }
          RC_ASSERT(table.live_at(endpoint(i)) == there);
        }
      });
  CHECK(holds);
}

TEST_CASE("membership: what changed between two views is told as by comparing them one by one",
          "[membership][table]") {
  const bool holds = rc::check(
      [](const std::vector<std::uint16_t>& before, const std::vector<std::uint16_t>& after) {
        MemberTable table{1000};
        std::map<NodeId, MemberState> was;
        for (std::uint32_t i = 0; i < 300; ++i) {
          table.insert(scattered(i), statement(1), {MemberState::alive, 1});
          was[scattered(i)] = MemberState::alive;
        }
        for (const std::uint16_t number : before) {
          const NodeId id = scattered(number % 500u);
          if (was.try_emplace(id, MemberState::alive).second) {
            table.insert(id, statement(1), {MemberState::alive, 1});
          }
        }
        const MemberView first = table.view();
        std::map<NodeId, MemberState> is = was;
        for (const std::uint16_t number : after) {
          const NodeId id = scattered(number % 500u);
          if (!is.contains(id)) {
            table.insert(id, statement(1), {MemberState::alive, 1});
            is[id] = MemberState::alive;
          } else if (number % 3 == 0) {
            table.erase(id);
            is.erase(id);
          } else {
            table.believe(id, {MemberState::down, 1});
            is[id] = MemberState::down;
          }
        }
        std::vector<NodeId> told;
        for_each_change(first, table.view(), [&](const Member* old, const Member* now) {
          const NodeId& id = (now == nullptr ? old : now)->id;
          if (old != nullptr && now != nullptr && old->state == now->state) return;
          RC_ASSERT((old != nullptr) == was.contains(id));
          RC_ASSERT((now != nullptr) == is.contains(id));
          told.push_back(id);
        });
        std::set<NodeId> expected;
        for (const auto& [id, state] : was) {
          if (!is.contains(id) || is.at(id) != state) expected.insert(id);
        }
        for (const auto& [id, state] : is) {
          if (!was.contains(id)) expected.insert(id);
        }
        RC_ASSERT(told == std::vector<NodeId>(expected.begin(), expected.end()));
      });
  CHECK(holds);
}

TEST_CASE("membership: views share all blocks but the one in which something changed",
          "[membership][table]") {
  MemberTable table{10'000};
  for (std::uint32_t i = 1; i <= 5'000; ++i) {
    table.insert(scattered(i), statement(1), {MemberState::alive, 1});
  }
  const MemberView before = table.view();
  table.believe(scattered(77), {MemberState::down, 1});
  std::set<const Member*> old;
  for (const Member& member : before) old.insert(&member);
  std::size_t shared = 0;
  for (const Member& member : table.view()) shared += old.contains(&member) ? 1 : 0;
  CHECK(shared == 4'999);
}

TEST_CASE("membership: a member's troubles are forgotten with it", "[membership][table]") {
  MemberTable table{10};
  table.insert(node(1), statement(1), {MemberState::alive, 1});
  CHECK(table.past(node(1)).verdict_version == 0);
  table.keep_past(node(1)).verdict_version = 3;
  CHECK(table.past(node(1)).verdict_version == 3);
  table.erase(node(1));
  CHECK(table.past(node(1)).verdict_version == 0);
}

}  // namespace
}  // namespace gossamer::membership
