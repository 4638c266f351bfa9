#include "membership/member_table.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace gossamer::membership {
namespace {

constexpr std::size_t kHeadBits = 32;

std::uint64_t hash_of(const NodeId& id, Incarnation incarnation) {
  // Each part after its length. Worked out for everybody at every change, so nothing is allocated.
  constexpr std::size_t kIdBytes = sizeof(id.bytes);
  std::uint8_t bytes[8 + kIdBytes + 8 + 8] = {kIdBytes};
  std::copy(id.bytes.begin(), id.bytes.end(), bytes + 8);
  bytes[8 + kIdBytes] = 8;
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[8 + kIdBytes + 8 + i] = static_cast<std::uint8_t>(incarnation >> (8 * i));
  }
  return hash64(ByteView{bytes, sizeof(bytes)});
}

// In the order of ids.
std::uint32_t head_of(const NodeId& id) {
  return std::uint32_t{id.bytes[0]} << 24 | std::uint32_t{id.bytes[1]} << 16 |
         std::uint32_t{id.bytes[2]} << 8 | id.bytes[3];
}

Member described(const NodeId& id, const MemberStatement& statement, const Belief& belief) {
  return {id,           statement.name,     statement.endpoint,    belief.incarnation,
          belief.state, statement.metadata, statement.wire_newest, statement.zone};
}

}  // namespace

// Ids are hashes, so that their heads tell nearly all of them apart.
MemberTable::Place MemberTable::place_of(const NodeId& id) const {
  const std::uint32_t head = head_of(id);
  const auto is_before = [&](const Held& held) {
    return held.head != head ? held.head < head : held.member->id < id;
  };
  const auto block = std::partition_point(
      blocks_.begin(), blocks_.end(), [&](const Block& one) { return is_before(one.held.back()); });
  const auto number = static_cast<std::size_t>(block - blocks_.begin());
  if (block == blocks_.end()) return {number, 0};
  const auto at = std::partition_point(block->held.begin(), block->held.end(), is_before);
  return {number, static_cast<std::size_t>(at - block->held.begin())};
}

bool MemberTable::is_there(const Place& place, const NodeId& id) const {
  return place.block < blocks_.size() && blocks_[place.block].held[place.at].member->id == id;
}

const MemberTable::Held* MemberTable::find(const NodeId& id) const {
  const Place place = place_of(id);
  return is_there(place, id) ? &blocks_[place.block].held[place.at] : nullptr;
}

MemberTable::Held* MemberTable::find(const NodeId& id) {
  const Place place = place_of(id);
  return is_there(place, id) ? &blocks_[place.block].held[place.at] : nullptr;
}

const MemberTable::Past& MemberTable::past(const NodeId& id) const {
  static const Past kNone{};
  const auto at = pasts_.find(id);
  return at == pasts_.end() ? kNone : at->second;
}

MemberTable::Past& MemberTable::keep_past(const NodeId& id) {
  GOSSAMER_ASSERT(find(id) != nullptr);
  return pasts_[id];
}

MemberView::Chunk& MemberTable::changeable(Block& block) {
  is_view_current_ = false;
  if (std::exchange(block.is_shown, false)) {
    auto copy = std::make_shared<MemberView::Chunk>();
    copy->reserve(block.members->size());
    copy->assign(block.members->begin(), block.members->end());
    block.members = std::move(copy);
  }
  return *block.members;
}

// A full block is halved first. Room is made for a few at a time: there are very many blocks.
MemberTable::Place MemberTable::room_at(const NodeId& id) {
  constexpr std::size_t kRoom = 8;
  Place place = place_of(id);
  if (blocks_.empty()) {
    blocks_.push_back({std::make_shared<MemberView::Chunk>(), {}});
  } else if (place.block == blocks_.size()) {
    --place.block;
    place.at = blocks_[place.block].held.size();
  }
  if (blocks_[place.block].held.size() == kBlockMax) {
    constexpr std::size_t kHalf = kBlockMax / 2;
    const auto half_of = [](auto& all) {
      const auto middle = all.begin() + static_cast<std::ptrdiff_t>(kHalf);
      std::remove_reference_t<decltype(all)> upper(std::make_move_iterator(middle),
                                                   std::make_move_iterator(all.end()));
      all.erase(middle, all.end());
      all.shrink_to_fit();
      return upper;
    };
    Block& lower = blocks_[place.block];
    Block upper{std::make_shared<MemberView::Chunk>(half_of(changeable(lower))),
                half_of(lower.held)};
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block) + 1,
                   std::move(upper));
    if (place.at > kHalf) place = {place.block + 1, place.at - kHalf};
  }
  const auto make_room = [](auto& all) {
    if (all.size() == all.capacity()) all.reserve(std::min(all.size() + kRoom, kBlockMax));
  };
  Block& block = blocks_[place.block];
  make_room(block.held);
  make_room(changeable(block));
  return place;
}

