#include "wire/playback_guard.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace gossamer::wire {
namespace {

constexpr std::size_t kPlacesMin = 64;

}  // namespace

bool MarkSet::contains(std::uint64_t mark) const {
  return size_ > 0 && places_[place_of(mark)] == mark;
}

void MarkSet::insert(std::uint64_t mark) {
  GOSSAMER_ASSERT(mark != 0 && !is_full());
  if (2 * (size_ + 1) > places_.size()) {
    const std::vector<std::uint64_t> before = std::exchange(
        places_, std::vector<std::uint64_t>(std::max(kPlacesMin, 2 * places_.size())));
    for (const std::uint64_t held : before) {
      if (held != 0) places_[place_of(held)] = held;
    }
  }
  places_[place_of(mark)] = mark;
  ++size_;
}

// Where it is, or where it would go. Marks are as good as random: nobody without the key chooses
// one.
std::size_t MarkSet::place_of(std::uint64_t mark) const {
  const std::size_t mask = places_.size() - 1;
  std::size_t at = static_cast<std::size_t>(mark) & mask;
  while (places_[at] != 0 && places_[at] != mark) at = (at + 1) & mask;
  return at;
}

PlaybackGuard::Verdict PlaybackGuard::judge(Instant now, std::uint64_t wall_ms,
                                            std::uint64_t sent_ms, std::uint64_t mark) {
  if (window_.count() == 0) return Verdict::fresh;
  const std::uint64_t apart = wall_ms > sent_ms ? wall_ms - sent_ms : sent_ms - wall_ms;
  if (apart > static_cast<std::uint64_t>(window_.count())) return Verdict::late;
  if (mark == 0) mark = 1;
  if (young_.contains(mark) || old_.contains(mark)) return Verdict::replayed;
  if (young_.is_full() || now >= turned_ + 2 * window_) {
    // After a longer silence the young are old enough to be forgotten as well.
    const bool is_long_ago = now >= turned_ + 4 * window_;
    old_ = is_long_ago ? MarkSet{kMarksMax} : std::move(young_);
    young_ = MarkSet{kMarksMax};
    turned_ = now;
  }
  young_.insert(mark);
  return Verdict::fresh;
}

}  // namespace gossamer::wire
