#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "gossamer/bytes.hpp"

namespace gossamer::fuzz {

/// Takes the fuzzer's bytes for decisions, from the front. When they are used up every decision is
/// 0, so that each prefix of an input is an input too.
class Choices {
 public:
  explicit Choices(ByteView input) : left_(input) {}
  Choices(const std::uint8_t* data, std::size_t size) : left_(data, size) {}

  bool is_empty() const { return left_.empty(); }
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t first = left_.front();
    left_ = left_.subspan(1);
    return first;
  }
  /// 0 to bound - 1; bound is at most 256.
  std::uint8_t below(std::uint32_t bound) { return static_cast<std::uint8_t>(byte() % bound); }
  bool coin() { return (byte() & 1U) != 0; }
  /// Mostly small; now and then about a bound that some decoder has, or beyond all of them.
  std::uint64_t number() {
    const std::uint8_t first = byte();
    if (first < 0xe0) return first;
    const std::uint64_t near = std::uint64_t{1} << (first < 0xf0 ? 62 : 4 * (first & 15U));
    return near + byte() - 128;
  }
  ByteView bytes(std::size_t count) {
    const ByteView taken = left_.first(std::min(count, left_.size()));
    left_ = left_.subspan(taken.size());
    return taken;
  }
  std::string text(std::size_t count) { return to_text(bytes(count)); }
  ByteView rest() { return bytes(left_.size()); }

 private:
  ByteView left_;
};

}  // namespace gossamer::fuzz
