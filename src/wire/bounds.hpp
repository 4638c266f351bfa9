#pragma once

#include <cstddef>
#include <cstdint>

#include "base/counter.hpp"

// What a decoder accepts from others. Whoever takes such a value from a user checks it against the
// same numbers, else the node says what nobody accepts. Those of a record are in naming/record.hpp.
// docs/WIRE.md has the whole table.

namespace gossamer::wire {

constexpr std::size_t kAddressBytesMax = 45;  ///< The longest numeric IPv6 address.
constexpr std::size_t kMemberNameBytesMax = 64;
constexpr std::size_t kMetadataBytesMax = 256;
constexpr std::size_t kStoreIdBytesMax = 64;
constexpr std::size_t kStorePlaceBytesMax = 1024;  ///< For people: an encoder cuts what is longer.
constexpr std::size_t kAdmissionBytesMax = 256;    ///< Later versions may be longer than ours.
constexpr std::size_t kZoneBytesMax = 64;
constexpr std::size_t kServiceNameBytesMax = 64;
constexpr std::size_t kEntryNameBytesMax = 160;  ///< A record's name, a slash and its ordinal fit.

using gossamer::kCounterMax;

}  // namespace gossamer::wire
