#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace gossamer::bench {

/// This program once more, as a child that dies with the one who started it. Its standard input and
/// output are pipes, whose other ends are here.
class SelfProcess {
 public:
  explicit SelfProcess(const std::vector<std::string>& arguments);
  /// SIGKILL.
  ~SelfProcess();
  SelfProcess(const SelfProcess&) = delete;
  SelfProcess& operator=(const SelfProcess&) = delete;

  void signal(int number);
  /// A line to its standard input. Short ones only: it blocks while the pipe is full.
  void tell(const std::string& line);
  /// SIGKILL, and waits for its end.
  void kill();
  bool is_killed() const { return pid_ < 0; }
  /// What it prints. Does not block.
  int output() const { return output_; }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
};

/// To be called first in the child.
void die_with_parent();

}  // namespace gossamer::bench
