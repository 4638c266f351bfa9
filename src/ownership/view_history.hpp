#pragma once

#include <cstddef>
#include <deque>
#include <set>

#include "base/instant.hpp"
#include "gossamer/membership.hpp"

namespace gossamer::ownership {

/// The views of the last seconds, at most one sample a second, to tell the death of others from
/// having lost touch oneself.
class ViewHistory {
 public:
  explicit ViewHistory(Duration depth) : depth_(depth) {}

  void note(Instant now, const MemberView& members);
  /// Their machines will never run again: we have not lost touch with them. Until they are back
  /// from being down, or in no view any more, which bounds this.
  void on_gone(const std::set<NodeId>& ids) { gone_.insert(ids.begin(), ids.end()); }
  /// True if less than half of those that were live `depth` ago, and have not left since nor are
  /// gone, are live in `members`. A younger history is judged by the most that it ever held live.
  bool is_minority(Instant now, const MemberView& members) const;
  /// The process did not run for `gap`: nobody's silence counts.
  void shift(Duration gap);
  std::size_t size() const { return samples_.size(); }

 private:
  struct Sample {
    Instant at;
    MemberView peak;  ///< The one with most live members within its second.
    MemberView last;  ///< What held from then on.
  };
  const MemberView* reference(Instant now) const;

  Duration depth_;
  std::deque<Sample> samples_;
  std::set<NodeId> gone_;
};

}  // namespace gossamer::ownership
