#include "child_orders.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "child.hpp"
#include "give_up.hpp"
#include "lossy_network.hpp"
#include "own_connections.hpp"
#include "refusing_network.hpp"

namespace gossamer::bench {
namespace {

constexpr std::uint64_t kLookEveryMs = 2;
constexpr std::size_t kLineBytesMax = 4096;

Endpoint endpoint_in(const std::string& text) {
  const Result<Endpoint> endpoint = parse_endpoint(text);
  if (!endpoint) give_up(std::string{kChildCommand} + ": an order names '" + text + "'");
  return *endpoint;
}

}  // namespace

void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) ::_exit(1);
}

ChildOrders::ChildOrders(uv_loop_t* loop, Node& node) : node_(node) {
  input_.data = this;
  uv_poll_init(loop, &input_, STDIN_FILENO);
  uv_poll_start(&input_, UV_READABLE | UV_DISCONNECT,
                [](uv_poll_t* input, int, int) { static_cast<ChildOrders*>(input->data)->read(); });
  looking_.data = this;
  uv_timer_init(loop, &looking_);
}

void ChildOrders::read() {
  char buffer[1024];
  const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof(buffer));
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) ::_exit(0);
  unread_.append(buffer, static_cast<std::size_t>(count));
  for (std::size_t end = 0; (end = unread_.find('\n')) != std::string::npos;) {
    const std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    obey(line);
  }
  if (unread_.size() > kLineBytesMax) give_up("a child is given an order without an end");
}

void ChildOrders::obey(const std::string& line) {
  std::istringstream words{line};
  std::string what;
  std::string whom;
  words >> what >> whom;
  std::size_t did = 0;
  if (what == "await") {
    awaited_ = Awaited{whom};
    if (!(words >> awaited_->incarnation >> awaited_->live_count)) {
      give_up("a child cannot read the order: " + line);
    }
    uv_timer_start(
        &looking_, [](uv_timer_t* timer) { static_cast<ChildOrders*>(timer->data)->look(); }, 0,
        kLookEveryMs);
    return;
  }
  if (what == "links") {
    did = count_own_connections(endpoint_in(whom));
  } else if (what == "reset") {
    did = reset_own_connections(whom.empty() ? std::nullopt : std::optional{endpoint_in(whom)});
  } else if (what == "refuse") {
    refuse_connects(endpoint_in(whom));
  } else if (what == "lose") {
    lose_datagrams(std::min<std::size_t>(100, std::strtoul(whom.c_str(), nullptr, 10)));
  } else if (what == "count") {
    did = node_.members().live_count();
  } else if (what == "admit") {
    did = admit_connects();
  } else {
    give_up("a child does not know the order: " + line);
  }
  say("did " + std::to_string(did));
}

// Looked at, for not every restart is an event: who has not held it to be down, or not for long
// enough to tell, sees the same member, newer.
void ChildOrders::look() {
  const MemberView members = node_.members();
  const bool is_seen = std::any_of(members.begin(), members.end(), [this](const Member& member) {
    return member.name == awaited_->name && member.is_live() &&
           member.incarnation >= awaited_->incarnation;
  });
  if (!is_seen || members.live_count() != awaited_->live_count) return;
  uv_timer_stop(&looking_);
  say("seen " + awaited_->name);
}

}  // namespace gossamer::bench
