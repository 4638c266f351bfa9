#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "gossamer/bytes.hpp"

namespace gossamer {

/// Frames travel as a big-endian length of 4 bytes, then that many bytes.
constexpr std::size_t kFrameLengthBytes = 4;

std::array<std::uint8_t, kFrameLengthBytes> encode_frame_length(std::size_t length);

/// Cuts a stream of bytes into frames. Memory follows the bytes that have arrived, never the length
/// that was announced.
class FrameReader {
 public:
  explicit FrameReader(std::size_t frame_bytes_max) : frame_bytes_max_(frame_bytes_max) {}

  enum class Step : std::uint8_t {
    need_more,  ///< All input is taken.
    frame,      ///< One frame is whole; ask again for the rest of the input.
    malformed,  ///< An empty frame or one above the maximum. The stream is of no more use.
    no_room,    ///< Would have to hold more than allowed. The stream is of no more use.
  };
  struct Next {
    Step step = Step::need_more;
    ByteView frame{};  ///< In `input` or in `held`.
    Bytes held{};
  };
  /// Takes what it can from the front of `input`, holding at most `held_bytes_max` bytes.
  Next next(ByteView& input, std::size_t held_bytes_max);

  /// The memory taken by an unfinished frame.
  std::size_t held_bytes() const noexcept { return body_.capacity(); }
  bool is_between_frames() const noexcept { return header_size_ == 0; }
  /// Of the unfinished frame, with its length.
  std::size_t arrived_bytes() const noexcept { return header_size_ + body_.size(); }

 private:
  bool grow(std::size_t needed, std::size_t held_bytes_max);

  std::size_t frame_bytes_max_;
  std::array<std::uint8_t, kFrameLengthBytes> header_{};
  std::size_t header_size_ = 0;
  std::size_t length_ = 0;
  Bytes body_{};
};

}  // namespace gossamer
