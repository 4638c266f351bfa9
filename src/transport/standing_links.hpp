#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/link_event.hpp"
#include "gossamer/ids.hpp"
#include "ports/clock.hpp"
#include "transport/connection_sweep.hpp"
#include "transport/network_limits.hpp"
#include "transport/receiver.hpp"
#include "transport/socket_address.hpp"
#include "transport/uv_socket.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer {

/// Connections on which nothing is said, made for what their end or their refusal tells. A process
/// that dies is silent, but its machine's kernel is not: it ends what stands, and refuses what
/// comes.
///
/// A link that stands costs nothing while it does: no timer, and no packet but a slow keepalive.
class StandingLinks {
 public:
  /// Connections leave from `local`, unless it is any address.
  StandingLinks(UvLoop& loop, Clock& clock, const SocketAddress& local, Receiver& receiver,
                const NetworkLimits& limits, NetworkCounters& counters);

  /// As Network says.
  void watch(const Endpoint& peer);
  void unwatch(const Endpoint& peer);
  void knock(const Endpoint& peer);
  /// Of both kinds, those that stand, connect, or have an answer that is not told yet.
  std::size_t link_count() const noexcept { return watches_.size() + knocks_.size(); }
  void close();

 private:
  enum class Purpose : std::uint8_t { watch, knock };
  struct Link {
    UvSocket socket{};
    bool is_standing = false;
    Instant since{};
    std::optional<LinkEvent> answer{};  ///< How it ended, if that was seen inside a call.
  };
  using Links = std::map<Endpoint, Link>;

  Links& of(Purpose purpose) { return purpose == Purpose::watch ? watches_ : knocks_; }
  void begin(Purpose purpose, const Endpoint& peer, std::size_t most);
  std::optional<LinkEvent> connect(Purpose purpose, const Endpoint& peer, Link& link);
  void on_ready(Purpose purpose, const Endpoint& peer);
  void on_connected(Purpose purpose, Links::iterator at);
  void on_silence_broken(Links::iterator at);
  void end(Links& links, Links::iterator at, LinkEvent event);
  void tell_answers();
  void on_sweep(Instant now, Duration stalled);
  bool give_up_late(Links& links, Instant now, Duration stalled);

  UvLoop& loop_;
  Clock& clock_;
  const SocketAddress local_;
  Receiver& receiver_;
  const NetworkLimits limits_;
  NetworkCounters& counters_;
  bool is_closed_ = false;
  Links watches_;
  Links knocks_;
  UvTimer answers_due_;
  ConnectionSweep sweep_;
};

}  // namespace gossamer
