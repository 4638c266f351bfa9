#pragma once

#include <chrono>
#include <string>

#include "gossamer/events.hpp"

namespace gossamer {

/// Where events go, after the turn in which they happened.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
  /// The answer to resolve(name) may have changed.
  virtual void on_name_changed(const std::string& name) = 0;
  /// A turn has ended: the members and the next deadline may be others than before.
  virtual void on_turn_ended() {}
  /// A member has answered a probe; how long its answers take by now, smoothed. Within the turn.
  virtual void on_round_trip(const NodeId&, std::chrono::microseconds) {}
  /// A rare path was taken; the simulator counts them.
  virtual void on_trace(const char*) {}
};

}  // namespace gossamer
