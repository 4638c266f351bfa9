#include "self_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "give_up.hpp"

namespace gossamer::bench {
namespace {

constexpr const char* kSelf = "/proc/self/exe";

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    give_up(std::string{"make a pipe to a child: "} + std::strerror(errno));
  }
  return ends;
}

}  // namespace

SelfProcess::SelfProcess(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{kSelf};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const std::array<int, 2> input = make_pipe();
  const std::array<int, 2> output = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  const int rc = posix_spawn(&pid_, kSelf, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(input[0]);
  ::close(output[1]);
  input_ = input[1];
  output_ = output[0];
  if (rc != 0) give_up(std::string{"start "} + kSelf + " as a child: " + std::strerror(rc));
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
}

SelfProcess::~SelfProcess() {
  kill();
}

void SelfProcess::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

void SelfProcess::tell(const std::string& line) {
  const std::string text = line + "\n";
  if (pid_ < 0 || ::write(input_, text.data(), text.size()) < 0) {
    give_up("tell a child '" + line + "': " + std::strerror(errno));
  }
}

void SelfProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  ::close(input_);
  ::close(output_);
}

void die_with_parent() {
  const pid_t parent = ::getppid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have died before that was said, and another has taken its place.
  if (parent == 1 || ::getppid() != parent) ::_exit(0);
}

}  // namespace gossamer::bench
