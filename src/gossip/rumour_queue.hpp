#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "gossip/entry.hpp"

namespace gossamer::gossip {

/// News on its way: which entries still have to be told, least-told first, newest first among
/// equals. Bounded: a full queue forgets the most-told one, which anti-entropy can still repair.
class RumourQueue {
 public:
  static constexpr std::size_t kAnyTellings = std::numeric_limits<std::size_t>::max();

  /// Requires: rumours_max > 0.
  explicit RumourQueue(std::size_t rumours_max) : rumours_max_(rumours_max) {}

  /// News of a key replaces older news of it.
  void push(const EntryKey& key);
  void erase(const EntryKey& key);
  /// Another has told it to us: as good as telling it once more, if it has been told `told_min`
  /// times.
  void note_heard(const EntryKey& key, std::size_t told_min, std::size_t tellings_max);
  /// Picks keys while `size_of(key)` fits into `bytes_max`, and counts them as told once more;
  /// those told `tellings_max` times are dropped. Only those told less than `told_below` times.
  template <class SizeOf>
  std::vector<EntryKey> take(std::size_t bytes_max, std::size_t tellings_max, SizeOf size_of,
                             std::size_t told_below = kAnyTellings) {
    std::vector<EntryKey> taken;
    std::vector<Rumours::iterator> told;
    std::size_t misfits = 0;
    for (const Rumours::iterator& rumour : order_) {
      if (rumour->second.tellings >= told_below) break;
      const std::size_t size = size_of(rumour->first);
      if (size > bytes_max) {
        // The room is used up, most likely. A long queue is not searched to its end for each
        // packet.
        if (++misfits >= kMisfitsMax) break;
        continue;
      }
      bytes_max -= size;
      taken.push_back(rumour->first);
      told.push_back(rumour);
    }
    for (const Rumours::iterator& rumour : told) count_telling(rumour, tellings_max);
    return taken;
  }
  bool is_empty() const { return order_.empty(); }
  std::size_t size() const { return order_.size(); }

 private:
  static constexpr std::size_t kMisfitsMax = 64;
  struct Telling {
    std::size_t tellings;
    std::uint64_t push;  ///< Which one it was.
  };
  using Rumours = std::map<EntryKey, Telling>;
  struct ToldLessOrNewer {
    bool operator()(const Rumours::iterator& a, const Rumours::iterator& b) const {
      if (a->second.tellings != b->second.tellings) return a->second.tellings < b->second.tellings;
      return a->second.push > b->second.push;
    }
  };
  void count_telling(Rumours::iterator rumour, std::size_t tellings_max);

  std::size_t rumours_max_;
  std::uint64_t pushes_ = 0;
  Rumours rumours_;
  std::set<Rumours::iterator, ToldLessOrNewer> order_;
};

}  // namespace gossamer::gossip