MemberTable::Held& MemberTable::insert(const NodeId& id, const MemberStatement& statement,
                                       const Belief& belief) {
  GOSSAMER_ASSERT(!is_full());
  GOSSAMER_ASSERT(find(id) == nullptr);
  const Place place = room_at(id);
  const auto at = static_cast<std::ptrdiff_t>(place.at);
  Block& block = blocks_[place.block];
  MemberView::Chunk& members = changeable(block);
  members.insert(members.begin() + at, one_of(interner_, described(id, statement, belief)));
  Held held;
  held.member = members[place.at].get();
  held.said = statement.incarnation;
  held.head = head_of(id);
  ++size_;
  count(held);
  return *block.held.insert(block.held.begin() + at, held);
}

void MemberTable::erase(const NodeId& id) {
  const Place place = place_of(id);
  if (!is_there(place, id)) return;
  const auto at = static_cast<std::ptrdiff_t>(place.at);
  Block& block = blocks_[place.block];
  discount(block.held[place.at]);
  pasts_.erase(id);
  block.held.erase(block.held.begin() + at);
  MemberView::Chunk& members = changeable(block);
  members.erase(members.begin() + at);
  --size_;
  if (block.held.empty()) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block));
  } else if (place.block + 1 < blocks_.size()) {
    join_next(place.block);
  }
}

void MemberTable::join_next(std::size_t number) {
  Block& block = blocks_[number];
  const Block& next = blocks_[number + 1];
  if (block.held.size() + next.held.size() > kBlockMax / 2) return;
  MemberView::Chunk& members = changeable(block);
  members.insert(members.end(), next.members->begin(), next.members->end());
  block.held.insert(block.held.end(), next.held.begin(), next.held.end());
  blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(number) + 1);
}

void MemberTable::set(const Place& place, Member&& member) {
  Block& block = blocks_[place.block];
  Held& held = block.held[place.at];
  discount(held);
  MemberView::Shared& shared = changeable(block)[place.at];
  shared = one_of(interner_, std::move(member));
  held.member = shared.get();
  count(held);
}

void MemberTable::restate(const NodeId& id, const MemberStatement& statement) {
  const Place place = place_of(id);
  GOSSAMER_ASSERT(is_there(place, id));
  Held& held = blocks_[place.block].held[place.at];
  held.said = statement.incarnation;
  set(place, described(id, statement, held.belief()));
}

void MemberTable::believe(const NodeId& id, const Belief& belief) {
  const Place place = place_of(id);
  GOSSAMER_ASSERT(is_there(place, id));
  Member changed = *blocks_[place.block].held[place.at].member;
  changed.state = belief.state;
  changed.incarnation = belief.incarnation;
  set(place, std::move(changed));
}

std::uint64_t MemberTable::address_of(const Endpoint& endpoint, std::uint32_t head) {
  std::uint64_t hash = endpoint.port;
  for (const char letter : endpoint.address) {
    hash = (hash ^ static_cast<std::uint8_t>(letter)) * 0x9E3779B97F4A7C15;
  }
  return hash >> kHeadBits << kHeadBits | head;
}

std::vector<NodeId> MemberTable::live_at(const Endpoint& endpoint) const {
  std::vector<NodeId> found;
  const std::uint64_t first = address_of(endpoint, 0);
  std::optional<std::uint64_t> seen;
  for (auto at = live_at_.lower_bound(first);
       at != live_at_.end() && *at >> kHeadBits == first >> kHeadBits; ++at) {
    if (std::exchange(seen, *at) == *at) continue;  // Several with one head are found at once.
    NodeId id;
    const auto head = static_cast<std::uint32_t>(*at);
    for (std::size_t i = 0; i < 4; ++i) {
      id.bytes[i] = static_cast<std::uint8_t>(head >> (24 - 8 * i));
    }
    for (Place place = place_of(id); place.block < blocks_.size(); ++place.block, place.at = 0) {
      const std::vector<Held>& held = blocks_[place.block].held;
      for (; place.at < held.size() && held[place.at].head == head; ++place.at) {
        const Member& member = *held[place.at].member;
        if (member.is_live() && member.endpoint == endpoint) found.push_back(member.id);
      }
      if (place.at < held.size()) break;
    }
  }
  return found;
}

bool MemberTable::is_live_endpoint(const Endpoint& endpoint) const {
  return !live_at(endpoint).empty();
}

std::vector<NodeId> MemberTable::down() const {
  std::vector<NodeId> found;
  for (const Block& block : blocks_) {
    for (const Held& held : block.held) {
      if (held.member->state == MemberState::down) found.push_back(held.member->id);
    }
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
  MemberView::Chunks chunks;
  chunks.reserve(blocks_.size());
  for (const Block& block : blocks_) {
    block.is_shown = true;
    chunks.push_back(block.members);
  }
  view_ = MemberView{std::move(chunks), live_count_};
  is_view_current_ = true;
  return view_;
}

void MemberTable::count(const Held& held) {
  if (!held.is_live()) return;
  ++live_count_;
  live_digest_ ^= hash_of(held.member->id, held.member->incarnation);
  live_at_.insert(address_of(held.member->endpoint, held.head));
}

void MemberTable::discount(const Held& held) {
  if (!held.is_live()) return;
  --live_count_;
  live_digest_ ^= hash_of(held.member->id, held.member->incarnation);
  const auto at = live_at_.find(address_of(held.member->endpoint, held.head));
  GOSSAMER_ASSERT(at != live_at_.end());
  live_at_.erase(at);
}

}  // namespace gossamer::membership
