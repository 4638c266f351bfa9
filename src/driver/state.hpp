#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/allowance.hpp"
#include "driver/acknowledgements.hpp"
#include "driver/admissions.hpp"
#include "driver/after_turn.hpp"
#include "driver/delays.hpp"
#include "driver/driver.hpp"
#include "driver/journal_orders.hpp"
#include "driver/key_choice.hpp"
#include "driver/outbound.hpp"
#include "driver/spec_store.hpp"
#include "driver/undeployed.hpp"
#include "driver/version_choice.hpp"
#include "gossip/gossip.hpp"
#include "journal/journal.hpp"
#include "keys/rotation.hpp"
#include "membership/membership.hpp"
#include "naming/naming.hpp"
#include "wire/playback_guard.hpp"
#include "wire/statement.hpp"

namespace gossamer::driver {

/// The engines, their outboxes, and what the driver itself remembers. A turn is: begin, one input,
/// settle (all outboxes empty), end, then what belongs to the user. Its methods live in the file of
/// their concept: turn.cpp, inbound.cpp, admitting.cpp, keys.cpp, versions.cpp, carried.cpp,
/// announcements.cpp, announced_specs.cpp, hearsay.cpp, orders.cpp, services.cpp, specs.cpp,
/// cache.cpp, leave.cpp.
struct Driver::State final : std::enable_shared_from_this<Driver::State>, UnitStores::Listener {
  State(Options options_given, Ports ports_given);

  // turn.cpp
  /// One input with all its effects.
  template <class Input>
  void turn(Input&& input) {
    begin_turn();
    input();
    end_turn();
  }
  /// For answers of ports: `input` runs as a turn if the driver still exists.
  template <class F>
  auto later(F input) {
    return [weak = weak_from_this(), input = std::move(input)](auto&&... answers) mutable {
      if (const auto state = weak.lock()) {
        state->turn([&] { input(*state, std::forward<decltype(answers)>(answers)...); });
      }
    };
  }
  /// In a turn: run `task` as a turn of its own after `delay`.
  void after(Duration delay, std::function<void(State&)> task);
  void begin_turn();
  void end_turn();
  void settle();
  void refresh_deadline();
  void run_due();

  // inbound.cpp
  void on_frame(const Endpoint& from, ByteView bytes, bool by_stream);
  tl::expected<wire::Sealer::Opened, wire::FrameReject> open_frame(const Endpoint& from,
                                                                   ByteView bytes, bool by_stream);
  void note_late(const NodeId& sender, const Endpoint& from, std::uint64_t sent_ms);
  /// A packet that is being read.
  struct Arrival {
    NodeId sender;
    Endpoint from;  ///< A stream's port is not where its node listens.
    bool by_stream;
    gossip::Telling telling;
    std::uint32_t key_id;  ///< Of the key that it was sealed with.
    /// Where the sender says it listens, in an older statement than the one held.
    std::optional<Endpoint> home{};
    /// The sender's own entries that are newer than what it says.
    std::vector<gossip::Entry> unheard{};
    bool is_refused = false;  ///< What the sender says of itself was not believed.
  };
  /// A packet of very many statements, and how far it was read.
  struct Reading {
    Arrival arrival;
    wire::Packet packet;
    std::size_t next = 0;
  };
  void read_on();
  void heed(Arrival& arrival, const wire::Message& message);
  bool is_repetition(ByteView statement);
  SharedBytes shared(const SharedBytes& statement) const;
  void accept_statement(const SharedBytes& bytes, Arrival& arrival);
  void note_outdated(const wire::Statement& statement, ByteView bytes, Arrival& arrival);
  void note_departed(Arrival& arrival);
  void remind(Arrival& arrival);
  void correct(const wire::Statement& statement, const Endpoint& answer_to);
  bool offer(const wire::Statement& statement);
  void dispatch(const NodeId& sender, const Endpoint& from, bool by_stream,
                const wire::Message& message);

  // admitting.cpp
  bool believes(const wire::Statement& statement, bool is_news);
  bool hears(const Arrival& arrival);
  void introduce(gossip::Send& send) const;
  void review_admissions();
  void review_ownerless();
  void vouch_for(const gossip::EntryKey& key);
  void give_up_units();
  void warn_of_own_end(std::uint64_t wall_ms);

