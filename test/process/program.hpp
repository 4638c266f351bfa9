#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace gossamer::test {

using Milliseconds = std::chrono::milliseconds;

/// What a program that ran to its end has left.
struct Ended {
  int status = -1;  ///< Exit status; 128 + signal; -1 if it had to be killed for taking too long.
  std::string out{};
  std::string err{};
};

/// Runs a program of this build by name, e.g. run_program({"gossamer", "members"}).
Ended run_program(const std::vector<std::string>& words, Milliseconds limit = Milliseconds{30'000});

/// A program that goes on until told. Killed at the latest when this goes.
class Program {
 public:
  explicit Program(const std::vector<std::string>& words);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number);
  /// Reads on until its standard output holds `text`. False if it ends or takes too long.
  bool says(const std::string& text, Milliseconds limit = Milliseconds{20'000});
  /// The same, of its standard error.
  bool warns(const std::string& text, Milliseconds limit = Milliseconds{20'000});
  Ended wait(Milliseconds limit = Milliseconds{30'000});
  const std::string& out() const { return ended_.out; }
  const std::string& err() const { return ended_.err; }

 private:
  bool read_some(Milliseconds limit);
  bool read_until(const std::string& stream, const std::string& text, Milliseconds limit);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Ended ended_{};
};

/// A directory of its own for a test, gone with it.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string path(const std::string& name) const { return root_ + "/" + name; }

 private:
  std::string root_;
};

}  // namespace gossamer::test
