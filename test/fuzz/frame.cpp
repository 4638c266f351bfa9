// Sealer::open: bytes as they come, and what somebody with the key has sealed.

#include "wire/frame.hpp"

#include <algorithm>

#include "target.hpp"
#include "wire/playback_guard.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kWallMs = 1'500'000'000'000;
  const ByteView input{data, size};
  const wire::ClusterKey key{{1, 2, 3}};
  const wire::Sealer here{key, "fuzz", NodeId{{1}}, 7};
  // Nobody guesses a seal: what is let in was sealed with the key.
  GOSSAMER_ASSERT(!here.open(input));

  // Behind a header and a seal that hold, so that more than the first bytes are looked at.
  wire::Sealer there{key, "fuzz", NodeId{{2}}, size};
  Bytes frame = there.seal(input, kWallMs);
  const auto opened = here.open(frame);
  GOSSAMER_ASSERT(opened && std::equal(input.begin(), input.end(), opened->payload.begin(),
                                       opened->payload.end()));
  wire::PlaybackGuard guard{std::chrono::seconds{120}};
  using Verdict = wire::PlaybackGuard::Verdict;
  GOSSAMER_ASSERT(guard.judge({}, kWallMs, opened->sent_ms, opened->mark) == Verdict::fresh);
  GOSSAMER_ASSERT(guard.judge({}, kWallMs, opened->sent_ms, opened->mark) == Verdict::replayed);

  // One byte altered, one end cut off, anywhere.
  const std::size_t place = size == 0 ? 0 : (data[0] * 256U + data[size - 1]) % frame.size();
  GOSSAMER_ASSERT(!here.open(ByteView{frame}.first(place)));
  frame[place] ^= static_cast<std::uint8_t>(size == 0 ? 1 : data[size / 2] | 1);
  GOSSAMER_ASSERT(!here.open(frame));
  return 0;
}
