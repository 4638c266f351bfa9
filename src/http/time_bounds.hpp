#pragma once

#include <optional>
#include <string>

#include "base/instant.hpp"
#include "http/message.hpp"

namespace gossamer::http {

/// Which of a request's time bounds apply now, and when the next is passed.
///
/// While its own source or sink is what is slow (`hold`), nothing counts as stalled.
class TimeBounds {
 public:
  TimeBounds(const Timeouts& timeouts, Instant now) : timeouts_(timeouts), began_(now) {}

  /// The phases, in order. Before the first only `whole` applies. A request that is sent again on
  /// another connection goes back.
  void connect(Instant now) { enter(Phase::connecting, now); }
  void send(Instant now) { enter(Phase::sending, now); }
  void await(Instant now) { enter(Phase::awaiting, now); }
  void receive(Instant now) { enter(Phase::receiving, now); }
  /// The answer is here: nothing applies any more.
  void end(Instant now) { enter(Phase::over, now); }
  bool is_sending() const { return phase_ == Phase::sending; }
  bool is_receiving() const { return phase_ == Phase::receiving; }

  /// Bytes went or came.
  void move(Instant now) { moved_ = now; }
  void hold(bool is_held, Instant now) {
    is_held_ = is_held;
    moved_ = now;
  }

  std::optional<Instant> next() const;
  /// Which bound was passed, for a message; empty if none was.
  std::string exceeded(Instant now) const;

 private:
  enum class Phase { waiting, connecting, sending, awaiting, receiving, over };
  void enter(Phase phase, Instant now) {
    phase_ = phase;
    moved_ = now;
  }
  std::optional<Instant> phase_deadline() const;
  std::optional<Instant> whole_deadline() const;

  Timeouts timeouts_;
  Phase phase_ = Phase::waiting;
  bool is_held_ = false;
  Instant began_;
  Instant moved_{};  ///< When the phase began, or the last byte moved in it.
};

}  // namespace gossamer::http
