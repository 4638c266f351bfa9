#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deaths.hpp"
#include "gossamer/ids.hpp"
#include "self_process.hpp"
#include "settings.hpp"

namespace gossamer::bench {

/// A cluster of which every node is a process, a child of this one. They know only the first, and
/// tell what they see over pipes (child.hpp), which are read in run_until and run_for.
///
/// **Threads**: one, with which the children die.
class Processes {
 public:
  /// One that can be restarted keeps its data, and has an address of its own, so that nobody takes
  /// its port meanwhile.
  enum class Kind { for_one_life, restartable };
  explicit Processes(const Settings& settings, Kind kind = Kind::for_one_life);
  ~Processes();
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  /// Starts one more, and waits until its sockets are open. Ends the process with a sentence if it
  /// cannot. Which it is.
  std::size_t add();
  /// Starts so many, and waits until all see all and until it is quiet.
  void start_settled(std::size_t count);

  bool run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit);
  void run_for(std::chrono::milliseconds time);

  const std::string& name_of(std::size_t index) const { return children_[index]->name; }
  const std::string& endpoint_of(std::size_t index) const { return children_[index]->endpoint; }
  /// Every one that has not been killed sees so many.
  bool all_see(std::size_t count) const;
  /// The most members that anybody has ever counted.
  std::size_t most_seen() const { return most_seen_; }
  void signal(std::size_t index, int number) { children_[index]->process->signal(number); }
  /// SIGKILL, which it cannot see coming.
  void kill(std::size_t index);
  /// Kills it and starts it again at once, at the same address with the same data; until its
  /// sockets are open. Requires Kind::restartable.
  void restart(std::size_t index);
  /// Has all say when they see all, this one in its newest life or a later one. Whether they have
  /// within `limit`.
  bool all_see_again(std::size_t index, std::chrono::milliseconds limit);
  /// All see all, not when they last told but now.
  bool all_see_all_now();
  /// From now on, of all that have not been killed.
  void lose_datagrams(std::size_t percent);
  /// An order of child_orders.hpp that is answered at once, and the answer.
  std::size_t ask(std::size_t index, const std::string& order);

  const Deaths& deaths() const { return deaths_; }
  Deaths& deaths() { return deaths_; }

 private:
  struct Child {
    std::string name{};
    std::unique_ptr<SelfProcess> process{};
    std::string unread{};
    std::string endpoint{};
    Incarnation incarnation = 0;
    std::size_t live = 0;
    std::optional<std::size_t> answer{};
    bool is_looking = false;
  };
  void start(Child& child, const std::string& bind);
  void read_all(std::chrono::milliseconds wait_at_most);
  void read(Child& child);
  void take(Child& child, const std::string& line);

  Settings settings_;
  std::filesystem::path data_;  ///< Empty if they keep none.
  std::size_t most_seen_ = 0;
  Deaths deaths_;
  std::vector<std::unique_ptr<Child>> children_;
  std::string seed_;
};

}  // namespace gossamer::bench
