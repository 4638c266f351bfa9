#include "discovery/dns_exchange.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>

#include "transport/file_descriptor.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kMessageBytesMax = 65'535;
constexpr milliseconds kSlice{50};  // Between looks at whether it is cancelled.

tl::unexpected<Error> system_failure(ErrorCode code, std::string_view what) {
  return fail(code, fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

bool is_to_be_repeated(int error) {
  return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

Result<void> wait_for(int socket, short events, const DnsBound& bound) {
  for (;;) {
    if (bound.is_cancelled) return fail(ErrorCode::cancelled, "the lookup is not wanted any more");
    const auto left = std::chrono::ceil<milliseconds>(bound.deadline - steady_clock::now());
    if (left.count() <= 0) return fail(ErrorCode::timed_out, "no answer in time");
    pollfd waiting{socket, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min(left, kSlice).count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return system_failure(ErrorCode::io, "cannot wait");
  }
}

Result<FileDescriptor> open_to(const SocketAddress& server, int type) {
  FileDescriptor socket{::socket(server.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket.is_open()) return system_failure(ErrorCode::io, "cannot open a socket");
  if (::connect(socket.get(), server.get(), server.size) != 0 && errno != EINPROGRESS) {
    return system_failure(ErrorCode::unavailable, "cannot reach it");
  }
  return socket;
}

bool is_same_letter(std::uint8_t a, std::uint8_t b) {
  const auto lower = [](std::uint8_t c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : int{c}; };
  return lower(a) == lower(b);
}

/// By id and question, so that nobody else's datagram passes for it. Who cannot answer may leave
/// the question out.
bool is_answer_to(ByteView query, ByteView answer) {
  if (answer.size() < kHeaderBytes) return false;
  const bool is_response = (answer[2] & 0x80U) != 0;
  if (!is_response || answer[0] != query[0] || answer[1] != query[1]) return false;
  const bool has_failed = (answer[3] & 0x0fU) != 0;
  const bool has_question = answer[4] != 0 || answer[5] != 0;
  if (!has_question) return has_failed;
  if (answer.size() < query.size()) return false;
  return std::equal(query.begin() + kHeaderBytes, query.end(), answer.begin() + kHeaderBytes,
                    is_same_letter);
}

bool is_cut(ByteView answer) {
  return (answer[2] & 0x02U) != 0;
}

Result<Bytes> ask_by_datagram(const SocketAddress& server, ByteView query, const DnsBound& bound) {
  Result<FileDescriptor> socket = open_to(server, SOCK_DGRAM);
  if (!socket) return tl::unexpected(socket.error());
  if (::send(socket->get(), query.data(), query.size(), MSG_NOSIGNAL) < 0) {
    return system_failure(ErrorCode::unavailable, "cannot reach it");
  }
  Bytes answer(kMessageBytesMax);
  for (;;) {
    if (auto waited = wait_for(socket->get(), POLLIN, bound); !waited) {
      return tl::unexpected(waited.error());
    }
    const ssize_t size = ::recv(socket->get(), answer.data(), answer.size(), 0);
    if (size < 0 && is_to_be_repeated(errno)) continue;
    if (size < 0) return system_failure(ErrorCode::unavailable, "cannot reach it");
    const auto bytes = static_cast<std::size_t>(size);
    if (!is_answer_to(query, ByteView{answer.data(), bytes})) continue;
    answer.resize(bytes);
    return answer;
  }
}

Result<void> send_all(int socket, ByteView bytes, const DnsBound& bound) {
  while (!bytes.empty()) {
    // The first time this waits for the connection.
    if (auto waited = wait_for(socket, POLLOUT, bound); !waited) return waited;
    const ssize_t size = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && is_to_be_repeated(errno)) continue;
    if (size < 0) return system_failure(ErrorCode::unavailable, "cannot reach it by TCP");
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return {};
}

Result<void> receive_all(int socket, std::span<std::uint8_t> into, const DnsBound& bound) {
  while (!into.empty()) {
    if (auto waited = wait_for(socket, POLLIN, bound); !waited) return waited;
    const ssize_t size = ::recv(socket, into.data(), into.size(), 0);
    if (size < 0 && is_to_be_repeated(errno)) continue;
    if (size < 0) return system_failure(ErrorCode::unavailable, "cannot read from it by TCP");
    if (size == 0) return fail(ErrorCode::unavailable, "it hung up before its answer was whole");
    into = into.subspan(static_cast<std::size_t>(size));
  }
  return {};
}

/// Both ways two bytes of length come first.
Result<Bytes> ask_by_stream(const SocketAddress& server, ByteView query, const DnsBound& bound) {
  Result<FileDescriptor> socket = open_to(server, SOCK_STREAM);
  if (!socket) return tl::unexpected(socket.error());
  Bytes framed{static_cast<std::uint8_t>(query.size() >> 8U),
               static_cast<std::uint8_t>(query.size() & 0xffU)};
  framed.insert(framed.end(), query.begin(), query.end());
  std::uint8_t length[2] = {};
  auto done = send_all(socket->get(), framed, bound);
  if (done) done = receive_all(socket->get(), length, bound);
  if (!done) return tl::unexpected(done.error());
  Bytes answer(static_cast<std::size_t>(length[0] << 8U | length[1]));
  if (done = receive_all(socket->get(), answer, bound); !done) return tl::unexpected(done.error());
  if (is_answer_to(query, answer)) return answer;
  return fail(ErrorCode::corrupted, "what it sent by TCP is no answer");
}

}  // namespace

Result<Bytes> exchange_dns(const SocketAddress& server, ByteView query, const DnsBound& bound) {
  if (query.size() <= kHeaderBytes || query.size() > kMessageBytesMax) {
    return fail(ErrorCode::invalid_argument, "that is no question");
  }
  Result<Bytes> answer = ask_by_datagram(server, query, bound);
  if (!answer || !is_cut(*answer)) return answer;
  Result<Bytes> whole = ask_by_stream(server, query, bound);
  if (whole || whole.error().code == ErrorCode::cancelled) return whole;
  return answer;
}

}  // namespace gossamer
