#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/bytes.hpp"
#include "gossamer/ports/object_store.hpp"

namespace gossamer::http {

struct Header {
  std::string name{};
  std::string value{};
  friend bool operator==(const Header&, const Header&) = default;
};
using Headers = std::vector<Header>;

/// Whether two names of headers are one, whatever their case.
bool is_same_name(std::string_view a, std::string_view b) noexcept;
/// The first value under `name`, whatever its case; empty if there is none.
std::string_view find_header(const Headers& headers, std::string_view name) noexcept;

/// Each bounds one thing that can go wrong; 0 is no bound, but for `whole`.
struct Timeouts {
  std::chrono::milliseconds connect{3'000};      ///< Name, TCP and TLS.
  std::chrono::milliseconds first_byte{20'000};  ///< From the end of the request to the answer.
  std::chrono::milliseconds stall{10'000};       ///< Without a byte either way.
  std::chrono::milliseconds whole{300'000};      ///< Of one attempt.
};

/// One request, sent once. What repeats it is Retries.
struct Request {
  std::string method{"GET"};
  std::string url{};  ///< Absolute, http or https. Path and query are sent as they stand.
  Headers headers{};  ///< Host and Content-Length come by themselves; nothing else is added.
  /// Read on workers, ahead of the socket. Null: no body.
  std::shared_ptr<ByteSource> body{};
  /// Where the body of a 2xx answer goes, written on workers. Null: it is kept in Response::body.
  std::shared_ptr<ByteSink> sink{};
  /// Called on the loop when the head of an answer is there, before its body goes to the sink. Must
  /// not touch the client.
  std::function<void(int status, const Headers& headers)> on_head{};
  /// Most that is kept of a body in memory. Of an error's body the rest is dropped; else it fails.
  std::size_t body_bytes_max = 1024 * 1024;
  Timeouts timeouts{};
  /// Not through a proxy, whatever the environment says: for link-local services.
  bool is_direct = false;
};

struct Response {
  int status = 0;
  Headers headers{};
  Bytes body{};

  bool is_success() const noexcept { return status >= 200 && status < 300; }
};

}  // namespace gossamer::http
