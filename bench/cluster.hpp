#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gossamer/node.hpp"
#include "gossamer/node_thread.hpp"

namespace gossamer::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What every scenario can be told.
struct Settings {
  std::size_t nodes = 50;
  std::size_t repeats = 5;
  std::string profile = "default";
  std::string death = "process";
  double seconds = 20;  ///< Of the window that `steady` measures.
  std::size_t packets = 1'000'000;  ///< Of `junk`.
  std::size_t packets_per_s = 100'000;
  bool is_insecure = false;
  std::size_t state_mib = 2;  ///< What the service of `failover` holds.
  bool is_json = true;
};

/// Many nodes in this process, each with sockets of its own on 127.0.0.1, all on one loop. Those
/// that are to fall silent have a loop and a thread of their own, which can be blocked.
class Cluster {
 public:
  explicit Cluster(const Settings& settings);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Opens one more node, which knows only the first. Exits the process with a sentence if it
  /// cannot.
  void add();
  /// The same with what others are to be told of where it is.
  void add(const Endpoint& bind, const Endpoint& advertise);
  /// The same on a thread of its own. Not counted by size().
  void add_on_thread();

  /// Runs the loop until `is_done` or for `limit`. True if done.
  bool run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit);
  void run_for(std::chrono::milliseconds time);

  std::size_t size() const { return nodes_.size(); }
  Node& node(std::size_t index) { return *nodes_[index]; }
  bool is_open(std::size_t index) const { return nodes_[index] != nullptr; }
  std::vector<std::unique_ptr<NodeThread>>& threads() { return threads_; }

  /// Every node on the loop sees `count` live members.
  bool all_see(std::size_t count) const;
  /// Closes abruptly, as a killed process does: the kernel answers for it from now on.
  void kill(std::size_t index);

  /// When each node on the loop first held `id` to be down. By index.
  const std::map<std::size_t, SteadyTime>& downs_of(const NodeId& id) { return downs_[id]; }
  std::uint64_t down_events() const { return down_events_; }
  /// Of nodes other than these.
  std::uint64_t down_events_except(const std::set<NodeId>& dead) const;
  /// Sum of one counter over the nodes on the loop.
  std::uint64_t counted(const std::string& name) const;

 private:
  NodeOptions options_for(const std::string& name) const;
  void add(NodeOptions options);

  Settings settings_;
  uv_loop_t loop_{};
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Subscription> subscriptions_;
  std::vector<std::unique_ptr<NodeThread>> threads_;
  std::string seed_;
  std::map<NodeId, std::map<std::size_t, SteadyTime>> downs_;
  std::uint64_t down_events_ = 0;
  std::map<NodeId, std::uint64_t> down_events_of_;
};

double milliseconds_since(SteadyTime from, SteadyTime to);

}  // namespace gossamer::bench
