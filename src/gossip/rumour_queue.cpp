#include "gossip/rumour_queue.hpp"

#include <iterator>

#include "base/assert.hpp"

namespace gossamer::gossip {

void RumourQueue::push(const EntryKey& key) {
  GOSSAMER_ASSERT(rumours_max_ > 0);
  erase(key);
  // The newest is the least known, so room is made by what was told most.
  while (order_.size() >= rumours_max_) {
    const Rumours::iterator last = *order_.rbegin();
    order_.erase(std::prev(order_.end()));
    rumours_.erase(last);
  }
  order_.insert(rumours_.emplace(key, Telling{0, pushes_++}).first);
}

void RumourQueue::erase(const EntryKey& key) {
  const auto at = rumours_.find(key);
  if (at == rumours_.end()) return;
  order_.erase(at);
  rumours_.erase(at);
}

void RumourQueue::note_heard(const EntryKey& key, std::size_t told_min, std::size_t tellings_max) {
  const auto at = rumours_.find(key);
  if (at == rumours_.end() || at->second.tellings < told_min) return;
  count_telling(at, tellings_max);
}

// Its place changes with it, so it leaves the order for the while.
void RumourQueue::count_telling(Rumours::iterator rumour, std::size_t tellings_max) {
  order_.erase(rumour);
  if (++rumour->second.tellings >= tellings_max) {
    rumours_.erase(rumour);
  } else {
    order_.insert(rumour);
  }
}

}  // namespace gossamer::gossip
