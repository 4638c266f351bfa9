#include "gossip/rumour_queue.hpp"

#include "base/assert.hpp"

namespace gossamer::gossip {

void RumourQueue::push(const EntryKey& key) {
  GOSSAMER_ASSERT(rumours_max_ > 0);
  erase(key);
  // The newest is the least known, so room is made by what was told most.
  while (order_.size() >= rumours_max_) {
    const Place last = *order_.rbegin();
    erase(std::get<2>(last));
  }
  // Counting down puts the newest first.
  const Place place{0, std::numeric_limits<std::uint64_t>::max() - pushes_++, key};
  order_.insert(place);
  places_.emplace(key, place);
}

void RumourQueue::erase(const EntryKey& key) {
  const auto at = places_.find(key);
  if (at == places_.end()) return;
  order_.erase(at->second);
  places_.erase(at);
}

void RumourQueue::note_heard(const EntryKey& key, std::size_t told_min, std::size_t tellings_max) {
  const auto at = places_.find(key);
  if (at == places_.end() || std::get<0>(at->second) < told_min) return;
  count_telling(Place{at->second}, tellings_max);
}

void RumourQueue::count_telling(const Place& place, std::size_t tellings_max) {
  const auto [tellings, age, key] = place;
  const auto at = places_.find(key);
  GOSSAMER_ASSERT(at != places_.end());
  order_.erase(place);
  if (tellings + 1 >= tellings_max) {
    places_.erase(at);
    return;
  }
  at->second = Place{tellings + 1, age, key};
  order_.insert(at->second);
}

}  // namespace gossamer::gossip
