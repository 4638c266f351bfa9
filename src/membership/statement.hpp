#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gossamer/bytes.hpp"
#include "gossamer/membership.hpp"

namespace gossamer::membership {

/// What a node says of itself. Its entry's version is the incarnation.
struct MemberStatement {
  std::string name{};
  Endpoint endpoint{};
  Incarnation incarnation = 0;
  bool is_leaving = false;
  std::string metadata{};
  std::string store_id{};     ///< cluster-id of its object store; empty without one.
  std::string store_place{};  ///< For the message when two stores differ.
  /// Of the cluster keys that it holds, the primary first. Empty: it does not say.
  std::vector<std::uint32_t> key_ids{};
  /// Versions of the wire that it reads, all between these.
  std::uint8_t wire_oldest = 1;
  std::uint8_t wire_newest = 1;
  Bytes admission{};   ///< An authority's word that it may take part (wire::Admission), or nothing.
  std::string zone{};  ///< Of its machine; empty: it does not say.

  friend bool operator==(const MemberStatement&, const MemberStatement&) = default;
};

/// What another node says of a member: it did not answer (suspect), or it is down. It counts as
/// long as the accused has not said anything under a higher incarnation.
struct Verdict {
  NodeId accused{};
  Incarnation incarnation = 0;  ///< The newest that the accuser had heard.
  MemberState state = MemberState::suspect;
  /// Nobody listens there, as the accuser and a panel found. Whoever finds the same believes it at
  /// once.
  bool is_refused = false;

  /// Of two verdicts the one with the higher version counts.
  std::uint64_t version() const { return incarnation * 2 + (state == MemberState::down ? 1 : 0); }
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// Nobody restarts or refutes that often. Leaves room above, for raising and for Verdict::version.
constexpr Incarnation kIncarnationMax = Incarnation{1} << 62;
constexpr std::size_t kKeyIdsMax = 8;

/// Whether every field is within its bounds: name 64 bytes, metadata 256, address 64, store_id 64,
/// store_place 1024, key_ids 8, versions from 1 and in order, admission 256, zone 64, an endpoint
/// that can be sent to, an incarnation that can still be raised.
bool is_acceptable(const MemberStatement& statement);
bool is_acceptable(const Verdict& verdict);

}  // namespace gossamer::membership
