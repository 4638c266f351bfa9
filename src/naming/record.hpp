#pragma once

#include <cstdint>

#include "gossamer/naming_record.hpp"
#include "gossip/entry.hpp"

namespace gossamer::naming {

/// What a node says of an instance that it runs. Versions are raised only by that node.
struct RecordStatement {
  NameRecord record{};  ///< record.node is the author.
  std::uint64_t version = 0;
  bool is_withdrawn = false;

  friend bool operator==(const RecordStatement&, const RecordStatement&) = default;
};

/// {record, node, "ledger/0"}.
gossip::EntryKey key_of(const NameRecord& record);

}  // namespace gossamer::naming
