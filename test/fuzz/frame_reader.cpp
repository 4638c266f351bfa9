// FrameReader: a stream that arrives in pieces of any size.

#include "transport/frame_reader.hpp"

#include <algorithm>

#include "choices.hpp"
#include "target.hpp"

using namespace gossamer;

namespace {

constexpr std::size_t kFrameMax = 200;

/// All frames, each after its length, and how the stream ended.
struct Read {
  Bytes frames{};
  FrameReader::Step end = FrameReader::Step::need_more;
};

Read read_in_pieces(ByteView stream, std::size_t piece, std::size_t held_max) {
  FrameReader reader{kFrameMax};
  Read read;
  while (!stream.empty()) {
    ByteView input = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(input.size());
    while (!input.empty()) {
      const std::size_t before = input.size();
      const FrameReader::Next next = reader.next(input, held_max);
      GOSSAMER_ASSERT(reader.held_bytes() <= std::min(held_max, kFrameMax));
      GOSSAMER_ASSERT(reader.arrived_bytes() <= kFrameLengthBytes + kFrameMax);
      if (next.step == FrameReader::Step::frame) {
        GOSSAMER_ASSERT(!next.frame.empty() && next.frame.size() <= kFrameMax);
        const auto length = encode_frame_length(next.frame.size());
        read.frames.insert(read.frames.end(), length.begin(), length.end());
        read.frames.insert(read.frames.end(), next.frame.begin(), next.frame.end());
      } else if (next.step != FrameReader::Step::need_more) {
        read.end = next.step;
        return read;
      }
      GOSSAMER_ASSERT(input.size() < before || next.step == FrameReader::Step::frame);
    }
  }
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const std::size_t piece = 1U + choices.byte();
  const std::size_t held_max = choices.byte();
  const ByteView stream = choices.rest();
  const Read whole = read_in_pieces(stream, SIZE_MAX, kFrameMax);
  const Read parts = read_in_pieces(stream, piece, kFrameMax);
  GOSSAMER_ASSERT(whole.frames == parts.frames && whole.end == parts.end);
  // What was cut out is what came.
  GOSSAMER_ASSERT(std::equal(whole.frames.begin(), whole.frames.end(), stream.begin()));
  (void)read_in_pieces(stream, piece, held_max);
  return 0;
}
