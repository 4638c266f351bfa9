// The ledger as a service: a listening socket on the node's loop, a book behind it.

#include "ledger.hpp"

#include <fmt/format.h>
#include <uv.h>

#include <array>
#include <deque>
#include <map>

#include "book.hpp"

namespace gossamer::ledger {
namespace {

constexpr std::size_t kConnectionsMax = 256;
constexpr std::size_t kPipelineMax = 256;        ///< Requests of one connection under way.
constexpr std::uint64_t kIdleTimeoutMs = 60'000;

class Listener;

/// One client. Deletes itself when libuv has let go of its handles.
class Connection {
 public:
  Connection(Listener& listener, std::uint64_t id);
  bool accept(uv_stream_t* from);
  void answer(std::uint64_t request, const Result<Reply>& reply);
  void close();

 private:
  ~Connection() = default;
  void on_bytes(ssize_t count);
  void take_lines();
  void flush();
  void restart_idle_timer();

  std::weak_ptr<Listener> listener_;
  std::uint64_t id_;
  uv_tcp_t tcp_{};
  uv_timer_t idle_{};
  std::array<char, 16 * 1024> chunk_{};
  std::string input_{};
  std::uint64_t next_request_ = 0;
  /// In the order of the requests; empty until it is known.
  std::deque<std::optional<std::string>> replies_{};
  bool is_taking_lines_ = false;
  bool is_closing_ = false;
  int open_handles_ = 0;
};

/// The socket and its connections. Shared, for answers of the book may come late.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  explicit Listener(const ServiceContext& context)
      : loop_(context.loop), book_(std::make_shared<Book>(context.store)) {}

  Result<Endpoint> listen(const std::string& address);
  void close(const Error& reason);

  uv_loop_t* loop() const { return loop_; }
  void serve(std::uint64_t connection, std::uint64_t request, std::string_view line);
  void forget(std::uint64_t connection) { connections_.erase(connection); }

 private:
  void on_connection();

  uv_loop_t* loop_;
  std::shared_ptr<Book> book_;
  uv_tcp_t* tcp_ = nullptr;
  std::map<std::uint64_t, Connection*> connections_;
  std::uint64_t next_connection_ = 1;
};

Connection::Connection(Listener& listener, std::uint64_t id)
    : listener_(listener.weak_from_this()), id_(id) {
  uv_tcp_init(listener.loop(), &tcp_);
  uv_timer_init(listener.loop(), &idle_);
  tcp_.data = this;
  idle_.data = this;
  open_handles_ = 2;
}

bool Connection::accept(uv_stream_t* from) {
  if (uv_accept(from, reinterpret_cast<uv_stream_t*>(&tcp_)) != 0) return false;
  uv_tcp_nodelay(&tcp_, 1);
  restart_idle_timer();
  return uv_read_start(
             reinterpret_cast<uv_stream_t*>(&tcp_),
             [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
               auto& chunk = static_cast<Connection*>(handle->data)->chunk_;
               *buffer = uv_buf_init(chunk.data(), static_cast<unsigned>(chunk.size()));
             },
             [](uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
               static_cast<Connection*>(stream->data)->on_bytes(count);
             }) == 0;
}

void Connection::on_bytes(ssize_t count) {
  if (is_closing_ || count == 0) return;
  if (count < 0) return close();
  input_.append(chunk_.data(), static_cast<std::size_t>(count));
  restart_idle_timer();
  take_lines();
}

void Connection::take_lines() {
  if (is_taking_lines_) return;  // Answered from within.
  is_taking_lines_ = true;
  while (!is_closing_ && replies_.size() < kPipelineMax) {
    const std::size_t end = input_.find('\n');
    if (end == std::string::npos) break;
    std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    replies_.emplace_back();
    const std::uint64_t request = next_request_++;
    if (const auto listener = listener_.lock()) listener->serve(id_, request, line);
  }
  is_taking_lines_ = false;
  // One line is too long, or a client sends on without reading answers.
  if (!is_closing_ && input_.size() > kLineBytesMax * kPipelineMax) return close();
  if (!is_closing_ && replies_.empty() && input_.size() > kLineBytesMax) close();
}

void Connection::answer(std::uint64_t request, const Result<Reply>& reply) {
  if (is_closing_) return;
  const std::uint64_t first = next_request_ - replies_.size();
  replies_[request - first] = to_line(reply) + "\n";
  flush();
  take_lines();  // Some may have waited for room.
}

void Connection::flush() {
  std::string ready;
  while (!replies_.empty() && replies_.front()) {
    ready += *replies_.front();
    replies_.pop_front();
  }
  if (ready.empty()) return;
  struct Write {
    uv_write_t request{};
    std::string bytes{};
  };
  auto* write = new Write{{}, std::move(ready)};
  write->request.data = write;
  const uv_buf_t buffer =
      uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  const int rc = uv_write(&write->request, reinterpret_cast<uv_stream_t*>(&tcp_), &buffer, 1,
                          [](uv_write_t* request, int) { delete static_cast<Write*>(request->data); });
  if (rc != 0) {
    delete write;
    return close();
  }
  // A client that does not read what it asked for is cut off.
  if (uv_stream_get_write_queue_size(reinterpret_cast<uv_stream_t*>(&tcp_)) > 1024 * 1024) close();
}

void Connection::restart_idle_timer() {
  uv_timer_start(
      &idle_, [](uv_timer_t* timer) { static_cast<Connection*>(timer->data)->close(); },
      kIdleTimeoutMs, 0);
}

void Connection::close() {
  if (is_closing_) return;
  is_closing_ = true;
  if (const auto listener = listener_.lock()) listener->forget(id_);
  const auto closed = [](uv_handle_t* handle) {
    auto* self = static_cast<Connection*>(handle->data);
    if (--self->open_handles_ == 0) delete self;
  };
  uv_close(reinterpret_cast<uv_handle_t*>(&tcp_), closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&idle_), closed);
}

