#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.hpp"

namespace gossamer::objects {

/// What `Content-Range` says of an answer's bytes: those from `first`, and before `end`.
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::optional<std::uint64_t> total{};  ///< Of the whole object; empty: it is not told.
};
/// Reads `bytes 100-199/1000` or `bytes 100-199/*`; nothing if it is neither, or impossible.
std::optional<ContentRange> parse_content_range(std::string_view text);

/// All digits, and no more than fits.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// What an answer 416 says that the object has: by `Content-Range: bytes */1000`, or in S3's body.
/// Ceph's gateway and Swift do not tell.
std::optional<std::uint64_t> size_told_by(const http::Response& unsatisfied);

}  // namespace gossamer::objects
