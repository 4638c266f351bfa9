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
/// Nodes are down. Many deaths in one window arrive as one event.
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
/// Something needs a person: corrupt frozen state passed over, an object store that refuses.
struct Alarm {
  std::string subject;  ///< A unit, a store, a member.
  std::string detail;
};

/// Everything a node tells its user. Additive: `std::visit` with a generic fallback arm compiles
/// against later releases.
using Event = std::variant<MembersUp, MemberSuspected, MembersDown, MemberLeft, SelfRefuted,
                           ForeignObjectStore, SpecChanged, OwnershipChanged, OwnerUnreachable,
                           UnitFenced, FreezeEnded, Alarm>;

}  // namespace gossamer
