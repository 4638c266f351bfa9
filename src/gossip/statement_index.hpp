#pragma once

#include <cstddef>
#include <vector>

#include "gossip/entry.hpp"

namespace gossamer::gossip {

/// Recognises statements that are held, by their bytes: most of what comes has come before, and to
/// decode it costs many times as much. A table of places that later entries take over, so one that
/// is held may be missed.
///
/// **Lifetime**: an entry is removed before it ends or its statement changes.
class StatementIndex {
 public:
  /// `held`: how many entries there are, this one among them.
  void add(const Entry& entry, std::size_t held);
  void remove(const Entry& entry);
  /// The entry whose statement is exactly this, or null.
  const Entry* find(ByteView statement) const;

 private:
  std::size_t place_of(ByteView statement) const;
  void grow();

  std::vector<const Entry*> places_;  ///< A power of two of them, or none.
};

}  // namespace gossamer::gossip