  // keys.cpp
  static keys::Rotation rotation_of(const Options& options);
  void start_keys();
  void use_keys();
  void note_key(const NodeId& sender, const Endpoint& from, std::uint32_t key_id);
  bool hear_ring(const NodeId& author, const keys::RingStatement& told);
  void keep_ring();
  std::vector<std::uint32_t> key_ids_of(const NodeId& member) const;
  std::vector<keys::Holder> holders() const;
  Result<void> change_ring(Result<keys::RingStatement> next);

  // versions.cpp
  void note_versions(const NodeId& author, const membership::MemberStatement& member);
  void note_missing_answers();
  bool may_take_from(const NodeId& owner) const;
  void note_unreadable(const wire::Sealer::Opened& frame, const Endpoint& from, bool by_stream);

  // carried.cpp
  bool hear_carried(const NodeId& author, const gossip::EntryKey& key);
  void forget_carried_of(const NodeId& owner);

  // announced_specs.cpp
  bool is_spec_known(const std::string& service, std::uint64_t version) const;
  std::uint64_t announced_spec(const std::string& service) const;  ///< 0: none is held.
  std::map<std::string, std::uint64_t> announced_specs() const;
  bool may_look_up(const NodeId& author);
  void look_up_spec(const std::string& service, std::uint64_t version);
  void give_up_spec(const std::string& service, std::uint64_t version);
  void give_up_unlisted(const std::map<std::string, std::uint64_t>& before,
                        const SpecStore::Versions& listed);
  bool make_room_for_spec(const NodeId& author);

  // announcements.cpp: what gossip holds of specs and claims
  bool has_room_for(const NodeId& author, const gossip::EntryKey& key);
  bool hear_spec(const NodeId& author, const gossip::EntryKey& key,
                 const ownership::SpecAnnouncement& announced);
  bool hear_claim(const gossip::EntryKey& key, const ownership::ClaimAnnouncement& claim);
  void on_spec_changed(const SpecChanged& changed);
  std::vector<gossip::EntryKey> announcements_of(const Undeployed::Service& service) const;
  void run_undeployed();

  // hearsay.cpp: what becomes of claims that others announced
  void on_slot_read(const journal::SlotRead& read);
  void on_claim_confirmed(const naming::ClaimHeard& claim);
  void on_refuted(const naming::Refuted& refuted);

  // orders.cpp: what each engine wants done
  void publish(const wire::StatementBody& body);
  void carry_out(gossip::Effect effect);
  void carry_out(membership::Effect effect);
  void carry_out(naming::Effect effect);
  void carry_out(ownership::Effect effect);
  void carry_out(journal::Effect effect);
  void notify(Event event);
  void forget(const gossip::EntryKey& key);
  void members_changed();

  // services.cpp: the life of an owned unit
  void on_claim_ended(const journal::ClaimEnded& ended);
  void on_ready(const journal::Ready& ready);
  void on_started(const UnitId& unit, Epoch epoch, Result<Endpoint> endpoint);
  void on_fenced(const journal::Fenced& fenced);
  void on_observed(const journal::Observed& observed);
  void stop_service(const UnitId& unit, const Error& reason, std::function<void(State&)> then);
  void withdraw_unit(const UnitId& unit, std::uint64_t spec_version);
  void release_unit(const UnitId& unit, const Error& reason);
  void close_store(const UnitId& unit);
  void on_committed(const UnitId& unit, Epoch epoch, journal::Commit commit, Durability durability,
                    Store::Committed done) override;
  void on_broken(const UnitId& unit, Epoch epoch, const Error& error) override;
  void on_freeze_ended(const FreezeEnded& ended);
  /// A half sentence for people.
  std::string owner_of(const UnitId& unit) const;

