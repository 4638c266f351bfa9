#include "transport/frame_reader.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "base/random.hpp"

namespace gossamer {
namespace {

constexpr std::size_t kNoBound = std::numeric_limits<std::size_t>::max();

Bytes stream_of(const std::vector<Bytes>& frames) {
  Bytes stream;
  for (const Bytes& frame : frames) {
    const auto length = encode_frame_length(frame.size());
    stream.insert(stream.end(), length.begin(), length.end());
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  return stream;
}

TEST_CASE("frame reader: however a stream is cut, the same frames come out", "[frames]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random{seed};
    std::vector<Bytes> frames(1 + random.below(8));
    for (Bytes& frame : frames) {
      frame.resize(1 + random.below(random.chance(1, 4) ? 5000 : 20));
      for (std::uint8_t& byte : frame) byte = static_cast<std::uint8_t>(random.next());
    }
    const Bytes stream = stream_of(frames);
    FrameReader reader{5000};
    std::vector<Bytes> out;
    for (ByteView rest = stream; !rest.empty();) {
      ByteView chunk = rest.first(std::min<std::size_t>(rest.size(), 1 + random.below(600)));
      rest = rest.subspan(chunk.size());
      while (!chunk.empty()) {
        const FrameReader::Next next = reader.next(chunk, kNoBound);
        if (next.step == FrameReader::Step::frame)
          out.emplace_back(next.frame.begin(), next.frame.end());
        REQUIRE(next.step <= FrameReader::Step::frame);
      }
    }
    CAPTURE(seed);
    CHECK(out == frames);
    CHECK(reader.is_between_frames());
    CHECK(reader.held_bytes() == 0);
  }
}

TEST_CASE("frame reader: memory follows what has arrived, not what was announced", "[frames]") {
  FrameReader reader{1'000'000};
  const auto length = encode_frame_length(1'000'000);
  ByteView input{length};
  CHECK(reader.next(input, kNoBound).step == FrameReader::Step::need_more);
  CHECK(reader.arrived_bytes() == kFrameLengthBytes);
  CHECK(reader.held_bytes() == 0);
  const Bytes some(1000);
  for (std::size_t arrived = 1000; arrived < 1'000'000; arrived += 1000) {
    input = some;
    REQUIRE(reader.next(input, kNoBound).step == FrameReader::Step::need_more);
    REQUIRE(reader.held_bytes() <= std::min<std::size_t>(2 * arrived, 1'000'000));
  }
}

TEST_CASE("frame reader: it holds no more than it may", "[frames]") {
  FrameReader reader{1'000'000};
  const auto length = encode_frame_length(1000);
  ByteView input{length};
  reader.next(input, 0);
  const Bytes some(499);
  input = some;
  CHECK(reader.next(input, 600).step == FrameReader::Step::need_more);
  CHECK(reader.held_bytes() <= 600);
  input = some;
  CHECK(reader.next(input, 600).step == FrameReader::Step::no_room);
}

TEST_CASE("frame reader: empty and too long frames are malformed", "[frames]") {
  struct Row {
    std::size_t length;
    FrameReader::Step step;
  };
  const auto row = GENERATE(values<Row>({{0, FrameReader::Step::malformed},
                                         {1, FrameReader::Step::need_more},
                                         {100, FrameReader::Step::need_more},
                                         {101, FrameReader::Step::malformed},
                                         {0xffffffff, FrameReader::Step::malformed}}));
  FrameReader reader{100};
  const auto length = encode_frame_length(row.length);
  ByteView input{length};
  CAPTURE(row.length);
  CHECK(reader.next(input, kNoBound).step == row.step);
}

}  // namespace
}  // namespace gossamer
