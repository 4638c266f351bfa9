#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "gossip/entry.hpp"

namespace gossamer::gossip {

/// Nothing but the entries that ride along.
struct Rumours {};

/// Opens a comparison, or a join: "my state hashes to this". Answered by SyncBuckets if it differs.
/// A joiner's own member entry rides along.
struct SyncDigest {
  std::uint64_t digest = 0;
  std::uint64_t entry_count = 0;
};
/// "It differs; these are the hashes of my buckets", kBucketCount of them.
struct SyncBuckets {
  std::vector<std::uint64_t> buckets;
};
/// "In these buckets we differ; this is what I hold there."
struct SyncKeys {
  struct Held {
    EntryKey key;
    std::uint64_t version = 0;
  };
  std::vector<std::uint16_t> buckets;  ///< The buckets meant, ascending.
  std::vector<Held> held;
};
/// "Send me these." What the other lacks rides along as entries.
struct SyncWants {
  std::vector<EntryKey> keys;
};

constexpr std::size_t kBucketCount = 64;

using Message = std::variant<Rumours, SyncDigest, SyncBuckets, SyncKeys, SyncWants>;

}  // namespace gossamer::gossip
