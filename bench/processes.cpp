#include "processes.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "child.hpp"
#include "give_up.hpp"

namespace gossamer::bench {
namespace {

constexpr std::chrono::seconds kStartLimit{30};
constexpr std::chrono::seconds kConvergenceLimit{180};
constexpr std::chrono::milliseconds kWait{20};
constexpr std::size_t kLineBytesMax = 4096;

std::filesystem::path make_data_directory() {
  std::string path = (std::filesystem::temp_directory_path() / "gossamer-bench-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    give_up("make a directory " + path + ": " + std::strerror(errno));
  }
  return path;
}

// On loopback, all of 127.0.0.0/8 is there. Two runs at once have different ones.
std::string address_of_one(std::size_t number) {
  const auto process = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(64 + (process >> 8 & 63)) + "." + std::to_string(process & 255) +
         "." + std::to_string(number);
}

}  // namespace

Processes::Processes(const Settings& settings, Kind kind) : settings_(settings) {
  if (kind == Kind::restartable) data_ = make_data_directory();
}

Processes::~Processes() {
  children_.clear();  // Who still lives would write there.
  std::error_code ignored;
  if (!data_.empty()) std::filesystem::remove_all(data_, ignored);
}

std::size_t Processes::add() {
  children_.push_back(std::make_unique<Child>());
  Child& child = *children_.back();
  child.name = "p" + std::to_string(children_.size() - 1);
  start(child, data_.empty() ? "" : address_of_one(children_.size()) + ":0");
  if (seed_.empty()) seed_ = child.endpoint;
  return children_.size() - 1;
}

void Processes::start(Child& child, const std::string& bind) {
  std::vector<std::string> arguments{kChildCommand, "--name", child.name, "--profile",
                                     settings_.profile};
  if (!seed_.empty()) arguments.insert(arguments.end(), {"--seed", seed_});
  arguments.insert(arguments.end(),
                   {"--probe-interval-ms", std::to_string(settings_.probe_interval_ms)});
  if (settings_.is_insecure) arguments.emplace_back("--insecure");
  arguments.insert(arguments.end(), {"--loss-percent", std::to_string(settings_.loss_percent)});
  if (!bind.empty()) arguments.insert(arguments.end(), {"--bind", bind});
  if (!data_.empty()) arguments.insert(arguments.end(), {"--data", (data_ / child.name).string()});
  child.endpoint.clear();
  child.unread.clear();
  child.live = 0;
  child.process = std::make_unique<SelfProcess>(arguments);
  if (!run_until([&] { return !child.endpoint.empty(); }, kStartLimit)) {
    give_up(child.name + " did not open its sockets within 30 s");
  }
}

void Processes::start_settled(std::size_t count) {
  while (children_.size() < count) add();
  if (!run_until([&] { return all_see(count); }, kConvergenceLimit)) {
    give_up("the processes did not find each other within 180 s");
  }
  run_for(std::chrono::milliseconds{settings_.settle_ms});
}

bool Processes::run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit) {
  const SteadyTime end = std::chrono::steady_clock::now() + limit;
  while (!is_done()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    read_all(std::min(left, kWait));
  }
  return true;
}

void Processes::run_for(std::chrono::milliseconds time) {
  run_until([] { return false; }, time);
}

bool Processes::all_see(std::size_t count) const {
  return std::all_of(children_.begin(), children_.end(), [&](const std::unique_ptr<Child>& child) {
    return child->process->is_killed() || child->live == count;
  });
}

void Processes::kill(std::size_t index) {
  children_[index]->process->kill();
}

void Processes::restart(std::size_t index) {
  read_all(std::chrono::milliseconds{0});  // What it has said, before its pipe is gone.
  Child& child = *children_[index];
  child.process->kill();
  start(child, std::string{child.endpoint});
}

bool Processes::all_see_again(std::size_t index, std::chrono::milliseconds limit) {
  const Child& whom = *children_[index];
  for (const std::unique_ptr<Child>& child : children_) {
    child->is_looking = true;
    child->process->tell("await " + whom.name + " " + std::to_string(whom.incarnation) + " " +
                         std::to_string(children_.size()));
  }
  return run_until(
      [&] {
        return std::none_of(children_.begin(), children_.end(),
                            [](const std::unique_ptr<Child>& child) { return child->is_looking; });
      },
      limit);
}

bool Processes::all_see_all_now() {
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (ask(i, "count") != children_.size()) return false;
  }
  return true;
}

void Processes::lose_datagrams(std::size_t percent) {
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (!children_[i]->process->is_killed()) ask(i, "lose " + std::to_string(percent));
  }
}

std::size_t Processes::ask(std::size_t index, const std::string& order) {
  Child& child = *children_[index];
  child.answer.reset();
  child.process->tell(order);
  if (!run_until([&] { return child.answer.has_value(); }, kStartLimit)) {
    give_up(child.name + " did not answer '" + order + "' within 30 s");
  }
  return *child.answer;
}

void Processes::read_all(std::chrono::milliseconds wait_at_most) {
  std::vector<pollfd> waiting;
  std::vector<Child*> readers;
  for (const std::unique_ptr<Child>& child : children_) {
    if (child->process->is_killed()) continue;
    waiting.push_back({child->process->output(), POLLIN, 0});
    readers.push_back(child.get());
  }
  if (::poll(waiting.data(), waiting.size(), static_cast<int>(wait_at_most.count())) <= 0) return;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i].revents != 0) read(*readers[i]);
  }
}

void Processes::read(Child& child) {
  char buffer[4096];
  const ssize_t count = ::read(child.process->output(), buffer, sizeof(buffer));
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) give_up(child.name + " has ended by itself");
  child.unread.append(buffer, static_cast<std::size_t>(count));
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = child.unread.find('\n', begin)) != std::string::npos;) {
    take(child, child.unread.substr(begin, end - begin));
    begin = end + 1;
  }
  child.unread.erase(0, begin);
  if (child.unread.size() > kLineBytesMax) give_up(child.name + " tells a line without an end");
}

void Processes::take(Child& child, const std::string& line) {
  std::istringstream words{line};
  std::string what;
  words >> what;
  if (what == "up") words >> child.endpoint >> child.incarnation;
  if (what == "count") {
    words >> child.live;
    most_seen_ = std::max(most_seen_, child.live);
  }
  if (what == "did") {
    std::size_t answer = 0;
    if (words >> answer) child.answer = answer;
  }
  if (what == "seen") {
    std::string member;
    if (words >> member) deaths_.is_seen_again(child.name, member);
    child.is_looking = false;
  }
  if (what == "down") {
    std::string member;
    std::int64_t ns = 0;
    if (words >> member >> ns) {
      deaths_.told(child.name, member, SteadyTime{std::chrono::nanoseconds{ns}});
    }
  }
  if (words.fail()) give_up(child.name + " tells what cannot be read: " + line);
}

}  // namespace gossamer::bench
