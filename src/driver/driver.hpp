#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/interner.hpp"
#include "driver/admissions.hpp"
#include "driver/counters.hpp"
#include "gossamer/keys.hpp"
#include "gossamer/membership_options.hpp"
#include "gossamer/naming_record.hpp"
#include "gossamer/service_spec.hpp"
#include "gossip/entry.hpp"
#include "keys/key_ring.hpp"
#include "membership/membership.hpp"
#include "naming/teller.hpp"
#include "ownership/ownership.hpp"
#include "ports/clock.hpp"
#include "ports/event_sink.hpp"
#include "ports/network.hpp"
#include "ports/node_store.hpp"
#include "ports/service_host.hpp"
#include "ports/unit_stores.hpp"
#include "wire/data_key.hpp"
#include "wire/frame.hpp"
#include "wire/identity.hpp"
#include "wire/version.hpp"

namespace gossamer::driver {

/// What is equal at all nodes of one process and held once, in simulation only: a node that is
/// measured beside others holds what it would hold alone. Null: held by itself.
struct Sharing {
  Interner<Bytes>* statements = nullptr;  ///< As they come.
  Interner<gossip::HeldEntry>* entries = nullptr;
  Interner<Member>* members = nullptr;
};

/// Everything a driver is told at birth. Randomness and identity included: it draws none itself.
struct Options {
  MembershipOptions membership{};
  /// Other than all of them in simulation only.
  membership::Mechanisms mechanisms = membership::Mechanisms::chosen();
  std::string name{};
  std::string cluster{};
  std::string metadata{};
  std::string zone{};   ///< Where the machine is; empty: not known.
  Endpoint endpoint{};  ///< Advertised.
  wire::Identity identity{};
  wire::ClusterKey key{};  ///< That the user gave.
  Bytes kept_keys{};       ///< What NodeStore::keep_secret kept as `cluster.keys`; empty without.
  AdmissionPolicy admission{};  ///< Who is believed.
  Bytes own_admission{};        ///< What the member statement carries for others that ask for one.
  std::uint64_t boot = 1;       ///< How often this identity has started, this time included.
  std::uint64_t seed = 0;
  std::set<std::uint32_t> known_schemas{};  ///< Of records.
  std::string store_id{};                   ///< cluster-id of the object store; empty without one.
  wire::VersionRange wire =
      wire::kVersions;       ///< What it reads; other than this build's in simulation only.
  wire::DataKey data_key{};  ///< Of the object store: what is kept there is sealed under it.
  /// Most announcements taken in from others, of either kind. Further ones are counted and dropped;
  /// the object store is asked all the same, now and then.
  std::size_t announced_specs_max = 10'000;
  std::size_t announced_claims_max = 10'000;
  /// Most entries of later versions' kinds that are carried; 8 KiB each at most.
  std::size_t carried_max = 1'000;
  Sharing sharing{};
};

/// The ring that Options::kept_keys would bring; nothing if they hold none that can be read.
std::optional<keys::KeyRing> kept_key_ring(const Bytes& kept_keys);

/// The ports, all confined to the loop and outliving the driver. Null objects and stores: no object
/// store is configured; what needs one says so.
struct Ports {
  Clock* clock = nullptr;
  Network* network = nullptr;
  NodeStore* node_store = nullptr;
  UnitStores* stores = nullptr;
  ObjectStore* objects = nullptr;
  ServiceHost* services = nullptr;
  EventSink* events = nullptr;
};

/// Orders everything: input, engines, outbox, ports. It owns the three rules that make the whole
/// correct: durable before sent; one turn at a time; user callbacks after the turn.
///
/// **Threads**: one. Runs unchanged in the node and in the simulator.
class Driver {
 public:
  Driver(Options options, Ports ports);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// `cached`: key and value of everything that NodeStore::cache kept.
  void start(std::vector<NodeStore::Write> cached);

  void on_datagram(const Endpoint& from, ByteView bytes);
  void on_frame(const Endpoint& from, ByteView bytes);
  /// What came of a Network::watch or knock.
  void on_link(const Endpoint& peer, LinkEvent event);
  void on_seeds(std::vector<Endpoint> seeds);
  /// Where machines were that will never run again, by the word of who runs them: members there are
  /// checked at once, and those that are down do not make this node think that it has lost touch.
  void on_gone(const std::vector<Endpoint>& endpoints);
  /// Run what is due. Early and spurious calls are harmless.
  void on_wakeup();
  std::optional<Instant> next_deadline() const;

  /// One-shot commands. `done` runs after a turn, once.
  using Done = UniqueFunction<void(Result<void>)>;
  Result<void> publish(NameRecord record);
  void withdraw_record(const std::string& name, std::uint32_t ordinal);
  /// Creates the next version of the spec; `done` gets it. Errors: invalid_argument, unavailable.
  void deploy(ServiceSpec spec, UniqueFunction<void(Result<std::uint64_t>)> done);
  void undeploy(std::string service, Done done);
  /// Of a unit that this node owns. `done` gets the sequence that is frozen.
  void freeze(const UnitId& unit, UniqueFunction<void(Result<Sequence>)> done);
  /// The three steps from one cluster key to another; see keys::Rotation for their errors. They
  /// are taken here at once, and by the others as they hear of it: keys() tells who has.
  Result<void> add_key(const wire::ClusterKey& key);
  Result<void> use_key(std::uint32_t id);
  Result<void> remove_key(std::uint32_t id);
  /// The primary first.
  std::vector<KeyStatus> keys() const;
  const keys::KeyRing& key_ring() const;

  /// From here on this node takes no more units; what it owns goes on.
  void stop_claiming();
  /// Found out where this machine is: said under a new incarnation.
  void restate_zone(std::string zone);
  /// Stops services, releases units, says goodbye; `done` when that is told, or after `timeout`.
  void leave(Duration timeout, Done done);

  const MemberView& members() const;
  std::vector<NameRecord> resolve(std::string_view name) const;
  std::optional<NameRecord> resolve(const UnitId& unit) const;
  std::vector<std::string> names() const;
  /// The highest claim of the unit that was heard and that the journal has not borne out yet.
  std::optional<naming::ClaimHeard> doubted(const UnitId& unit) const;
  std::vector<ownership::Ownership::UnitStatus> units() const;
  /// Those that are owned here now, the one with the newest claim first.
  std::vector<UnitId> owned_units() const;
  std::vector<ownership::SpecVersion> specs() const;
  const Counters& counters() const;
  const membership::ProbeCounts& probe_counts() const;
  /// News that is still to be told.
  std::size_t rumour_count() const;
  const NodeId& id() const;
  /// Hash of the replicated state: equal on nodes that agree.
  std::uint64_t digest() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // Answers of ports that come later find it gone, not freed.
};

}  // namespace gossamer::driver
