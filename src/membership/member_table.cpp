#include "membership/member_table.hpp"

#include <algorithm>
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

std::vector<MemberTable::Place>::const_iterator MemberTable::place_of(const NodeId& id) const {
  return std::lower_bound(held_.begin(), held_.end(), id,
                          [](const Place& place, const NodeId& key) { return place.id < key; });
}

const MemberTable::Held* MemberTable::find(const NodeId& id) const {
  const auto at = place_of(id);
  return at == held_.end() || at->id != id ? nullptr : at->held.get();
}

MemberTable::Held* MemberTable::find(const NodeId& id) {
  const auto at = place_of(id);
  return at == held_.end() || at->id != id ? nullptr : at->held.get();
}

MemberTable::Held& MemberTable::insert(const NodeId& id, const MemberStatement& statement,
                                       const Belief& belief) {
  GOSSAMER_ASSERT(!is_full());
  const auto at = place_of(id);
  GOSSAMER_ASSERT(at == held_.end() || at->id != id);
  auto held = std::make_unique<Held>();
  held->statement = statement;
  held->belief = belief;
  Held& inserted = *held_.insert(at, Place{id, std::move(held)})->held;
  count(id, inserted);
  return inserted;
}

void MemberTable::erase(const NodeId& id) {
  const auto at = place_of(id);
  if (at == held_.end() || at->id != id) return;
  discount(id, *at->held);
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

MemberTable::Address MemberTable::first_at(const Endpoint& endpoint) {
  std::uint64_t hash = endpoint.port;
  for (const char letter : endpoint.address) {
    hash = (hash ^ static_cast<std::uint8_t>(letter)) * 0x9E3779B97F4A7C15;
  }
  return {hash, NodeId{}};
}

std::vector<NodeId> MemberTable::live_at(const Endpoint& endpoint) const {
  std::vector<NodeId> found;
  const Address first = first_at(endpoint);
  for (auto at = std::lower_bound(live_at_.begin(), live_at_.end(), first);
       at != live_at_.end() && at->hash == first.hash; ++at) {
    if (find(at->id)->statement.endpoint == endpoint) found.push_back(at->id);
  }
  return found;
}

bool MemberTable::is_live_endpoint(const Endpoint& endpoint) const {
  return !live_at(endpoint).empty();
}

std::vector<NodeId> MemberTable::down() const {
  std::vector<NodeId> found;
  for (const auto& [id, held] : held_) {
    if (held->belief.state == MemberState::down) found.push_back(id);
  }
  return found;
}

Member MemberTable::describe(const NodeId& id) const {
  const Held* held = find(id);
  GOSSAMER_ASSERT(held != nullptr);
  return describe(id, *held);
}

Member MemberTable::describe(const NodeId& id, const Held& held) {
  return {id,
          held.statement.name,
          held.statement.endpoint,
          held.belief.incarnation,
          held.belief.state,
          held.statement.metadata,
          held.statement.wire_newest,
          held.statement.zone};
}

const MemberView& MemberTable::view() const {
  if (is_view_current_) return view_;
  auto members = std::make_shared<std::vector<Member>>();
  members->reserve(held_.size());
  for (const auto& [id, held] : held_) members->push_back(describe(id, *held));
  view_ = MemberView{std::move(members)};
  is_view_current_ = true;
  return view_;
}

void MemberTable::count(const NodeId& id, const Held& held) {
  is_view_current_ = false;
  if (!held.is_live()) return;
  ++live_count_;
  live_digest_ ^= hash_of(id, held.belief.incarnation);
  Address address = first_at(held.statement.endpoint);
  address.id = id;
  live_at_.insert(std::lower_bound(live_at_.begin(), live_at_.end(), address), address);
}

void MemberTable::discount(const NodeId& id, const Held& held) {
  is_view_current_ = false;
  if (!held.is_live()) return;
  --live_count_;
  live_digest_ ^= hash_of(id, held.belief.incarnation);
  Address address = first_at(held.statement.endpoint);
  address.id = id;
  const auto at = std::lower_bound(live_at_.begin(), live_at_.end(), address);
  GOSSAMER_ASSERT(at != live_at_.end() && *at == address);
  live_at_.erase(at);
}

}  // namespace gossamer::membership
