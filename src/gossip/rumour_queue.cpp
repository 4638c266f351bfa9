#include "gossip/rumour_queue.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace gossamer::gossip {
namespace {

// When so many do not fit, the room is used up, most likely. A long queue is not searched to its
// end for each packet.
constexpr std::size_t kMisfitsMax = 64;

}  // namespace

void RumourQueue::push(const Entry& entry, std::size_t bytes) {
  GOSSAMER_ASSERT(rumours_max_ > 0);
  erase(entry);
  // The newest is the least known, so room is made by what was told most.
  while (size() >= rumours_max_) {
    const auto most_told = std::find_if(told_.rbegin(), told_.rend(),
                                        [](const Rumours& rumours) { return !rumours.empty(); });
    drop(std::prev(most_told->end()));
  }
  if (told_.empty()) told_.resize(1);
  told_.front().push_front({&entry, bytes, 0, pushes_++});
  place_of_.emplace(&entry, told_.front().begin());
}

void RumourQueue::erase(const Entry& entry) {
  const auto at = place_of_.find(&entry);
  if (at != place_of_.end()) drop(at->second);
}

void RumourQueue::note_heard(const Entry& entry, std::size_t told_min, std::size_t tellings_max) {
  const auto at = place_of_.find(&entry);
  if (at == place_of_.end() || at->second->tellings < told_min) return;
  count_telling(at->second, tellings_max);
}

// The oldest is counted first: so each finds its place among the newer ones at once.
std::vector<const Entry*> RumourQueue::take(std::size_t bytes_max, std::size_t tellings_max,
                                            const Tellings& tellings) {
  const std::vector<Rumours::iterator> picked = pick(bytes_max, tellings);
  std::vector<const Entry*> entries = entries_of(picked);
  for (auto at = picked.rbegin(); at != picked.rend(); ++at) count_telling(*at, tellings_max);
  return entries;
}

std::vector<const Entry*> RumourQueue::ride(std::size_t bytes_max, std::size_t tellings_max) {
  const std::vector<Rumours::iterator> picked = pick(bytes_max, Tellings{});
  std::vector<const Entry*> entries = entries_of(picked);
  for (auto at = picked.rbegin(); at != picked.rend(); ++at) {
    if ((*at)->tellings > 0) count_telling(*at, tellings_max);
  }
  return entries;
}

std::vector<RumourQueue::Rumours::iterator> RumourQueue::pick(std::size_t bytes_max,
                                                              const Tellings& tellings) {
  std::vector<Rumours::iterator> picked;
  std::size_t misfits = 0;
  for (std::size_t i = tellings.min; i < std::min(tellings.below, told_.size()); ++i) {
    for (auto at = told_[i].begin(); at != told_[i].end() && misfits < kMisfitsMax; ++at) {
      if (at->bytes > bytes_max) {
        ++misfits;
        continue;
      }
      bytes_max -= at->bytes;
      picked.push_back(at);
    }
  }
  return picked;
}

std::vector<const Entry*> RumourQueue::entries_of(const std::vector<Rumours::iterator>& picked) {
  std::vector<const Entry*> entries;
  entries.reserve(picked.size());
  for (const Rumours::iterator& rumour : picked) entries.push_back(rumour->entry);
  return entries;
}

void RumourQueue::count_telling(Rumours::iterator rumour, std::size_t tellings_max) {
  Rumours& before = told_[rumour->tellings];
  if (++rumour->tellings >= tellings_max) {
    place_of_.erase(rumour->entry);
    before.erase(rumour);
    return;
  }
  if (told_.size() <= rumour->tellings) told_.emplace_back();
  Rumours& after = told_[rumour->tellings];
  const auto older = std::find_if(after.begin(), after.end(),
                                  [&](const Rumour& other) { return other.push < rumour->push; });
  after.splice(older, told_[rumour->tellings - 1], rumour);
}

void RumourQueue::drop(Rumours::iterator rumour) {
  place_of_.erase(rumour->entry);
  told_[rumour->tellings].erase(rumour);
}

}  // namespace gossamer::gossip
