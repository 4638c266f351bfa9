#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gossamer/events.hpp"
#include "gossamer/keys.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/naming.hpp"
#include "gossamer/node_handle.hpp"
#include "gossamer/options.hpp"
#include "gossamer/result.hpp"
#include "gossamer/services.hpp"
#include "gossamer/subscription.hpp"

namespace gossamer {

/// One member of a cluster, on a libuv loop that you own.
///
/// **Threads**: confined: everything here, const or not, is called on the loop's thread. Others use
/// handle(). If you have no loop, use NodeThread.
///
/// **Lifetime**: `loop` must outlive the node *and* must be run until close has answered, because
/// libuv frees sockets asynchronously. Destroying an open node closes it abruptly; no callback of
/// yours runs after ~Node returns.
///
/// **Callbacks** run on the loop, each `done` exactly once, never from inside the call that caused
/// them, so any member function may be called from any of them. They must not throw and must not
/// block: a slow one delays failure detection and can get this node suspected.
///
/// Several nodes may share a loop or a process. There is no global state, and no signal handler.
class Node {
 public:
  using Done = UniqueFunction<void(Result<void>)>;

  /// Binds sockets, opens the data directory, and begins alone, in a cluster of one; see join. With
  /// an object store, the node first tries it in the background, and takes part only when it was
  /// found usable; otherwise join tells why, and an Alarm event does.
  /// May block on the data directory. Nothing else here blocks but closing, which waits for disk
  /// operations that have begun: for as long as a disk, or a mounted object store, does not answer.
  ///
  /// Errors: invalid_argument (options), io (bind, directory, key file), already_exists (another
  /// process has the data directory), corrupted (the data directory: it is left untouched).
  static Result<std::unique_ptr<Node>> open(uv_loop_t* loop, NodeOptions options);

  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Asks discovery until another member is found or `timeout` has passed. A node that finds itself
  /// to be the only seed, or has nobody to ask, has joined. The search never ends, so after
  /// timed_out the node may still find others. A `timeout` over a day counts as a day, a negative
  /// one as 0. Errors: timed_out, invalid_argument (the object store is not the cluster's: both are
  /// named), unavailable, permission_denied (the object store cannot be used), cancelled.
  void join(std::chrono::milliseconds timeout, Done done);

  /// Stops services, gives units back, says goodbye, then closes. `done` runs once, after at most
  /// `timeout` and what closing takes: well even if the goodbye was cut short. Over a day counts as
  /// a day, a negative one as 0. Whoever leaves again meanwhile waits for the first goodbye,
  /// whatever their own timeout.
  void leave(std::chrono::milliseconds timeout, Done done);

  /// Closes without telling anyone, in the midst of a goodbye too; members will detect a failure.
  /// `done` runs once, when the loop holds no handle of this node. Calling it again is fine.
  void close(UniqueFunction<void()> done);

  const NodeId& id() const;
  /// Where it gossips, as told to others.
  Endpoint endpoint() const;
  /// Where NodeOptions::admin_listen is heard, with the port that was picked; nothing without it.
  std::optional<Endpoint> admin_endpoint() const;
  uv_loop_t* loop() const;

  /// The members known now, this node included.
  MemberView members() const;

  /// How long this member's answers take, in microseconds: smoothed over this node's own probes, of
  /// which it makes about one in a probe_interval, in two of 32 members or more. 0 for this node;
  /// nothing for who was not measured yet, or is not known.
  std::optional<std::chrono::microseconds> round_trip(const NodeId& member) const;
  /// The same records, the nearest first: this node's own, then by round trip. Those of members
  /// that were not measured come last. Among equals those in this node's zone come first; else all
  /// stay as they were. `node.nearest(node.naming().resolve("web"))`.
  std::vector<NameRecord> nearest(std::vector<NameRecord> records) const;

  /// Calls `callback(const E&)` for every event of type E from now on, in order.
  template <class E, class F>
  Subscription on(F callback) {
    return subscribe([callback = std::move(callback)](const Event& event) mutable {
      if (const E* wanted = std::get_if<E>(&event)) callback(*wanted);
    });
  }
  Subscription subscribe(std::function<void(const Event&)> callback);

  /// Parts of the node. References stay valid until the node is destroyed.
  Naming& naming();
  Services& services();
  Keys& keys();

  /// What was counted since the start, by stable names.
  std::map<std::string, std::uint64_t> counters() const;

  /// A copyable way to reach this node from any thread.
  NodeHandle handle() const;

 private:
  explicit Node(std::shared_ptr<node::Shell> shell);
  std::shared_ptr<node::Shell> shell_;  // Outlives *this until libuv has confirmed the closes.
  Naming naming_;
  Services services_;
  Keys keys_;
};

}  // namespace gossamer
