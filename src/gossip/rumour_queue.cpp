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
                                        [](const Level& level) { return !level.is_empty(); });
    drop(most_told->oldest);
  }
  if (told_.empty()) told_.resize(1);
  Place place = free_;
  if (place == kNone) {
    place = static_cast<Place>(rumours_.size());
    rumours_.emplace_back();
  } else {
    free_ = rumours_[place].older;
  }
  rumours_[place] = {&entry, pushes_++, static_cast<std::uint32_t>(bytes), 0, kNone, kNone};
  link(place, told_.front().newest);
  known_.insert({&entry, place});
}

void RumourQueue::erase(const Entry& entry) {
  const Place place = place_of(entry);
  if (place != kNone) drop(place);
}

void RumourQueue::note_heard(const Entry& entry, std::size_t told_min, std::size_t tellings_max) {
  const Place place = place_of(entry);
  if (place == kNone || rumours_[place].tellings < told_min) return;
  count_telling(place, tellings_max);
}

// The oldest is counted first: so each finds its place among the newer ones at once.
std::vector<const Entry*> RumourQueue::take(std::size_t bytes_max, std::size_t tellings_max,
                                            const Tellings& tellings) {
  const std::vector<Place> picked = pick(bytes_max, tellings);
  std::vector<const Entry*> entries = entries_of(picked);
  for (auto at = picked.rbegin(); at != picked.rend(); ++at) count_telling(*at, tellings_max);
  return entries;
}

std::vector<const Entry*> RumourQueue::ride(std::size_t bytes_max, std::size_t tellings_max) {
  const std::vector<Place> picked = pick(bytes_max, Tellings{});
  std::vector<const Entry*> entries = entries_of(picked);
  for (auto at = picked.rbegin(); at != picked.rend(); ++at) {
    if (rumours_[*at].tellings > 0) count_telling(*at, tellings_max);
  }
  return entries;
}

std::vector<RumourQueue::Place> RumourQueue::pick(std::size_t bytes_max,
                                                  const Tellings& tellings) const {
  std::vector<Place> picked;
  std::size_t misfits = 0;
  for (std::size_t i = tellings.min; i < std::min(tellings.below, told_.size()); ++i) {
    for (Place at = told_[i].newest; at != kNone && misfits < kMisfitsMax;
         at = rumours_[at].older) {
      if (rumours_[at].bytes > bytes_max) {
        ++misfits;
        continue;
      }
      bytes_max -= rumours_[at].bytes;
      picked.push_back(at);
    }
  }
  return picked;
}

std::vector<const Entry*> RumourQueue::entries_of(const std::vector<Place>& picked) const {
  std::vector<const Entry*> entries;
  entries.reserve(picked.size());
  for (const Place place : picked) entries.push_back(rumours_[place].entry);
  return entries;
}

void RumourQueue::count_telling(Place place, std::size_t tellings_max) {
  const std::size_t tellings = rumours_[place].tellings + std::size_t{1};
  if (tellings >= tellings_max) return drop(place);
  if (told_.size() <= tellings) told_.emplace_back();
  unlink(place);
  rumours_[place].tellings = static_cast<std::uint32_t>(tellings);
  link(place, next_older(rumours_[place].push, told_[tellings]));
}

// From both ends: where thousands wait, those that are told next are older than all that were told
// before them.
RumourQueue::Place RumourQueue::next_older(std::uint64_t push, const Level& level) const {
  Place older = level.newest;
  Place newer = level.oldest;
  while (older != kNone && rumours_[older].push >= push) {
    if (rumours_[newer].push >= push) return rumours_[newer].older;
    older = rumours_[older].older;
    newer = rumours_[newer].newer;
  }
  return older;
}

RumourQueue::Place RumourQueue::place_of(const Entry& entry) const {
  const auto at = known_.find(&entry);
  return at == known_.end() ? kNone : at->place;
}

// Before `older`, or as the oldest.
void RumourQueue::link(Place place, Place older) {
  Rumour& rumour = rumours_[place];
  Level& level = told_[rumour.tellings];
  rumour.older = older;
  Place& below = older == kNone ? level.oldest : rumours_[older].newer;
  rumour.newer = below;
  below = place;
  (rumour.newer == kNone ? level.newest : rumours_[rumour.newer].older) = place;
}

void RumourQueue::unlink(Place place) {
  const Rumour& rumour = rumours_[place];
  Level& level = told_[rumour.tellings];
  (rumour.newer == kNone ? level.newest : rumours_[rumour.newer].older) = rumour.older;
  (rumour.older == kNone ? level.oldest : rumours_[rumour.older].newer) = rumour.newer;
}

// When the last is gone the room of all is given back.
void RumourQueue::drop(Place place) {
  unlink(place);
  known_.remove(rumours_[place].entry);
  if (known_.is_empty()) {
    rumours_ = std::vector<Rumour>();  // Assigned `{}` it would keep its room.
    free_ = kNone;
  } else {
    rumours_[place].older = free_;
    free_ = place;
  }
}

}  // namespace gossamer::gossip
