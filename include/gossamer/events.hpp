#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gossamer/membership.hpp"

namespace gossamer {

/// Nodes became usable: first sight, or back from being down.
struct MembersUp {
  std::vector<Member> members;
};
/// A node missed its probes. Advisory; most suspicions are refuted.
struct MemberSuspected {
  Member member;
};
/// Nodes are down: many at once as one event, without those that are back before it is told.
struct MembersDown {
  std::vector<Member> members;
};
/// A node left on purpose.
struct MemberLeft {
  Member member;
};
/// The cluster doubted or declared down *this* node, which has refuted it.
struct SelfRefuted {
  Incarnation incarnation = 0;
};
/// A node with another object store tried to join, or we did. Both places are named.
struct ForeignObjectStore {
  NodeId node;
  std::string here;
  std::string there;
};
/// A service was deployed or undeployed.
struct SpecChanged {
  std::string service;
  std::uint64_t version = 0;
  bool deployed = false;
};
/// A unit has a new owner. `owner` is zero while nobody owns it.
struct OwnershipChanged {
  UnitId unit;
  NodeId owner;
  Epoch epoch = 0;
};
/// The owner of a unit is down here, yet its journal grows: we cannot reach it, others can.
struct OwnerUnreachable {
  UnitId unit;
  NodeId owner;
};
/// This node stopped owning a unit because somebody claimed above it. Counts refused attempts.
struct UnitFenced {
  UnitId unit;
  Epoch epoch = 0;
  std::string detail;
};
/// A freeze ended: `detail` is empty if it is confirmed.
struct FreezeEnded {
  UnitId unit;
  Epoch epoch = 0;
  std::uint64_t sequence = 0;  ///< Newest write that the frozen state holds.
  std::string detail;
};
/// Something needs a person: corrupt frozen state passed over, an object store that refuses, clocks
/// that differ. docs/OPERATING.md has a list.
struct Alarm {
  std::string subject;  ///< A unit, a service, or what it is about: `clock`, `streams`.
  std::string detail;
};

/// The cluster's keys were changed: `by` has said so, under its signature.
struct KeysChanged {
  NodeId by;
  std::vector<std::uint32_t> key_ids;  ///< The primary first.
};
/// This machine will be taken away: a spot interruption, a rebalance recommendation. The node
/// drains, freezes and leaves by itself on an interruption; a recommendation is only told.
struct TerminationNotice {
  enum class Kind : unsigned char { spot_terminate, spot_stop, spot_hibernate, rebalance };
  Kind kind{};
  std::int64_t at_unix_s = 0;  ///< 0: not said.
};
/// What a source of seeds lists and what the cluster believes differ. Told once, until it changes.
struct DiscoveryDifference {
  enum class Kind : unsigned char {
    not_joined,  ///< It runs, says the source, and did at the answer before; it is no live member.
    gone_but_alive,  ///< It will never run again, says the source; it is believed alive or suspect.
    unknown_member,  ///< It is a live member; two answers of the source have not listed its
                     ///< address.
  };
  Kind kind{};
  std::string source;   ///< Of the list, e.g. `ec2:cluster=blue`.
  std::string machine;  ///< Empty for an unknown member.
  Endpoint endpoint;
};

/// Everything a node tells its user. Additive: `std::visit` with a generic fallback arm compiles
/// against later releases.
using Event =
    std::variant<MembersUp, MemberSuspected, MembersDown, MemberLeft, SelfRefuted,
                 ForeignObjectStore, SpecChanged, OwnershipChanged, OwnerUnreachable, UnitFenced,
                 FreezeEnded, Alarm, TerminationNotice, DiscoveryDifference, KeysChanged>;

}  // namespace gossamer
