#pragma once

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/result.hpp"
#include "story.hpp"

namespace gossamer::demo {

using Json = nlohmann::ordered_json;

/// A `gossamer node` process of ours: started, listened to, stopped, killed.
class ChildNode {
 public:
  struct Plan {
    std::string program{};
    std::string name{};
    std::string directory{};  ///< Holds its data, its admin socket and its log.
    std::vector<std::string> arguments{};
  };
  explicit ChildNode(Plan plan) : plan_(std::move(plan)) {}
  ~ChildNode();
  ChildNode(const ChildNode&) = delete;
  ChildNode& operator=(const ChildNode&) = delete;

  Result<void> start();
  void pause();
  void resume();
  /// SIGKILL, and its data directory is deleted.
  void kill_and_wipe();
  /// Politely; then by force.
  void end(Milliseconds patience);

  const std::string& name() const { return plan_.name; }
  std::string data() const { return plan_.directory + "/data"; }
  /// Beside the data, so that it is not deleted with it.
  std::string admin_socket() const { return plan_.directory + "/admin.sock"; }
  std::string log() const { return plan_.directory + "/log"; }
  bool is_running() const { return pid_ > 0 && !is_paused_; }
  bool is_paused() const { return is_paused_; }
  /// Counts its starts: what an earlier process knew, a later one need not know.
  int life() const { return life_; }
  /// Set by its `ready` line; empty before.
  const std::string& id() const { return id_; }

  /// Where its events can be read; -1 if it does not run.
  int events() const { return events_; }
  struct Heard {
    Time at{};
    Json event{};
  };
  /// What it has said since the last call.
  std::vector<Heard> take_events();
  /// True if the process ended without being told to.
  bool has_died();

 private:
  void reap();

  Plan plan_;
  pid_t pid_ = -1;
  bool is_paused_ = false;
  int life_ = 0;
  int events_ = -1;
  std::string input_{};
  std::string id_{};
};

}  // namespace gossamer::demo
