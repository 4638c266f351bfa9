#include "child_node.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

namespace gossamer::demo {

ChildNode::~ChildNode() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    reap();
  }
}

Result<void> ChildNode::start() {
  std::error_code ignored;
  std::filesystem::create_directories(plan_.directory, ignored);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::io, fmt::format("pipe: {}", std::strerror(errno)));
  }
  std::vector<std::string> words{plan_.program, "node", "--json",  "--name",      plan_.name,
                                 "--data",      data(), "--admin", admin_socket()};
  words.insert(words.end(), plan_.arguments.begin(), plan_.arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string log_path = log();
  pid_ = ::fork();
  if (pid_ < 0) return fail(ErrorCode::io, fmt::format("fork: {}", std::strerror(errno)));
  if (pid_ == 0) {
    // Whatever becomes of the demo, its nodes end with it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe[1], STDOUT_FILENO);
    const int log_file = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log_file, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  events_ = pipe[0];
  ::fcntl(events_, F_SETFL, O_NONBLOCK);
  ++life_;
  id_.clear();
  return {};
}

// A pid of -1 would mean every process there is: one that does not run is not signalled.
void ChildNode::pause() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGSTOP);
  is_paused_ = true;
}

void ChildNode::resume() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGCONT);
  is_paused_ = false;
}

void ChildNode::kill_and_wipe() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    reap();
  }
  std::error_code ignored;
  std::filesystem::remove_all(data(), ignored);
}

void ChildNode::end(Milliseconds patience) {
  if (pid_ <= 0) return;
  if (is_paused_) resume();
  ::kill(pid_, SIGTERM);
  for (const Time deadline = now() + patience; now() < deadline;) {
    if (has_died()) return;
    take_events();  // Nobody must wait for us to read.
    std::this_thread::sleep_for(Milliseconds{20});
  }
  ::kill(pid_, SIGKILL);
  reap();
}

void ChildNode::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  is_paused_ = false;
  ::close(std::exchange(events_, -1));
  input_.clear();
}

bool ChildNode::has_died() {
  if (pid_ <= 0) return false;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid == 0) {
    return false;
  }
  reap();
  return true;
}

std::vector<ChildNode::Heard> ChildNode::take_events() {
  std::vector<Heard> heard;
  if (events_ < 0) return heard;
  std::array<char, 64 * 1024> chunk;
  for (ssize_t count = 1; count > 0;) {
    count = ::read(events_, chunk.data(), chunk.size());
    if (count > 0) input_.append(chunk.data(), static_cast<std::size_t>(count));
  }
  const Time at = now();
  for (std::size_t end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
    Json event = Json::parse(input_.substr(0, end), nullptr, false);
    input_.erase(0, end + 1);
    if (!event.is_object()) continue;
    if (event.value("event", "") == "ready") id_ = event.value("id", "");
    heard.push_back({at, std::move(event)});
  }
  return heard;
}

}  // namespace gossamer::demo
