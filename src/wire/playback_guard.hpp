#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/instant.hpp"

namespace gossamer::wire {

/// Numbers, none of them 0, up to a bound. Open addressing: 16 bytes for each at most.
class MarkSet {
 public:
  explicit MarkSet(std::size_t marks_max) : marks_max_(marks_max) {}
  bool contains(std::uint64_t mark) const;
  /// Requires: not full, and not there.
  void insert(std::uint64_t mark);
  bool is_full() const { return size_ >= marks_max_; }
  std::size_t size() const { return size_; }

 private:
  std::size_t place_of(std::uint64_t mark) const;

  std::size_t marks_max_;
  std::size_t size_ = 0;
  std::vector<std::uint64_t> places_{};  ///< A power of two of them, half of them free. 0: free.
};

/// Lets every frame in once, and only for a while after it was sent. It trusts the time that a
/// frame carries, which is under its seal, and remembers nothing by sender: who holds the key and
/// says things in another's name cannot silence it with them.
///
/// A frame may come from a clock that is fast or slow by `window`, so what was seen is remembered
/// for twice that. When more than kMarksMax come in that time the oldest are forgotten sooner, and
/// are then kept out by their age alone.
class PlaybackGuard {
 public:
  static constexpr std::size_t kMarksMax = 65'536;  ///< Of each of two halves.
  enum class Verdict : std::uint8_t { fresh, late, replayed };

  /// A window of 0 lets everything in.
  explicit PlaybackGuard(std::chrono::milliseconds window) : window_(window) {}

  /// Of a frame whose seal held: `mark` is a part of the seal, `wall_ms` this machine's clock.
  Verdict judge(Instant now, std::uint64_t wall_ms, std::uint64_t sent_ms, std::uint64_t mark);
  std::size_t remembered() const { return young_.size() + old_.size(); }

 private:
  std::chrono::milliseconds window_;
  MarkSet young_{kMarksMax};
  MarkSet old_{kMarksMax};
  Instant turned_{};  ///< When the young became the old.
};

}  // namespace gossamer::wire
