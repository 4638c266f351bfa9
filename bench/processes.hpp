#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deaths.hpp"
#include "self_process.hpp"
#include "settings.hpp"

namespace gossamer::bench {

/// A cluster of which every node is a process, a child of this one. They know only the first, and
/// tell what they see over pipes (child.hpp), which are read in run_until and run_for.
///
/// **Threads**: one, with which the children die.
class Processes {
 public:
  explicit Processes(const Settings& settings) : settings_(settings) {}

  /// Starts one more, and waits until its sockets are open. Ends the process with a sentence if it
  /// cannot. Which it is.
  std::size_t add();
  /// Starts so many, and waits until all see all and until it is quiet.
  void start_settled(std::size_t count);

  bool run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit);
  void run_for(std::chrono::milliseconds time);

  const std::string& name_of(std::size_t index) const { return children_[index]->name; }
  /// Every one that has not been killed sees so many.
  bool all_see(std::size_t count) const;
  void signal(std::size_t index, int number) { children_[index]->process.signal(number); }
  /// SIGKILL, which it cannot see coming.
  void kill(std::size_t index);

  const Deaths& deaths() const { return deaths_; }

 private:
  struct Child {
    Child(std::string its_name, const std::vector<std::string>& arguments)
        : name(std::move(its_name)), process(arguments) {}
    std::string name;
    SelfProcess process;
    std::string unread{};
    std::string endpoint{};
    std::size_t live = 0;
  };
  void read_all(std::chrono::milliseconds wait_at_most);
  void read(Child& child);
  void take(Child& child, const std::string& line);

  Settings settings_;
  Deaths deaths_;
  std::vector<std::unique_ptr<Child>> children_;
  std::string seed_;
};

}  // namespace gossamer::bench
