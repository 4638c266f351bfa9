#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/instant.hpp"
#include "base/link_event.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/events.hpp"
#include "gossamer/ports/object_store.hpp"
#include "gossamer/store.hpp"
#include "journal/entry.hpp"

namespace gossamer::sim {

/// A simulated machine, for as long as the simulation lasts.
using HostIndex = std::uint32_t;

enum class ObjectVerb : std::uint8_t { get, create, put, remove, list };

/// What one client was promised.
struct Acknowledgement {
  UnitId unit{};
  Epoch epoch = 0;  ///< Of the service that answered.
  std::string request{};
  std::string counter{};
  std::uint64_t amount = 0;
  Durability durability = Durability::frozen;
};

/// Hears of everything that happens in a simulation, as it happens. It changes nothing.
class Witness {
 public:
  virtual ~Witness() = default;

  virtual void on_sent(HostIndex, ByteView, bool /*by_stream*/) {}
  virtual void on_delivered(HostIndex /*from*/, HostIndex /*to*/, ByteView, bool /*by_stream*/) {}

  /// What came of a node's link or knock.
  virtual void on_link(HostIndex, const Endpoint& /*peer*/, LinkEvent) {}

  /// A node asked for it. `content`: of create and put.
  virtual void on_object_requested(HostIndex, ObjectVerb, const std::string& /*key*/,
                                   ByteView /*content*/) {}
  /// It took effect in the object store: `ok` means that the store has changed, or was read.
  virtual void on_object_landed(HostIndex, ObjectVerb, const std::string& /*key*/,
                                ByteView /*content*/, ObjectOutcome) {}
  /// The node heard. `landed_at`: when what it heard was true; the origin if that is not known.
  virtual void on_object_answered(HostIndex, ObjectVerb, const std::string& /*key*/, ObjectOutcome,
                                  Instant /*landed_at*/) {}

  /// The object's bytes are not what they were.
  virtual void on_object_damaged(const std::string& /*key*/) {}
  /// Under the author's own signature something was said of the unit that is not so.
  virtual void on_lie(const UnitId&, const NodeId& /*author*/) {}

  virtual void on_claim_recorded(HostIndex, std::uint64_t /*volume*/, const UnitId&,
                                 const journal::Nonce&) {}
  virtual void on_service_started(HostIndex, std::uint64_t /*volume*/, const UnitId&, Epoch,
                                  const Store&) {}
  virtual void on_service_stopped(HostIndex, const UnitId&, Epoch) {}
  virtual void on_acknowledged(HostIndex, const Acknowledgement&) {}

  virtual void on_event(HostIndex, const Event&) {}
  virtual void on_trace(HostIndex, const char*) {}
  /// After every task of a node's loop.
  virtual void on_turn(HostIndex) {}
  /// A node's process begins, or is about to be killed.
  virtual void on_boot(HostIndex) {}
  virtual void on_crash(HostIndex) {}
  /// Something was done to the world: a crash, a partition. For stories and fingerprints.
  virtual void on_fault(const std::string& /*what*/) {}
  /// An invariant did not hold, seen where it broke.
  virtual void on_violation(const std::string& /*what*/) {}
};

}  // namespace gossamer::sim
