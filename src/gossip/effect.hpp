#pragma once

#include "gossip/entry.hpp"

// Orders about entries that every engine above gossip may give.

namespace gossamer::gossip {

/// Stop holding the entry.
struct Forget {
  EntryKey key;
};
/// Hold it, but tell nobody any more: it is about to be forgotten everywhere.
struct Hush {
  EntryKey key;
};
/// Tell of it again as of any other: who was to be forgotten is back. Nothing, if it is not hushed.
struct Unhush {
  EntryKey key;
};
/// A rare path was taken. Costs nothing when nobody listens; the simulator counts them, to find
/// paths that no test reaches.
struct Trace {
  const char* mark;
};

}  // namespace gossamer::gossip
