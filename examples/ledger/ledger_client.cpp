#include "ledger_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "admin_client.hpp"

namespace gossamer::ledger {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;
constexpr Milliseconds kPause{20};  ///< Between tries.

Milliseconds left_until(Clock::time_point deadline) {
  return std::max(Milliseconds{0}, std::chrono::ceil<Milliseconds>(deadline - Clock::now()));
}

bool wait_for(int descriptor, short events, Milliseconds timeout) {
  pollfd ready{descriptor, events, 0};
  return ::poll(&ready, 1, static_cast<int>(timeout.count())) > 0;
}

/// Trying again may help: the owner has moved, is moving, or did not answer.
bool is_passing(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::corrupted: return false;
    default: return true;
  }
}

}  // namespace

Result<int> connect_tcp(const Endpoint& endpoint, Milliseconds timeout) {
  const bool is_v6 = endpoint.address.find(':') != std::string::npos;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(endpoint.port);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  void* bits = is_v6 ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr);
  const int family = is_v6 ? AF_INET6 : AF_INET;
  if (::inet_pton(family, endpoint.address.c_str(), bits) != 1) {
    return fail(ErrorCode::invalid_argument, fmt::format("'{}' is not numeric", endpoint.address));
  }
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto* address =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  const auto failed = [&](ErrorCode code, const char* words) {
    ::close(socket);
    return fail(code, fmt::format("connect to {}: {}", to_string(endpoint), words));
  };
  if (::connect(socket, address, is_v6 ? sizeof(v6) : sizeof(v4)) != 0) {
    if (errno != EINPROGRESS) return failed(ErrorCode::unavailable, std::strerror(errno));
    if (!wait_for(socket, POLLOUT, timeout)) return failed(ErrorCode::timed_out, "no answer");
    int error = 0;
    socklen_t length = sizeof(error);
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return failed(ErrorCode::unavailable, std::strerror(error));
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return socket;
}

Result<Reply> LedgerClient::add(std::string key, std::int64_t delta, Durability durability,
                                Milliseconds timeout) {
  return call(Add{std::move(key), delta, {options_.client, next_number_++}, durability}, timeout);
}

Result<Reply> LedgerClient::put(std::string key, std::string value, Durability durability,
                                Milliseconds timeout) {
  return call(Put{std::move(key), std::move(value), {options_.client, next_number_++}, durability},
              timeout);
}

Result<Reply> LedgerClient::get(std::string key, Milliseconds timeout) {
  return call(Get{std::move(key)}, timeout);
}

Result<Reply> LedgerClient::sum(std::string prefix, Milliseconds timeout) {
  return call(Sum{std::move(prefix)}, timeout);
}

Result<Reply> LedgerClient::call(const Request& request, Milliseconds timeout) {
  const std::string line = to_line(request) + "\n";
  const Time deadline = Clock::now() + timeout;
  for (;;) {
    auto reply = try_once(line, std::min(deadline, Clock::now() + options_.reply_timeout));
    if (reply) {
      epoch_ = std::max(epoch_, reply->epoch);
      return reply;
    }
    if (!is_passing(reply.error().code)) return reply;
    disconnect();
    ++retries_;
    if (Clock::now() + kPause >= deadline) {
      return fail(
          ErrorCode::timed_out,
          fmt::format("not acknowledged within {} ms, so it may or may not have happened: {}",
                      timeout.count(), reply.error().detail));
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<Reply> LedgerClient::try_once(const std::string& line, Time deadline) {
  if (connection_ < 0) {
    if (auto connected = connect_to_owner(deadline); !connected) {
      return tl::unexpected(connected.error());
    }
  }
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t count = ::send(connection_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EAGAIN || !wait_for(connection_, POLLOUT, left_until(deadline))) {
      return fail(ErrorCode::unavailable, "the owner hung up");
    }
  }
  const auto answer = read_line(deadline);
  if (!answer) return tl::unexpected(answer.error());
  return parse_reply(*answer);
}

Result<void> LedgerClient::connect_to_owner(Time deadline) {
  Error newest{ErrorCode::unavailable, "no node was asked"};
  for (std::size_t tried = 0; tried < options_.admin_sockets.size(); ++tried) {
    const std::string& path = options_.admin_sockets[next_socket_];
    next_socket_ = (next_socket_ + 1) % options_.admin_sockets.size();
    const auto answer = examples::ask_node(
        path, {{"request", "resolve"}, {"name", options_.service}}, Milliseconds{200});
    if (!answer) {
      newest = answer.error();
      continue;
    }
    for (const auto& record : (*answer)["records"]) {
      const Epoch epoch = record.value("epoch", Epoch{0});
      const auto endpoint = parse_endpoint(record.value("endpoint", ""));
      // A node that has not heard of the newest owner yet is of no help.
      if (!endpoint || epoch < epoch_) continue;
      const auto connected =
          connect_tcp(*endpoint, std::min(left_until(deadline), Milliseconds{500}));
      if (connected) {
        connection_ = *connected;
        return {};
      }
      newest = connected.error();
    }
    if ((*answer)["records"].empty()) {
      newest = {ErrorCode::not_found, fmt::format("nobody serves '{}' now", options_.service)};
    }
    if (Clock::now() >= deadline) break;
  }
  return tl::unexpected(newest);
}

Result<std::string> LedgerClient::read_line(Time deadline) {
  for (;;) {
    if (const std::size_t end = input_.find('\n'); end != std::string::npos) {
      std::string line = input_.substr(0, end);
      input_.erase(0, end + 1);
      return line;
    }
    if (!wait_for(connection_, POLLIN, left_until(deadline))) {
      return fail(ErrorCode::timed_out, "the owner did not answer");
    }
    std::array<char, 4096> chunk;
    const ssize_t count = ::recv(connection_, chunk.data(), chunk.size(), 0);
    if (count <= 0) return fail(ErrorCode::unavailable, "the owner hung up");
    input_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

void LedgerClient::disconnect() {
  if (connection_ >= 0) ::close(std::exchange(connection_, -1));
  input_.clear();
}

}  // namespace gossamer::ledger
