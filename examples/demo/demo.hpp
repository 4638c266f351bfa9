#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "child_node.hpp"
#include "demo_cloud.hpp"
#include "gossamer/ids.hpp"
#include "objects_reader.hpp"
#include "story.hpp"
#include "writers.hpp"

namespace gossamer::demo {

struct Settings {
  std::string program{};  ///< The `gossamer` binary.
  std::size_t nodes = 5;
  std::size_t seconds = 30;
  std::string object_store{};  ///< Empty: a directory of its own. Else what is there must be empty.
  bool has_cloud = false;      ///< The nodes find each other by a tag of their machines.
  std::size_t state_mib = 0;   ///< What the ledger holds beside the counters.
  std::uint64_t seed = 0;
  bool keeps_files = false;
};

/// The main job of gossamer, with real processes: nodes that die and freeze while clients write,
/// and an account of what was lost.
class Demo {
 public:
  explicit Demo(Settings settings);
  ~Demo();
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  /// Prints the story and the line of figures. True if nothing acknowledged was lost, and no stale
  /// owner had an effect. Errors: what kept the demo itself from going on.
  Result<bool> run();

 private:
  struct Owner {
    std::size_t node = 0;
    Endpoint endpoint{};
    Epoch epoch = 0;
  };

  // demo.cpp: the cluster and the end
  Result<void> start_cluster();
  Result<void> open_objects();
  std::vector<std::string> arguments_of(std::uint16_t port) const;
  Result<void> deploy_ledger();
  Result<void> fill_state();
  Result<void> settle_accounts(const std::vector<Writers::Tally>& tallies);
  void print_figures() const;

  // faults.cpp: what happens in between
  Result<void> let_things_happen(Writers& writers);
  Result<void> kill_owner(Writers& writers);
  Result<void> pause_owner(Writers& writers);
  Result<Time> await_successor(Writers& writers, const Owner& owner, Time since);
  void restart_due();

  // watching.cpp
  void listen(Milliseconds time);
  void hear(std::size_t node, const ChildNode::Heard& heard);
  std::optional<Owner> find_owner() const;
  Result<Owner> await_owner(const Writers& writers);
  std::size_t live_seen_by(const ChildNode& node) const;
  std::uint64_t counter_of(const ChildNode& node, const std::string& name) const;
  void audit();
  std::vector<std::string> admin_sockets() const;
  Error broken(const std::string& what) const;

  static constexpr const char* kCluster = "demo";

  Settings settings_;
  Story story_;
  std::mt19937_64 random_;
  std::string directory_{};
  std::unique_ptr<ObjectsReader> objects_;
  std::unique_ptr<DemoCloud> cloud_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::string> machines_;  ///< In the cloud, if there is one.
  std::vector<std::unique_ptr<ChildNode>> nodes_;
  struct Restart {
    std::size_t node;
    Time at;
  };
  std::vector<Restart> restarts_;
  /// The node whose death is being waited for, and when somebody first said so.
  std::string dying_{};
  std::optional<Time> detected_{};
  std::string detected_by_{};

  std::uint64_t killed_ = 0, paused_ = 0;
  Figures detected_ms_, serving_again_ms_;
  std::uint64_t acknowledged_ = 0, lost_ = 0, invented_ = 0;
  std::uint64_t stale_refused_ = 0, stale_acknowledged_ = 0, resolve_regressions_ = 0;
  std::set<std::string> stale_slots_;
  Epoch epoch_ = 0;
};

}  // namespace gossamer::demo
