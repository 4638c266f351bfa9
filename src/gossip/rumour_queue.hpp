#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "base/sorted_chunks.hpp"
#include "gossip/entry.hpp"

namespace gossamer::gossip {

/// News on its way: which entries still have to be told, least-told first, newest first among
/// equals. Bounded: a full queue forgets the most-told one, which anti-entropy can still repair.
///
/// **Lifetime**: an entry is erased here before it moves or ends.
class RumourQueue {
 public:
  /// Requires: rumours_max > 0.
  explicit RumourQueue(std::size_t rumours_max) : rumours_max_(rumours_max) {}

  /// `bytes`: what it takes of a packet. One that is being told begins anew.
  void push(const Entry& entry, std::size_t bytes);
  void erase(const Entry& entry);
  /// Another has told it to us: as good as telling it once more, if it has been told `told_min`
  /// times.
  void note_heard(const Entry& entry, std::size_t told_min, std::size_t tellings_max);
  /// How often a rumour must have been told to be taken: from `min` to below `below`. None has been
  /// told before its first round.
  struct Tellings {
    std::size_t min = 0;
    std::size_t below = std::numeric_limits<std::size_t>::max();
  };
  /// Picks entries while they fit into `bytes_max`, and counts them as told once more; those told
  /// `tellings_max` times are dropped.
  std::vector<const Entry*> take(std::size_t bytes_max, std::size_t tellings_max,
                                 const Tellings& tellings);
  std::vector<const Entry*> take(std::size_t bytes_max, std::size_t tellings_max) {
    return take(bytes_max, tellings_max, Tellings{});
  }
  /// The same for a packet that goes anyway. One before its first round does not count as told.
  std::vector<const Entry*> ride(std::size_t bytes_max, std::size_t tellings_max);
  /// Some wait for their first round.
  bool has_untold() const { return !told_.empty() && !told_.front().is_empty(); }
  bool is_empty() const { return known_.is_empty(); }
  std::size_t size() const { return known_.size(); }
  /// For how many it holds memory: none, once all are told.
  std::size_t room() const { return rumours_.capacity(); }

 private:
  /// Where a rumour stands in `rumours_`.
  using Place = std::uint32_t;
  static constexpr Place kNone = std::numeric_limits<Place>::max();
  /// 32 bytes: where many nodes come at once there are thousands of them at each.
  struct Rumour {
    const Entry* entry;
    std::uint64_t push;  ///< Which one it was.
    std::uint32_t bytes;
    std::uint32_t tellings;
    Place newer;  ///< Of those told as often.
    Place older;  ///< Of a free place: the next free one.
  };
  /// Those that were told equally often.
  struct Level {
    Place newest = kNone;
    Place oldest = kNone;
    bool is_empty() const { return newest == kNone; }
  };
  struct Known {
    const Entry* entry;
    Place place;
  };
  struct ByEntry {
    bool operator()(const Known& a, const Known& b) const {
      return std::less<>{}(a.entry, b.entry);
    }
    bool operator()(const Known& a, const Entry* b) const { return std::less<>{}(a.entry, b); }
    bool operator()(const Entry* a, const Known& b) const { return std::less<>{}(a, b.entry); }
  };
  std::vector<Place> pick(std::size_t bytes_max, const Tellings& tellings) const;
  std::vector<const Entry*> entries_of(const std::vector<Place>& picked) const;
  void count_telling(Place place, std::size_t tellings_max);
  /// The newest of those that are older than this push.
  Place next_older(std::uint64_t push, const Level& level) const;
  Place place_of(const Entry& entry) const;
  void link(Place place, Place older);
  void unlink(Place place);
  void drop(Place place);

  std::size_t rumours_max_;
  std::uint64_t pushes_ = 0;
  std::vector<Level> told_;  ///< By how often; the newest first.
  std::vector<Rumour> rumours_;
  Place free_ = kNone;  ///< The first place of `rumours_` that nobody has.
  SortedChunks<Known, ByEntry> known_;
};

}  // namespace gossamer::gossip
