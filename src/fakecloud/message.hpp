#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "fakecloud/quota.hpp"
#include "http/message.hpp"

namespace gossamer::fakecloud {

/// One HTTP request, as it came: nothing is decoded, since signatures are over what came.
struct Request {
  std::string method{};
  std::string target{};  ///< Path and query.
  http::Headers headers{};
  SharedBody body{};  ///< Never null.

  std::string_view header(std::string_view name) const { return http::find_header(headers, name); }
  bool has_header(std::string_view name) const {
    for (const http::Header& header : headers) {
      // Empty values count: find_header cannot tell them from none.
      if (!http::find_header({{header.name, "x"}}, name).empty()) return true;
    }
    return false;
  }
  ByteView content() const { return body->bytes; }
  std::string_view path() const { return std::string_view{target}.substr(0, target.find('?')); }
  std::string_view query() const {
    const std::size_t at = target.find('?');
    return at == std::string::npos ? std::string_view{} : std::string_view{target}.substr(at + 1);
  }
};

/// How an answer reaches the client, or does not.
struct Delivery {
  enum class Kind : std::uint8_t { whole, none, reset, torn, slow };
  Kind kind{};
  std::chrono::milliseconds pause{
      0};  ///< Of a slow one: before it, and between pieces of its body.
};

/// What is answered: a text, or a piece of an object.
struct Answer {
  int status = 200;
  http::Headers headers{};
  std::string text{};
  SharedBody object{};  ///< If not null, the body is `object_size` bytes of it from `object_begin`.
  std::size_t object_begin = 0, object_size = 0;
  Delivery delivery{};
  bool closes = false;  ///< The connection, after it.

  ByteView body() const {
    if (object == nullptr) return as_bytes(text);
    return ByteView{object->bytes}.subspan(object_begin, object_size);
  }
};

}  // namespace gossamer::fakecloud
