#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <utility>

namespace gossamer::test {
namespace {

using Clock = std::chrono::steady_clock;

/// False at its end.
bool read_into(int descriptor, std::string& text) {
  std::array<char, 4096> chunk;
  const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
  if (count > 0) text.append(chunk.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace

Program::Program(const std::vector<std::string>& words) {
  std::array<int, 2> out{}, err{};
  REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(err.data(), O_CLOEXEC) == 0);
  std::vector<std::string> all = words;
  all[0] = std::string{GOSSAMER_BIN} + "/" + all[0];
  std::vector<char*> argv;
  for (std::string& word : all) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    ::unsetenv("GOSSAMER_ADMIN");
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Program::~Program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

void Program::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);  // -1 would mean every process there is.
}

bool Program::read_some(Milliseconds limit) {
  std::array<pollfd, 2> readable{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  if (::poll(readable.data(), readable.size(), static_cast<int>(limit.count())) <= 0) return true;
  if (readable[0].revents != 0 && !read_into(out_, ended_.out)) ::close(std::exchange(out_, -1));
  if (readable[1].revents != 0 && !read_into(err_, ended_.err)) ::close(std::exchange(err_, -1));
  return out_ >= 0 || err_ >= 0;
}

bool Program::read_until(const std::string& stream, const std::string& text, Milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (stream.find(text) == std::string::npos && Clock::now() < deadline) {
    if (!read_some(Milliseconds{50})) break;
  }
  return stream.find(text) != std::string::npos;
}

bool Program::says(const std::string& text, Milliseconds limit) {
  return read_until(ended_.out, text, limit);
}

bool Program::warns(const std::string& text, Milliseconds limit) {
  return read_until(ended_.err, text, limit);
}

Ended Program::wait(Milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (read_some(Milliseconds{50}) && Clock::now() < deadline) {
  }
  int status = 0;
  if ((out_ >= 0 || err_ >= 0) && pid_ > 0) ::kill(pid_, SIGKILL);  // It took too long.
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (out_ < 0 && err_ < 0) {
    ended_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return ended_;
}

Ended run_program(const std::vector<std::string>& words, Milliseconds limit) {
  return Program{words}.wait(limit);
}

Scratch::Scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gossamer-test-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  root_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

}  // namespace gossamer::test
