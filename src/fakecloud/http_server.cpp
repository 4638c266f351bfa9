#include "fakecloud/http_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <exception>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "fakecloud/answer_writer.hpp"

namespace gossamer::fakecloud {

struct HttpServer::State {
  FileDescriptor listener{};
  FileDescriptor stopping{};  // Readable from stop() on; nobody reads it.
  std::uint16_t port = 0;
  std::shared_ptr<Quota> quota{};
  Handler handler{};
  std::thread acceptor{};

  struct Connection {
    std::thread thread{};
    bool has_ended = false;
  };
  std::mutex mutex{};
  std::list<Connection> connections{};
  std::mutex stop_mutex{};

  void accept_all();
  void admit(FileDescriptor socket);
  void reap();
  void serve(FileDescriptor socket);
};

namespace {

tl::unexpected<Error> cannot_listen(std::uint16_t port, int error) {
  return fail(error == EADDRINUSE ? ErrorCode::already_exists : ErrorCode::io,
              fmt::format("cannot listen on 127.0.0.1:{}: {}", port,
                          std::generic_category().message(error)));
}

Result<FileDescriptor> listen_on(std::uint16_t port, std::uint16_t* chosen) {
  FileDescriptor listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!listener.is_open()) return cannot_listen(port, errno);
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), 1'024) != 0 ||
      ::getsockname(listener.get(), generic, &size) != 0) {
    return cannot_listen(port, errno);
  }
  *chosen = ntohs(address.sin_port);
  return listener;
}

}  // namespace

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() {
  stop();
}
std::uint16_t HttpServer::port() const {
  return state_->port;
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(std::uint16_t port,
                                                      std::shared_ptr<Quota> quota,
                                                      Handler handler) {
  auto state = std::make_unique<State>();
  auto listener = listen_on(port, &state->port);
  if (!listener) return tl::unexpected<Error>(listener.error());
  state->listener = std::move(*listener);
  state->stopping = FileDescriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!state->stopping.is_open()) return cannot_listen(port, errno);
  state->quota = std::move(quota);
  state->handler = std::move(handler);
  state->acceptor = std::thread{[raw = state.get()] { raw->accept_all(); }};
  return std::unique_ptr<HttpServer>{new HttpServer{std::move(state)}};
}

void HttpServer::stop() {
  const std::lock_guard once{state_->stop_mutex};
  if (!state_->acceptor.joinable()) return;
  const std::uint64_t one = 1;
  while (::write(state_->stopping.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  state_->acceptor.join();
  state_->listener.close();
  // The acceptor has ended, so the list does not grow.
  for (State::Connection& connection : state_->connections) connection.thread.join();
  state_->connections.clear();
}

void HttpServer::State::accept_all() {
  for (;;) {
    std::array<pollfd, 2> polled{pollfd{listener.get(), POLLIN, 0},
                                 pollfd{stopping.get(), POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    if (polled[1].revents != 0) return;
    FileDescriptor socket{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    reap();
    if (socket.is_open()) {
      admit(std::move(socket));
    } else if (errno == EMFILE || errno == ENFILE) {
      // No descriptor is left: somebody has to go first.
      ::poll(&polled[1], 1, 20);
    }
  }
}

void HttpServer::State::reap() {
  std::list<Connection> ended;
  {
    const std::lock_guard lock{mutex};
    for (auto it = connections.begin(); it != connections.end();) {
      const auto next = std::next(it);
      if (it->has_ended) ended.splice(ended.end(), connections, it);
      it = next;
    }
  }
  for (Connection& connection : ended) connection.thread.join();
}

void HttpServer::State::admit(FileDescriptor socket) {
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const std::lock_guard lock{mutex};
  if (connections.size() >= kConnectionsMax) return;
  Connection& connection = connections.emplace_back();
  try {
    connection.thread = std::thread{[this, &connection, held = std::move(socket)]() mutable {
      try {
        serve(std::move(held));
      } catch (const std::exception&) {
        // No memory, most likely: one client loses its connection, the others go on.
      }
      const std::lock_guard end{mutex};
      connection.has_ended = true;
    }};
  } catch (const std::system_error&) {
    connections.pop_back();  // The system has no thread left: the client sees a closed connection.
  }
}

void HttpServer::State::serve(FileDescriptor descriptor) {
  ConnectionSocket socket{std::move(descriptor), stopping.get()};
  RequestReader reader{socket, quota};
  Request request;
  for (;;) {
    const RequestReader::End end = reader.read(request);
    if (end == RequestReader::End::closed) return;
    Answer answer = handler(request, end);
    if (end != RequestReader::End::request || request.header("connection") == "close") {
      answer.closes = true;
    }
    const bool is_head = request.method == "HEAD";
    request = {};  // Its body may be big, and the answer may take long.
    if (!write_answer(socket, answer, is_head)) return;
  }
}

}  // namespace gossamer::fakecloud
