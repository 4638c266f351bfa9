#pragma once

#include <algorithm>
#include <cstddef>
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

/// An immutable picture of the cluster, sorted by id, this node included.
///
/// **Threads**: any. **Lifetime**: yours; it never changes and holds no lock.
class MemberView {
 public:
  MemberView() : members_(std::make_shared<const std::vector<Member>>()) {}
  /// Requires: sorted by id.
  explicit MemberView(std::shared_ptr<const std::vector<Member>> members)
      : members_(std::move(members)) {}

  auto begin() const { return members_->begin(); }
  auto end() const { return members_->end(); }
  std::size_t size() const { return members_->size(); }

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
  std::size_t live_count() const {
    return static_cast<std::size_t>(
        std::count_if(begin(), end(), [](const Member& m) { return m.is_live(); }));
  }

 private:
  std::shared_ptr<const std::vector<Member>> members_;
};

}  // namespace gossamer
