#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deaths.hpp"
#include "gossamer/node.hpp"
#include "loop.hpp"
#include "settings.hpp"

namespace gossamer::bench {

/// Many nodes in this process, each with sockets of its own on 127.0.0.1, spread over one or more
/// loops. The first loop is run by the caller's thread, in run_until and run_for; the others have
/// threads of their own. A node that is to stand still has a loop for itself.
class Cluster {
 public:
  explicit Cluster(const Settings& settings);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Opens one more node, which knows only the first, on the loop whose turn it is. Like everything
  /// that can fail here, it ends the process with a sentence if it does.
  void add();
  /// The same with what others are to be told of where it is.
  void add(const Endpoint& bind, const Endpoint& advertise);
  /// Opens so many, all loops at once.
  void add_many(std::size_t count);
  /// Opens one with a loop and a thread of its own, and says which it is.
  std::size_t add_alone();
  /// Opens more until there are so many, and waits until all see all and until it is quiet.
  void start_settled(std::size_t count);

  /// Runs the loop until `is_done`, which is asked every 2 ms, or for `limit`. True if done.
  bool run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit);
  void run_for(std::chrono::milliseconds time);

  std::size_t size() const { return places_.size(); }
  const std::string& name_of(std::size_t index) const { return places_[index]->name; }
  /// Requires: there is one loop, and nobody is alone.
  Node& node(std::size_t index) { return *places_[index]->node; }
  /// Calls `use` on the node's loop, and waits for it.
  void with(std::size_t index, const std::function<void(Node&)>& use);
  /// The same without waiting, so that a loop that is busy does not make this one late.
  void post(std::size_t index, std::function<void(Node&)> use);
  /// The subscription ends with the node. To be called on the node's loop.
  void keep(std::size_t index, Subscription subscription);

  /// Every node that is open and not halted sees `count` live members.
  bool all_see(std::size_t count);
  /// Of one that is alone: its sockets stay open, and nobody reads them.
  void halt(std::size_t index);
  void resume(std::size_t index);
  /// Closes abruptly. One that is halted does nothing more before.
  void close(std::size_t index);

  const Deaths& deaths() const { return deaths_; }
  /// Sum of one counter over the nodes.
  std::uint64_t counted(const std::string& name) const;

 private:
  struct Place {
    Loop* loop = nullptr;
    std::string name{};
    std::unique_ptr<Node> node{};
    std::vector<Subscription> subscriptions{};
    NodeHandle handle{};
    bool is_open = true;
    bool is_halted = false;
    std::unique_ptr<Loop> own_loop{};
  };
  Place& next_place();
  void open(Place& place, NodeOptions options);
  void add(Place& place, NodeOptions options);

  Settings settings_;
  Deaths deaths_;  // Before the loops, whose threads write it.
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::unique_ptr<Place>> places_;
  std::string seed_;
  std::size_t laggard_ = 0;  ///< Who did not see all when last asked.
};

}  // namespace gossamer::bench
