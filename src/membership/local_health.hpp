#pragma once

#include <algorithm>

#include "base/instant.hpp"

namespace gossamer::membership {

/// How far this node can be trusted to judge others. Counted, as Lifeguard does: answers that did
/// not come, and being suspected itself, say that the trouble may be here; answers that came say
/// that it is not. And measured: by how much its own timers came late. Source: Lifeguard (Dadgar
/// 2017), Local Health Aware Probe.
class LocalHealth {
 public:
  void note_answered() { score_ = std::max(0, score_ - 1); }
  /// A probe was not answered, nor did helpers say that they had tried.
  void note_missed() { score_ = std::min(kScoreMax, score_ + 1); }
  void note_suspected() { note_missed(); }
  void note_late(Instant now, Duration late) {
    turn_over(now);
    latest_ = std::max(latest_, std::min(late, kLateMax));
  }

  /// Timeouts and periods are this many times as long.
  int multiplier() const { return 1 + score_; }
  /// The worst of the last ten seconds or so.
  Duration lateness(Instant now) {
    turn_over(now);
    return std::max(latest_, before_);
  }

 private:
  static constexpr int kScoreMax = 7;
  static constexpr Duration kWindow = std::chrono::seconds{5};
  static constexpr Duration kLateMax = std::chrono::milliseconds{500};

  void turn_over(Instant now) {
    if (now < window_end_) return;
    before_ = now < window_end_ + kWindow ? latest_ : Duration{0};
    latest_ = Duration{0};
    window_end_ = now + kWindow;
  }

  int score_ = 0;
  Instant window_end_{};
  Duration latest_{0};
  Duration before_{0};
};

}  // namespace gossamer::membership
