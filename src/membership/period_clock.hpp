#pragma once

#include <cstdint>

#include "base/instant.hpp"

namespace gossamer::membership {

/// What time it is in the cluster's count of probe periods. It starts at the wall clock, and no
/// wall clock needs to be right, for whoever probes moves to what the answer says: whole periods at
/// once and only forwards, since who is ahead is followed by all who probe it, and a jump by whole
/// periods delays nothing; of the rest half, by a tenth of a period at most in each. So two halves
/// that counted apart count alike after some periods, and nobody probes by more than a tenth slower
/// meanwhile. A liar costs evenness, not safety.
class PeriodClock {
 public:
  /// `ahead`: of the Instants it is asked about.
  PeriodClock(Duration period, Duration ahead)
      : period_(period), ahead_(ahead), ahead_at_start_(ahead) {}

  /// Microseconds, as it is told to others.
  std::uint64_t reading_us(Instant now) const;
  /// Another's clock read `theirs_us` half of `round_trip` ago. The first one is taken over whole.
  void hear(Instant now, std::uint64_t theirs_us, Duration round_trip);

  std::int64_t period_at(Instant now) const;
  Instant begin_of(std::int64_t period) const;

 private:
  Duration whole_periods(Duration difference) const;

  Duration period_;
  Duration ahead_;
  Duration ahead_at_start_;
  bool has_heard_ = false;
  std::int64_t moved_in_ = 0;  ///< The period in which it was last moved,
  Duration moved_{0};          ///< and by how much in that.
};

}  // namespace gossamer::membership
