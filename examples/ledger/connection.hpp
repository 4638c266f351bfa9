#pragma once

#include <uv.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gossamer::ledger {

/// One client's connection: lines in, an answer each, in order. A client that floods, or does not
/// read, is not read from; the loop is never its alone.
///
/// **Threads**: confined to the loop. **Lifetime**: on the heap, and deletes itself when libuv has
/// let go of its handles after close().
class Connection {
 public:
  struct Callbacks {
    /// A line without its end. May call answer() at once.
    std::function<void(std::uint64_t request, std::string_view line)> on_line{};
    /// Nothing more comes, and answers go nowhere.
    std::function<void()> on_gone{};
  };

  /// Who sends more than `line_bytes_max` without an end of line is cut off.
  Connection(uv_loop_t* loop, std::size_t line_bytes_max, Callbacks callbacks);
  /// Whether the connection that waits at `from` is ours now.
  bool accept(uv_stream_t* from);
  /// The answer to `request`, with its end of line.
  void answer(std::uint64_t request, std::string line);
  void close();

 private:
  ~Connection() = default;
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp_); }
  void on_bytes(ssize_t count);
  void take_lines();
  void read_or_wait(bool has_more_lines);
  void flush();
  void restart_idle_timer();

  const std::size_t line_bytes_max_;
  Callbacks callbacks_;
  uv_tcp_t tcp_{};
  uv_timer_t idle_{};
  uv_timer_t resume_{};
  std::array<char, 16 * 1024> chunk_{};
  std::string input_{};
  std::uint64_t next_request_ = 0;
  /// In the order of the requests; empty until it is known.
  std::deque<std::optional<std::string>> replies_{};
  bool is_reading_ = false;
  bool is_taking_lines_ = false;
  bool is_closing_ = false;
  int open_handles_ = 0;
};

}  // namespace gossamer::ledger