  // specs.cpp
  void poll_specs();
  void spec_listed(const std::string& service, std::uint64_t version);
  void read_spec(const std::string& service, std::uint64_t announced,
                 std::function<void(State&)> on_failed);
  void spec_read(const ownership::SpecVersion& spec);
  void spec_unreadable(const std::string& service, std::uint64_t version, const Error& trouble);
  /// A deploy or undeploy on its way.
  struct SpecWrite {
    ownership::SpecVersion spec;
    UniqueFunction<void(Result<std::uint64_t>)> done;
    int attempts = 0;
  };
  void write_spec(std::shared_ptr<SpecWrite> write);
  void put_spec(std::shared_ptr<SpecWrite> write);
  void put_spec_again(std::shared_ptr<SpecWrite> write, const std::string& detail);
  void compare_spec(std::shared_ptr<SpecWrite> write);
  void fail_spec(SpecWrite& write, ErrorCode code, std::string_view why);
  void end_spec(SpecWrite& write, Result<std::uint64_t> result);

  // cache.cpp
  void cache_entry(const gossip::Entry& entry);
  void uncache_entry(const gossip::EntryKey& key);
  void load_cache(const std::vector<NodeStore::Write>& cached);
  /// Later: removes what is not held by then. Key in the cache, key of the entry.
  void end_recall(std::vector<std::pair<std::string, gossip::EntryKey>> recalled);

  // leave.cpp
  void leave(Duration timeout, Done done);
  void say_goodbye_if_done();
  void say_goodbye();
  void end_leave();

  Options options;
  Ports ports;
  Counters counters;
  keys::Rotation rotation;
  wire::Sealer sealer;
  KeyChoice key_choice;
  VersionChoice version_choice;
  wire::PlaybackGuard playbacks;
  Admissions admissions;
  Strangers strangers;
  Outbound outbound;
  Delays delays;
  AfterTurn after_turn;
  Acknowledgements acknowledgements;
  Undeployed undeployed;
  Allowance reminders;
  Allowance clock_alarms;
  Allowance version_alarms;
  Allowance stream_alarms;
  Allowance ending_alarms;
  Allowance ended_alarms;
  SealedObjects sealed_objects;
  std::unique_ptr<JournalOrders> journal_orders;  // Null without an object store.

  gossip::Gossip gossip;
  membership::Membership membership;
  naming::Naming naming;
  ownership::Ownership ownership;
  journal::Journal journal;
  gossip::Outbox gossip_out;
  membership::Outbox membership_out;
  naming::Outbox naming_out;
  ownership::Outbox ownership_out;
  journal::Outbox journal_out;

  Instant now{};
  bool is_in_turn = false;
  std::optional<Instant> deadline{};
  MemberView members_seen{};

  /// Units that this node owns, from Ready until the store closes.
  struct Running {
    Epoch epoch = 0;
    bool is_started = false;   ///< The host has it: it needs a stop.
    bool is_stopping = false;  ///< Stop ordered; `then` runs when the host is done.
    std::vector<std::function<void(State&)>> then{};
  };
  std::map<UnitId, Running> running;
  std::set<UnitId> closing;  ///< Released, and not closed yet.
  /// The newest claim that this run has won of each unit, as it was announced.
  std::map<UnitId, ownership::ClaimAnnouncement> claims_held;
  std::set<std::pair<UnitId, std::uint64_t>> withdrawing;
  /// Who asked for a freeze, and how many ends of others come before the end of theirs.
  struct AskedFreeze {
    UniqueFunction<void(Result<Sequence>)> done;
    int ends_before = 0;
  };
  std::map<UnitId, std::vector<AskedFreeze>> freezes;
  std::map<NodeId, Allowance> spec_reads_of;  ///< For announcements; zero: of all who are not live.
  Allowance spec_reads{100, std::chrono::seconds{10}};
  std::set<std::string> specs_wanted;                     ///< Being read, or to be read again soon.
  std::map<std::string, std::uint64_t> specs_unreadable;  ///< The version that an alarm named.
  std::deque<Reading> readings;
  /// Entries whose kind this build does not know, and who said them first.
  std::map<gossip::EntryKey, NodeId> carried;
  bool is_author_gone = true;   ///< Of what nobody owns an author may not be admitted any more.
  bool is_ring_unkept = false;  ///< The newest ring of keys is on its way to the disk, or another.
  bool is_leaving = false;
  bool is_goodbye_said = false;
  Done leave_done{};
};

}  // namespace gossamer::driver
