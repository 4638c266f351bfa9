#pragma once

#include <cstddef>
#include <deque>

#include "base/instant.hpp"
#include "gossamer/membership.hpp"

namespace gossamer::ownership {

/// The views of the last seconds, at most one sample a second, to tell the death of others from
/// having lost touch oneself.
class ViewHistory {
 public:
  explicit ViewHistory(Duration depth) : depth_(depth) {}

  void note(Instant now, const MemberView& members);
  /// True if less than half of those that were live `depth` ago, and have not left since, are live
  /// in `members`. A younger history is judged by the most that it ever held live.
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
};

}  // namespace gossamer::ownership
