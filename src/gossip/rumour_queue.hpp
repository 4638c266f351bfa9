#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <vector>

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
  bool has_untold() const { return !told_.empty() && !told_.front().empty(); }
  bool is_empty() const { return place_of_.empty(); }
  std::size_t size() const { return place_of_.size(); }

 private:
  struct Rumour {
    const Entry* entry;
    std::size_t bytes;
    std::size_t tellings;
    std::uint64_t push;  ///< Which one it was.
  };
  using Rumours = std::list<Rumour>;
  std::vector<Rumours::iterator> pick(std::size_t bytes_max, const Tellings& tellings);
  static std::vector<const Entry*> entries_of(const std::vector<Rumours::iterator>& picked);
  void count_telling(Rumours::iterator rumour, std::size_t tellings_max);
  void drop(Rumours::iterator rumour);

  std::size_t rumours_max_;
  std::uint64_t pushes_ = 0;
  std::vector<Rumours> told_;  ///< By how often; the newest first.
  std::map<const Entry*, Rumours::iterator> place_of_;
};

}  // namespace gossamer::gossip
