// The ledger as a service: a listening socket on the node's loop, a book behind it.

#include "ledger.hpp"

#include <fmt/format.h>
#include <uv.h>

#include <map>

#include "book.hpp"
#include "connection.hpp"

namespace gossamer::ledger {
namespace {

constexpr std::size_t kConnectionsMax = 256;

/// The socket and its connections. Shared, for answers of the book may come late.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  explicit Listener(const ServiceContext& context)
      : loop_(context.loop), book_(std::make_shared<Book>(context.store)) {}

  Result<Endpoint> listen(const std::string& address);
  void close(const Error& reason);

 private:
  void on_connection();
  void serve(std::uint64_t connection, std::uint64_t request, std::string_view line);

  uv_loop_t* loop_;
  std::shared_ptr<Book> book_;
  uv_tcp_t* tcp_ = nullptr;
  std::map<std::uint64_t, Connection*> connections_;
  std::uint64_t next_connection_ = 1;
};

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
      if (status == 0 && stream->data != nullptr)
        static_cast<Listener*>(stream->data)->on_connection();
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
  const std::uint64_t id = next_connection_++;
  Connection::Callbacks callbacks;
  callbacks.on_line = [weak = weak_from_this(), id](std::uint64_t request, std::string_view line) {
    if (const auto self = weak.lock()) self->serve(id, request, line);
  };
  callbacks.on_gone = [weak = weak_from_this(), id] {
    if (const auto self = weak.lock()) self->connections_.erase(id);
  };
  auto* connection = new Connection{loop_, kLineBytesMax, std::move(callbacks)};
  if (!connection->accept(reinterpret_cast<uv_stream_t*>(tcp_)) ||
      connections_.size() >= kConnectionsMax) {
    return connection->close();
  }
  connections_.emplace(id, connection);
}

void Listener::serve(std::uint64_t connection, std::uint64_t request, std::string_view line) {
  auto answer = [weak = weak_from_this(), connection, request](const Result<Reply>& reply) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    const auto at = self->connections_.find(connection);
    if (at != self->connections_.end()) at->second->answer(request, to_line(reply) + "\n");
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
