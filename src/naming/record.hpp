#pragma once

#include <cstddef>
#include <cstdint>

#include "gossamer/naming_record.hpp"
#include "gossamer/result.hpp"
#include "gossip/entry.hpp"

namespace gossamer::naming {

/// What a node says of an instance that it runs. Versions are raised only by that node.
struct RecordStatement {
  NameRecord record{};  ///< record.node is the author.
  std::uint64_t version = 0;
  bool is_withdrawn = false;

  friend bool operator==(const RecordStatement&, const RecordStatement&) = default;
};

constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kAttributesMax = 16;
/// Keys and values of one record together: ten of 100 bytes still leave in one datagram of 1400
/// bytes. docs/WIRE.md has the sum.
constexpr std::size_t kAttributeBytesMax = 1024;
constexpr std::size_t kAddressBytesMax = 64;

/// Errors: invalid_argument names the first bad field and its range.
Result<void> validate(const NameRecord& record);

/// {record, node, "ledger/0"}.
gossip::EntryKey key_of(const NameRecord& record);

}  // namespace gossamer::naming
