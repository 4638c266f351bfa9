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

MemberView::Shared described(const NodeId& id, const MemberStatement& statement,
                             const Belief& belief) {
  return std::make_shared<const Member>(Member{id, statement.name, statement.endpoint,
                                               belief.incarnation, belief.state, statement.metadata,
                                               statement.wire_newest, statement.zone});
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
  held->member = described(id, statement, belief);
  held->said = statement.incarnation;
  Held& inserted = *held_.insert(at, Place{id, std::move(held)})->held;
  count(*inserted.member);
  return inserted;
}

void MemberTable::erase(const NodeId& id) {
  const auto at = place_of(id);
  if (at == held_.end() || at->id != id) return;
  discount(*at->held->member);
  held_.erase(at);
}

void MemberTable::restate(const NodeId& id, const MemberStatement& statement) {
  Held* held = find(id);
  GOSSAMER_ASSERT(held != nullptr);
  discount(*held->member);
  held->member = described(id, statement, held->belief());
  held->said = statement.incarnation;
  count(*held->member);
}

void MemberTable::believe(const NodeId& id, const Belief& belief) {
  Held* held = find(id);
  GOSSAMER_ASSERT(held != nullptr);
  discount(*held->member);
  // Views that show the old one keep it.
  auto changed = std::make_shared<Member>(*held->member);
  changed->state = belief.state;
  changed->incarnation = belief.incarnation;
  held->member = std::move(changed);
  count(*held->member);
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
    if (find(at->id)->member->endpoint == endpoint) found.push_back(at->id);
  }
  return found;
}

bool MemberTable::is_live_endpoint(const Endpoint& endpoint) const {
  return !live_at(endpoint).empty();
}

std::vector<NodeId> MemberTable::down() const {
  std::vector<NodeId> found;
  for (const auto& [id, held] : held_) {
    if (held->member->state == MemberState::down) found.push_back(id);
  }
  return found;
}

const Member& MemberTable::describe(const NodeId& id) const {
  const Held* held = find(id);
  GOSSAMER_ASSERT(held != nullptr);
  return *held->member;
}

const MemberView& MemberTable::view() const {
  if (is_view_current_) return view_;
  std::vector<MemberView::Shared> members;
  members.reserve(held_.size());
  for (const auto& [id, held] : held_) members.push_back(held->member);
  view_ = MemberView{std::move(members), live_count_};
  is_view_current_ = true;
  return view_;
}

void MemberTable::count(const Member& member) {
  is_view_current_ = false;
  if (!member.is_live()) return;
  ++live_count_;
  live_digest_ ^= hash_of(member.id, member.incarnation);
  Address address = first_at(member.endpoint);
  address.id = member.id;
  live_at_.insert(std::lower_bound(live_at_.begin(), live_at_.end(), address), address);
}

void MemberTable::discount(const Member& member) {
  is_view_current_ = false;
  if (!member.is_live()) return;
  --live_count_;
  live_digest_ ^= hash_of(member.id, member.incarnation);
  Address address = first_at(member.endpoint);
  address.id = member.id;
  const auto at = std::lower_bound(live_at_.begin(), live_at_.end(), address);
  GOSSAMER_ASSERT(at != live_at_.end() && *at == address);
  live_at_.erase(at);
}

}  // namespace gossamer::membership