Result<Endpoint> Listener::listen(const std::string& address) {
  const bool is_v6 = address.find(':') != std::string::npos;
  sockaddr_storage place{};
  int rc = is_v6 ? uv_ip6_addr(address.c_str(), 0, reinterpret_cast<sockaddr_in6*>(&place))
                 : uv_ip4_addr(address.c_str(), 0, reinterpret_cast<sockaddr_in*>(&place));
  if (rc != 0) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("ledger: '{}' is not a numeric address", address));
  }
  tcp_ = new uv_tcp_t{};
  uv_tcp_init(loop_, tcp_);
  tcp_->data = this;
  rc = uv_tcp_bind(tcp_, reinterpret_cast<const sockaddr*>(&place), 0);
  if (rc == 0) {
    rc = uv_listen(reinterpret_cast<uv_stream_t*>(tcp_), 128, [](uv_stream_t* stream, int status) {
      if (status == 0 && stream->data != nullptr) static_cast<Listener*>(stream->data)->on_connection();
    });
  }
  int length = sizeof(place);
  if (rc == 0) rc = uv_tcp_getsockname(tcp_, reinterpret_cast<sockaddr*>(&place), &length);
  if (rc != 0) {
    close({ErrorCode::io, "could not listen"});
    return fail(ErrorCode::io, fmt::format("ledger: listen on {}: {}", address, uv_strerror(rc)));
  }
  const std::uint16_t port = is_v6 ? reinterpret_cast<const sockaddr_in6*>(&place)->sin6_port
                                   : reinterpret_cast<const sockaddr_in*>(&place)->sin_port;
  return Endpoint{address, ntohs(port)};
}

void Listener::on_connection() {
  auto* connection = new Connection{*this, next_connection_};
  if (!connection->accept(reinterpret_cast<uv_stream_t*>(tcp_)) ||
      connections_.size() >= kConnectionsMax) {
    return connection->close();
  }
  connections_.emplace(next_connection_++, connection);
}

void Listener::serve(std::uint64_t connection, std::uint64_t request, std::string_view line) {
  auto answer = [weak = weak_from_this(), connection, request](const Result<Reply>& reply) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    const auto at = self->connections_.find(connection);
    if (at != self->connections_.end()) at->second->answer(request, reply);
  };
  if (line.size() > kLineBytesMax) {
    return answer(fail(ErrorCode::invalid_argument,
                       fmt::format("a line has at most {} bytes", kLineBytesMax)));
  }
  auto parsed = parse_request(line);
  if (!parsed) return answer(tl::unexpected(parsed.error()));
  book_->serve(std::move(*parsed), std::move(answer));
}

void Listener::close(const Error& reason) {
  book_->stop(reason);
  while (!connections_.empty()) connections_.begin()->second->close();
  if (tcp_ == nullptr) return;
  tcp_->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(tcp_, nullptr)),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_tcp_t*>(handle); });
}

class Ledger final : public Service {
 public:
  Ledger(const ServiceContext& context, std::string address)
      : listener_(std::make_shared<Listener>(context)), address_(std::move(address)) {}
  ~Ledger() override { listener_->close({ErrorCode::cancelled, "the ledger has ended here"}); }

  void start(Started done) override { done(listener_->listen(address_)); }
  void stop(const Error& reason, Stopped done) override {
    listener_->close(reason);
    done();
  }

 private:
  std::shared_ptr<Listener> listener_;
  std::string address_;
};

}  // namespace

ServiceFactory ledger_factory(std::string address) {
  return [address = std::move(address)](const ServiceContext& context) {
    return std::make_unique<Ledger>(context, address);
  };
}

}  // namespace gossamer::ledger
