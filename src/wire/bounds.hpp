#pragma once

#include <cstddef>
#include <cstdint>

// What a decoder accepts from others. Whoever takes such a value from a user checks it against the
// same numbers, else the node says what nobody accepts. Those of a record are in naming/record.hpp.
// docs/WIRE.md has the whole table.

namespace gossamer::wire {

constexpr std::size_t kAddressBytesMax = 45;  ///< The longest numeric IPv6 address.
constexpr std::size_t kMemberNameBytesMax = 64;
constexpr std::size_t kMetadataBytesMax = 256;
constexpr std::size_t kStoreIdBytesMax = 64;
constexpr std::size_t kStorePlaceBytesMax = 1024;  ///< For people: an encoder cuts what is longer.
constexpr std::size_t kServiceNameBytesMax = 64;
constexpr std::size_t kEntryNameBytesMax = 160;  ///< A record's name, a slash and its ordinal fit.

/// Incarnations, versions, epochs and slots. No honest one comes near it; a hostile one beyond it
/// could not be outbid, and would overflow what is computed from it.
constexpr std::uint64_t kCounterMax = std::uint64_t{1} << 62;

}  // namespace gossamer::wire
