#include "membership/member_table.hpp"

#include <memory>
#include <utility>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace gossamer::membership {
namespace {

std::uint64_t hash_of(const NodeId& id, Incarnation incarnation) {
  std::uint8_t number[8];
  for (int i = 0; i < 8; ++i) number[i] = static_cast<std::uint8_t>(incarnation >> (8 * i));
  return hash64({ByteView{id.bytes}, ByteView{number}});
}

}  // namespace

const MemberTable::Held* MemberTable::find(const NodeId& id) const {
  const auto at = held_.find(id);
  return at == held_.end() ? nullptr : &at->second;
}

MemberTable::Held* MemberTable::find(const NodeId& id) {
  const auto at = held_.find(id);
  return at == held_.end() ? nullptr : &at->second;
}

MemberTable::Held& MemberTable::insert(const NodeId& id, const MemberStatement& statement,
                                       const Belief& belief) {
  GOSSAMER_ASSERT(!is_full());
  Held held;
  held.statement = statement;
  held.belief = belief;
  const auto [at, is_new] = held_.emplace(id, std::move(held));
  GOSSAMER_ASSERT(is_new);
  count(id, at->second);
  return at->second;
}

void MemberTable::erase(const NodeId& id) {
  const auto at = held_.find(id);
  if (at == held_.end()) return;
  discount(id, at->second);
  held_.erase(at);
}

void MemberTable::restate(const NodeId& id, const MemberStatement& statement) {
  Held* held = find(id);
  GOSSAMER_ASSERT(held != nullptr);
  discount(id, *held);
  held->statement = statement;
  count(id, *held);
}

void MemberTable::believe(const NodeId& id, const Belief& belief) {
  Held* held = find(id);
  GOSSAMER_ASSERT(held != nullptr);
  discount(id, *held);
  held->belief = belief;
  count(id, *held);
}

std::vector<NodeId> MemberTable::live_at(const Endpoint& endpoint) const {
  const auto at = live_at_.find(endpoint);
  if (at == live_at_.end()) return {};
  return {at->second.begin(), at->second.end()};
}

std::vector<NodeId> MemberTable::down() const {
  std::vector<NodeId> found;
  for (const auto& [id, held] : held_) {
    if (held.belief.state == MemberState::down) found.push_back(id);
  }
  return found;
}

Member MemberTable::describe(const NodeId& id) const {
  const Held* held = find(id);
  GOSSAMER_ASSERT(held != nullptr);
  return {id,
          held->statement.name,
          held->statement.endpoint,
          held->belief.incarnation,
          held->belief.state,
          held->statement.metadata,
          held->statement.wire_newest};
}

const MemberView& MemberTable::view() const {
  if (is_view_current_) return view_;
  auto members = std::make_shared<std::vector<Member>>();
  members->reserve(held_.size());
  for (const auto& [id, held] : held_) members->push_back(describe(id));
  view_ = MemberView{std::move(members)};
  is_view_current_ = true;
  return view_;
}

void MemberTable::count(const NodeId& id, const Held& held) {
  is_view_current_ = false;
  if (!held.is_live()) return;
  ++live_count_;
  live_digest_ ^= hash_of(id, held.belief.incarnation);
  live_at_[held.statement.endpoint].insert(id);
}

void MemberTable::discount(const NodeId& id, const Held& held) {
  is_view_current_ = false;
  if (!held.is_live()) return;
  --live_count_;
  live_digest_ ^= hash_of(id, held.belief.incarnation);
  const auto at = live_at_.find(held.statement.endpoint);
  GOSSAMER_ASSERT(at != live_at_.end());
  at->second.erase(id);
  if (at->second.empty()) live_at_.erase(at);
}

}  // namespace gossamer::membership
