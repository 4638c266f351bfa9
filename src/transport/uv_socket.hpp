#pragma once

#include <uv.h>

#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"
#include "transport/file_descriptor.hpp"
#include "transport/uv_handle.hpp"

namespace gossamer {

/// A non-blocking socket, watched by the loop.
///
/// Reads and writes are the owner's own calls on the descriptor, because libuv's stream writes
/// raise SIGPIPE in a process that does not ignore it, and a library must not decide that.
///
/// **Threads**: the loop thread only. `on_ready` may close or destroy the socket.
class UvSocket {
 public:
  /// Given UV_READABLE, UV_WRITABLE or both; both after an error, which the next call on the
  /// descriptor tells and clears.
  using OnReady = UniqueFunction<void(int events)>;

  /// Errors: io, in libuv's words. The descriptor is closed then.
  Result<void> open(UvLoop& loop, FileDescriptor descriptor, OnReady on_ready);

  /// Says which events to wait for from now on; 0 for none. Does nothing after close().
  void watch(int events);
  /// -1 after close().
  int descriptor() const noexcept { return descriptor_.get(); }
  bool is_open() const noexcept { return descriptor_.is_open(); }
  /// The descriptor is closed at once.
  void close() noexcept;

  UvSocket() = default;
  UvSocket(UvSocket&&) noexcept = default;
  UvSocket& operator=(UvSocket&&) = delete;
  ~UvSocket() { close(); }

 private:
  struct State {
    OnReady on_ready;
    int watched = 0;
  };
  using Handle = UvHandle<uv_poll_t, State>;
  static void on_poll(uv_poll_t* poll, int status, int events);

  FileDescriptor descriptor_;
  Handle handle_;
};

}  // namespace gossamer
