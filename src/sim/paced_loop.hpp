#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "base/link_event.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"
#include "sim/event_queue.hpp"

namespace gossamer::sim {

/// The loop of a process that can be stopped, and that needs its time for the packets which queued
/// up meanwhile. That time is what tells a calm detector from a nervous one after a stall: with
/// none at all even plain SWIM accuses nobody.
class PacedLoop {
 public:
  struct Packet {
    Endpoint from;
    Bytes bytes;
    bool by_stream = false;
    /// Instead of bytes: what came of a link to `from`, which is the kernel's word.
    std::optional<LinkEvent> link{};
  };
  /// What runs on the loop. All calls may stop, end or destroy nothing but themselves by `end`.
  class Tasks {
   public:
    virtual ~Tasks() = default;
    virtual void on_packet(const Packet& packet) = 0;
    virtual void on_timer() = 0;
  };
  /// Which a woken loop looks at first. In the node it is input, as the adapter reads all that the
  /// kernel holds before it runs due timers; libuv alone, and plain SWIM, would have timers first.
  enum class Order : std::uint8_t { timers_first, input_first };

  /// What a kernel keeps for a socket whose process does not read, and what it counts for a packet
  /// besides its bytes.
  static constexpr std::size_t kSocketBytesMax = 208 * 1024;
  static constexpr std::size_t kPacketBytesAround = 640;

  PacedLoop(EventQueue& queue, Tasks& tasks, Duration drain, Order order);
  ~PacedLoop();

  /// Runs it now, or after those before it.
  void receive(Packet packet);
  /// From now on on_timer is called at `when`, once; sooner calls of this replace later ones.
  void arm(Instant when);
  void stop();
  void resume();

  bool is_stopped() const;
  std::size_t backlog() const;
  /// Packets that found no room.
  std::uint64_t dropped() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // Events that were queued find it gone, not freed.
};

}  // namespace gossamer::sim
