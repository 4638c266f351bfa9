#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "gossamer/ids.hpp"

namespace gossamer {

/// One instance's entry in the naming registry.
struct NameRecord {
  std::string name{};         ///< Service name, e.g. `ledger`. 1 to 128 bytes.
  std::uint32_t ordinal = 0;  ///< Which unit, for owned services.
  NodeId node{};              ///< Who published it.
  Endpoint endpoint{};        ///< Where it serves.
  Epoch epoch = 0;            ///< Of the owned unit; 0 for what is merely published.
  /// At most 16 attributes, of at most 1024 bytes in all, keys included. Published ones travel in
  /// one datagram (of the usual 1400 bytes) if name, address, keys and values have together at most
  /// 1170 bytes, less 17 for each attribute; so do ten of 100 bytes with keys of one, beside a name
  /// and an address of 20. A longer record goes by TCP.
  std::map<std::string, std::string> attributes{};
  /// Which form the attributes have, by the users' own numbering; 0: one that every program knows.
  /// Raise it when programs that run now might stumble over what is new: those read the record only
  /// after a few nodes have lived with it (NodeOptions::known_schemas).
  std::uint32_t schema = 0;
  bool is_stale = false;  ///< From the cache of an earlier run; not confirmed since.

  friend bool operator==(const NameRecord&, const NameRecord&) = default;
};

}  // namespace gossamer
