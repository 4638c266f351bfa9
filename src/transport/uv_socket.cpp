#include "transport/uv_socket.hpp"

#include <fmt/format.h>

#include <utility>

namespace gossamer {

Result<void> UvSocket::open(UvLoop& loop, FileDescriptor descriptor, OnReady on_ready) {
  descriptor_ = std::move(descriptor);
  const int status =
      handle_.open(loop, State{std::move(on_ready), 0}, [&](uv_loop_t* uv, uv_poll_t* poll) {
        return uv_poll_init_socket(uv, poll, descriptor_.get());
      });
  if (status < 0) {
    descriptor_.close();
    return fail(ErrorCode::io, fmt::format("cannot watch a socket: {}", uv_strerror(status)));
  }
  return {};
}

void UvSocket::watch(int events) {
  if (!handle_.is_open() || handle_.state().watched == events) return;
  handle_.state().watched = events;
  if (events == 0) {
    uv_poll_stop(handle_.get());
  } else {
    uv_poll_start(handle_.get(), events, on_poll);
  }
}

void UvSocket::close() noexcept {
  // In this order: libuv must forget the descriptor before its number can be another's.
  handle_.close();
  descriptor_.close();
}

void UvSocket::on_poll(uv_poll_t* poll, int status, int events) {
  State& state = Handle::state_of(poll);
  if (status == 0) {
    state.on_ready(events);
    return;
  }
  // libuv has stopped watching, but an error on a socket is news, not its end.
  state.on_ready(UV_READABLE | UV_WRITABLE);
  if (uv_is_closing(reinterpret_cast<uv_handle_t*>(poll)) != 0 || state.watched == 0) return;
  uv_poll_start(poll, state.watched, on_poll);
}

}  // namespace gossamer
