#include "discovery/ec2_pace.hpp"

#include <algorithm>

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFirstWithin{1'000};
constexpr milliseconds kUnfound{5'000};
constexpr milliseconds kThrottledMax{600'000};
constexpr milliseconds kCalmMax{86'400'000};
constexpr unsigned kDoublingsMax = 12;  // More change nothing, and never overflow.

milliseconds doubled(milliseconds interval, unsigned times) {
  return interval * (1LL << std::min(times, kDoublingsMax));
}

}  // namespace

void Ec2Pace::on_found(std::size_t machines, std::size_t pages) {
  constexpr std::size_t kMost = 1'000'000;
  const std::size_t calls = std::min(machines, kMost) * std::min(pages, kMost);
  const milliseconds shared = seconds{static_cast<std::int64_t>(calls)};
  calm_ = std::max(milliseconds{stated_}, std::min(shared, kCalmMax));
  misses_ = 0;
  has_failed_ = false;
  if (doublings_ > 0) --doublings_;
}

void Ec2Pace::on_nothing_found() {
  misses_ = std::min(misses_ + 1, kDoublingsMax);
  has_failed_ = false;
  if (doublings_ > 0) --doublings_;
}

void Ec2Pace::on_failed() {
  misses_ = std::min(misses_ + 1, kDoublingsMax);
  has_failed_ = true;
}

void Ec2Pace::on_throttled() {
  has_failed_ = false;
  doublings_ = std::min(doublings_ + 1, kDoublingsMax);
}

milliseconds Ec2Pace::throttled(milliseconds interval) const {
  return std::max(interval, std::min(doubled(interval, doublings_), kThrottledMax));
}

Discovery::Pace Ec2Pace::pace() const {
  const milliseconds unfound = std::min(calm_, doubled(kUnfound, misses_ == 0 ? 0 : misses_ - 1));
  Discovery::Pace pace;
  pace.first_within = kFirstWithin;
  pace.interval = throttled(has_failed_ ? unfound : calm_);
  pace.interval_unfound = throttled(unfound);
  return pace;
}

}  // namespace gossamer
