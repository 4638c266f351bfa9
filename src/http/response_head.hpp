#pragma once

#include <cstddef>
#include <string_view>

#include "http/message.hpp"

namespace gossamer::http {

/// Gathers the status and the headers of an answer, line by line. Interim answers (1xx) are
/// forgotten when the next begins, trailers left out.
class ResponseHead {
 public:
  static constexpr std::size_t kBytesMax = 256 * 1024;

  /// False: more than kBytesMax.
  bool on_line(std::string_view line);
  /// Of the answer, or of the last interim one before it; 0 if none has come.
  int status() const { return status_; }
  /// The empty line after the headers has come.
  bool is_complete() const { return is_complete_ && status_ >= 200; }
  const Headers& headers() const { return headers_; }
  Headers take_headers() { return std::move(headers_); }

 private:
  void add_header(std::string_view line);

  int status_ = 0;
  bool is_complete_ = false;
  std::size_t bytes_ = 0;
  Headers headers_{};
};

}  // namespace gossamer::http
