#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/ids.hpp"

namespace gossamer {

/// What this node believes about another node. A belief, not a fact: two nodes may disagree for a
/// few protocol periods.
enum class MemberState : unsigned char {
  alive = 0,    ///< Answered a probe, directly or through a member.
  suspect = 1,  ///< Missed a probe. Still usable; has time left to refute.
  down = 2,     ///< Suspicion ran out unrefuted. Its services may be taken over.
  left = 3,     ///< Said goodbye. Not a failure.
};

/// `alive`, `suspect`, `down` or `left`.
std::string_view to_string(MemberState state) noexcept;

struct Member {
  NodeId id;
  std::string name{};   ///< Label for people. Unique by convention, not enforced.
  Endpoint endpoint{};  ///< Where it gossips.
  Incarnation incarnation = 0;
  MemberState state = MemberState::alive;
  std::string metadata{};  ///< Opaque bytes of its user, at most 256.
  /// The newest version of the wire that it reads: who lags in an upgrade, and is rolled back to.
  unsigned wire_version = 1;
  std::string zone{};  ///< Where its machine is, by its own word; empty: it does not say.

  /// Alive or suspect: counts as being here.
  bool is_live() const noexcept {
    return state == MemberState::alive || state == MemberState::suspect;
  }
};

/// An immutable picture of the cluster, sorted by id, this node included. Pictures share what did
/// not change between them, so one costs 16 bytes for each member.
///
/// **Threads**: any. **Lifetime**: yours; it never changes and holds no lock.
class MemberView {
 public:
  using Shared = std::shared_ptr<const Member>;

  /// Random access, as in a std::vector<Member>.
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    using pointer = const Member*;
    using reference = const Member&;

    Iterator() = default;
    explicit Iterator(const Shared* at) : at_(at) {}
    reference operator*() const { return **at_; }
    pointer operator->() const { return at_->get(); }
    reference operator[](difference_type steps) const { return *at_[steps]; }
    Iterator& operator+=(difference_type steps) { return at_ += steps, *this; }
    Iterator& operator-=(difference_type steps) { return at_ -= steps, *this; }
    Iterator& operator++() { return ++at_, *this; }
    Iterator& operator--() { return --at_, *this; }
    Iterator operator++(int) { return Iterator{at_++}; }
    Iterator operator--(int) { return Iterator{at_--}; }
    friend Iterator operator+(Iterator at, difference_type steps) { return at += steps; }
    friend Iterator operator+(difference_type steps, Iterator at) { return at += steps; }
    friend Iterator operator-(Iterator at, difference_type steps) { return at -= steps; }
    friend difference_type operator-(const Iterator& a, const Iterator& b) { return a.at_ - b.at_; }
    friend auto operator<=>(const Iterator&, const Iterator&) = default;

   private:
    const Shared* at_ = nullptr;
  };

  MemberView() : MemberView(std::vector<Shared>{}, 0) {}
  /// Requires: sorted by id, none null, `live_count` of them live.
  MemberView(std::vector<Shared> members, std::size_t live_count)
      : contents_(std::make_shared<const Contents>(Contents{std::move(members), live_count})) {}
  /// Requires: sorted by id.
  explicit MemberView(const std::shared_ptr<const std::vector<Member>>& members)
      : MemberView(sharing(members), static_cast<std::size_t>(std::count_if(
                                         members->begin(), members->end(),
                                         [](const Member& m) { return m.is_live(); }))) {}

  Iterator begin() const { return Iterator{contents_->members.data()}; }
  Iterator end() const { return begin() + static_cast<std::ptrdiff_t>(size()); }
  std::size_t size() const { return contents_->members.size(); }

  /// Null if unknown. Valid as long as this view.
  const Member* find(const NodeId& id) const {
    const auto at = std::lower_bound(begin(), end(), id,
                                     [](const Member& m, const NodeId& key) { return m.id < key; });
    return at != end() && at->id == id ? &*at : nullptr;
  }
  bool is_live(const NodeId& id) const {
    const Member* member = find(id);
    return member != nullptr && member->is_live();
  }
  std::size_t live_count() const { return contents_->live_count; }
  /// Whether this is that very picture. Two pictures may also show the same.
  bool is_same_as(const MemberView& other) const { return contents_ == other.contents_; }

 private:
  struct Contents {
    std::vector<Shared> members;
    std::size_t live_count;
  };
  static std::vector<Shared> sharing(const std::shared_ptr<const std::vector<Member>>& members) {
    std::vector<Shared> shared;
    shared.reserve(members->size());
    for (const Member& member : *members) shared.emplace_back(members, &member);
    return shared;
  }

  std::shared_ptr<const Contents> contents_;
};

/// Calls `visit(before, after)` for each member that two pictures show differently, by id; null
/// where one of them does not know it. Cheap where pictures of one node share what did not change.
template <class Visit>
void for_each_change(const MemberView& before, const MemberView& after, Visit visit) {
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    const bool is_gone =
        now == after.end() || (old != before.end() && &*old != &*now && old->id < now->id);
    const bool is_new = !is_gone && (old == before.end() || (&*old != &*now && now->id < old->id));
    const Member* was = is_new ? nullptr : &*old;
    const Member* is = is_gone ? nullptr : &*now;
    if (was != is) visit(was, is);
    if (!is_new) ++old;
    if (!is_gone) ++now;
  }
}

}  // namespace gossamer
