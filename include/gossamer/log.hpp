#pragma once

#include <string_view>

namespace gossamer {

enum class LogLevel : unsigned char { debug = 0, info = 1, warning = 2, error = 3 };

/// `debug`, `info`, `warning` or `error`.
std::string_view to_string(LogLevel level) noexcept;

/// Where a node writes what a person may want to read. Implement this to use your own log.
///
/// **Threads**: called on the node's loop and on its worker threads, so it must be thread-safe. It
/// must not block for long and must not throw.
class LogSink {
 public:
  virtual ~LogSink() = default;
  /// One line, without its end.
  virtual void log(LogLevel level, std::string_view line) = 0;
};

}  // namespace gossamer
