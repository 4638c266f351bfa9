#include "transport/frame_reader.hpp"

#include <algorithm>
#include <utility>

namespace gossamer {
namespace {

ByteView take(ByteView& input, std::size_t count) {
  const ByteView taken = input.first(count);
  input = input.subspan(count);
  return taken;
}

std::size_t decode_frame_length(const std::array<std::uint8_t, kFrameLengthBytes>& bytes) {
  std::size_t length = 0;
  for (const std::uint8_t byte : bytes) length = length << 8 | byte;
  return length;
}

}  // namespace

std::array<std::uint8_t, kFrameLengthBytes> encode_frame_length(std::size_t length) {
  std::array<std::uint8_t, kFrameLengthBytes> bytes{};
  for (std::size_t i = 0; i < kFrameLengthBytes; ++i) {
    bytes[i] = static_cast<std::uint8_t>(length >> 8 * (kFrameLengthBytes - 1 - i));
  }
  return bytes;
}

FrameReader::Next FrameReader::next(ByteView& input, std::size_t held_bytes_max) {
  if (header_size_ < kFrameLengthBytes) {
    const ByteView part = take(input, std::min(input.size(), kFrameLengthBytes - header_size_));
    std::copy(part.begin(), part.end(),
              header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ += part.size();
    if (header_size_ < kFrameLengthBytes) return {};
    length_ = decode_frame_length(header_);
  }
  if (length_ == 0 || length_ > frame_bytes_max_) return {Step::malformed};
  if (body_.empty() && input.size() >= length_) {
    header_size_ = 0;
    return {Step::frame, take(input, length_)};
  }
  const std::size_t count = std::min(input.size(), length_ - body_.size());
  if (!grow(body_.size() + count, held_bytes_max)) return {Step::no_room};
  const ByteView part = take(input, count);
  body_.insert(body_.end(), part.begin(), part.end());
  if (body_.size() < length_) return {};
  header_size_ = 0;
  Next whole{Step::frame, {}, std::exchange(body_, {})};
  whole.frame = whole.held;
  return whole;
}

bool FrameReader::grow(std::size_t needed, std::size_t held_bytes_max) {
  if (needed <= body_.capacity()) return true;
  if (needed > held_bytes_max) return false;
  const std::size_t doubled = std::max(needed, 2 * body_.capacity());
  body_.reserve(std::min({doubled, length_, held_bytes_max}));
  return true;
}

}  // namespace gossamer
