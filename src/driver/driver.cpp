#include "driver/driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/boot.hpp"
#include "base/hash.hpp"
#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

constexpr std::size_t kRemindersPerWindow = 16;
constexpr Duration kReminderWindow = std::chrono::milliseconds{200};
constexpr Duration kVersionAlarmWindow = std::chrono::minutes{1};
constexpr Duration kStreamAlarmWindow = std::chrono::minutes{5};
constexpr Duration kClockAlarmWindow = std::chrono::minutes{1};
constexpr Duration kOwnEndWindow = std::chrono::hours{24};

// One seed for each part, different in every boot.
std::uint64_t part_seed(const Options& options, std::uint64_t part) {
  const std::uint64_t words[] = {options.seed, options.boot, part};
  return hash64({reinterpret_cast<const std::uint8_t*>(words), sizeof(words)});
}

// Somewhere in the lower half of the boot's numbers. A boot counter restored from a backup counts
// one boot twice, and what the two lives said is told apart by its number alone.
std::uint64_t first_number(const Options& options, std::uint64_t part) {
  return (options.boot << kBootShift) + (part_seed(options, part) >> (65 - kBootShift));
}

membership::Membership::Self self_of(const Options& options, const Ports& ports,
                                     std::vector<std::uint32_t> key_ids) {
  membership::Membership::Self self;
  self.id = options.identity.id();
  self.statement.name = options.name;
  self.statement.endpoint = options.endpoint;
  self.statement.incarnation = first_number(options, 4);
  self.statement.metadata = options.metadata;
  self.statement.zone = options.zone;
  self.statement.store_id = options.store_id;
  self.statement.key_ids = std::move(key_ids);
  self.statement.wire_oldest = options.wire.oldest;
  self.statement.wire_newest = options.wire.newest;
  self.statement.admission = options.own_admission;
  self.clock_ahead =
      std::chrono::milliseconds{ports.clock->wall_ms()} - ports.clock->now().since_origin;
  if (ports.objects != nullptr) self.statement.store_place = std::string{ports.objects->place()};
  return self;
}

naming::Naming::Options naming_options(const Options& options) {
  naming::Naming::Options naming;
  naming.first_version = first_number(options, 5);
  naming.tombstone_time = options.membership.tombstone_time;
  naming.canaries.known = options.known_schemas;
  return naming;
}

}  // namespace

Driver::State::State(Options options_given, Ports ports_given)
    : options(std::move(options_given)),
      ports(ports_given),
      rotation(rotation_of(options)),
      sealer(options.key, options.cluster, options.identity.id(), part_seed(options, 0)),
      version_choice(options.wire),
      playbacks(options.membership.replay_window),
      admissions(options.admission, options.identity.id(), options.cluster,
                 2 * std::max<std::size_t>(1, options.membership.members_max)),
      outbound(*ports.network, *ports.clock, sealer, key_choice, version_choice, counters,
               options.membership.datagram_bytes_max),
      acknowledgements(after_turn),
      undeployed(options.membership.tombstone_time),
      reminders(kRemindersPerWindow, kReminderWindow),
      clock_alarms(1, kClockAlarmWindow),
      version_alarms(1, kVersionAlarmWindow),
      stream_alarms(1, kStreamAlarmWindow),
      ending_alarms(1, kOwnEndWindow),
      ended_alarms(1, kOwnEndWindow),
      gossip(options.membership, options.identity.id(), part_seed(options, 1),
             options.mechanisms.has(membership::Mechanism::eager) ? gossip::Spreading::eager
                                                                  : gossip::Spreading::by_tick,
             options.sharing.entries),
      membership(options.membership, self_of(options, ports, rotation.ring().ids()),
                 part_seed(options, 2), options.mechanisms, options.sharing.members),
      naming(options.identity.id(), naming_options(options)),
      ownership({}, options.identity.id()),
      journal({}, options.identity.id(), part_seed(options, 3)) {}

Driver::Driver(Options options, Ports ports)
    : state_(std::make_shared<State>(std::move(options), ports)) {
  State& state = *state_;
  if (state.ports.objects == nullptr || state.ports.stores == nullptr) return;
  state.ports.stores->set_listener(&state);
  state.sealed_objects = {state.options.data_key, [weak = state.weak_from_this()] {
                            if (const auto alive = weak.lock()) ++alive->counters.objects_forged;
                          }};
  state.journal_orders = std::make_unique<JournalOrders>(
      *state.ports.objects, state.sealed_objects, *state.ports.stores, state.counters,
      [weak = state.weak_from_this()](journal::Op op, journal::Answer answer) {
        if (const auto alive = weak.lock()) {
          alive->turn([&] {
            alive->journal.on_done(alive->now, op, std::move(answer), alive->journal_out);
          });
        }
      });
}

Driver::~Driver() {
  state_->after_turn.stop();
  if (state_->ports.stores != nullptr) state_->ports.stores->set_listener(nullptr);
}

void Driver::start(std::vector<NodeStore::Write> cached) {
  state_->turn([&] {
    State& state = *state_;
    // The first rule, for the boot counter: whoever hears a number of this boot must be able to
    // rely on the next boot's being higher.
    state.outbound.hold();
    state.ports.node_store->persist(
        {{"boot", to_bytes(std::to_string(state.options.boot))}},
        state.later([](State& later, Result<void> persisted) {
          if (persisted) return later.outbound.release();
          later.notify(
              Alarm{"node", fmt::format("the boot counter cannot be stored, so nothing is sent: {}",
                                        persisted.error().detail)});
        }));
    state.start_keys();
    state.load_cache(cached);
    state.membership.start(state.now, state.membership_out);
    if (state.admissions.is_on() || !state.options.own_admission.empty()) state.review_admissions();
    state.poll_specs();
  });
}

void Driver::on_datagram(const Endpoint& from, ByteView bytes) {
  state_->turn([&] { state_->on_frame(from, bytes, false); });
}

void Driver::on_frame(const Endpoint& from, ByteView bytes) {
  state_->turn([&] { state_->on_frame(from, bytes, true); });
}

void Driver::on_link(const Endpoint& peer, LinkEvent event) {
  state_->turn(
      [&] { state_->membership.on_link(state_->now, peer, event, state_->membership_out); });
}

void Driver::on_seeds(std::vector<Endpoint> seeds) {
  state_->turn(
      [&] { state_->membership.on_seeds(state_->now, std::move(seeds), state_->membership_out); });
}

void Driver::on_gone(const std::vector<Endpoint>& endpoints) {
  state_->turn([&] {
    const std::set<Endpoint> gone{endpoints.begin(), endpoints.end()};
    std::set<NodeId> there;
    for (const Member& member : state_->membership.members()) {
      if (member.id != state_->options.identity.id() && gone.contains(member.endpoint)) {
        there.insert(member.id);
      }
    }
    if (there.empty()) return;
    state_->ownership.on_gone(state_->now, there, state_->ownership_out);
    state_->membership.on_gone(state_->now, endpoints, state_->membership_out);
  });
}

void Driver::on_wakeup() {
  state_->turn([&] { state_->run_due(); });
}

std::optional<Instant> Driver::next_deadline() const {
  return state_->deadline;
}

Result<void> Driver::publish(NameRecord record) {
  Result<void> published;
  state_->turn([&] {
    record.node = state_->options.identity.id();
    published = state_->naming.publish(state_->now, std::move(record), state_->naming_out);
  });
  return published;
}

void Driver::withdraw_record(const std::string& name, std::uint32_t ordinal) {
  state_->turn([&] {
    // The record of a unit that runs here has taken the place; it goes when the unit stops.
    if (state_->running.contains({name, ordinal})) return;
    state_->naming.withdraw(state_->now, name, ordinal, state_->naming_out);
  });
}

void Driver::deploy(ServiceSpec spec, UniqueFunction<void(Result<std::uint64_t>)> done) {
  state_->turn([&] {
    auto write = std::make_shared<State::SpecWrite>();
    write->done = std::move(done);
    const Result<void> valid = spec.validate();
    if (!valid) return state_->end_spec(*write, tl::unexpected(valid.error()));
    write->spec.spec = std::move(spec);
    state_->write_spec(std::move(write));
  });
}

void Driver::undeploy(std::string service, Done done) {
  state_->turn([&] {
    auto write = std::make_shared<State::SpecWrite>();
    write->done = [done = std::move(done)](Result<std::uint64_t> version) mutable {
      if (version) return done({});
      done(tl::unexpected(version.error()));
    };
    write->spec.spec.name = std::move(service);
    write->spec.is_undeploy = true;
    const Result<void> valid = write->spec.spec.validate();
    if (!valid) return state_->end_spec(*write, tl::unexpected(valid.error()));
    state_->write_spec(std::move(write));
  });
}

void Driver::freeze(const UnitId& unit, UniqueFunction<void(Result<Sequence>)> done) {
  state_->turn([&] {
    State& state = *state_;
    if (!state.journal.owned_epoch(unit)) {
      state.after_turn.add([where = state.owner_of(unit), unit, done = std::move(done)]() mutable {
        done(fail(ErrorCode::not_found,
                  fmt::format("freeze {}: this node does not own it; {}", to_string(unit), where)));
      });
      return;
    }
    const journal::FreezeStart start = state.journal.freeze(state.now, unit, state.journal_out);
    if (start == journal::FreezeStart::refused) {
      state.after_turn.add([unit, done = std::move(done)]() mutable {
        done(fail(ErrorCode::unavailable,
                  fmt::format("freeze {}: it is being started or stopped here", to_string(unit))));
      });
      return;
    }
    state.freezes[unit].push_back(
        {std::move(done), start == journal::FreezeStart::follows ? 1 : 0});
  });
}

void Driver::restate_zone(std::string zone) {
  state_->turn([&] { state_->membership.restate_zone(std::move(zone), state_->membership_out); });
}

void Driver::stop_claiming() {
  state_->turn([&] { state_->ownership.stop_claiming(); });
}

void Driver::leave(Duration timeout, Done done) {
  state_->turn([&] { state_->leave(timeout, std::move(done)); });
}

const MemberView& Driver::members() const {
  return state_->membership.members();
}
std::vector<NameRecord> Driver::resolve(std::string_view name) const {
  return state_->naming.resolve(name);
}
std::optional<NameRecord> Driver::resolve(const UnitId& unit) const {
  return state_->naming.resolve(unit);
}
std::vector<std::string> Driver::names() const {
  return state_->naming.names();
}
std::optional<naming::ClaimHeard> Driver::doubted(const UnitId& unit) const {
  return state_->naming.doubted(unit);
}
std::vector<ownership::Ownership::UnitStatus> Driver::units() const {
  return state_->ownership.status();
}
std::vector<UnitId> Driver::owned_units() const {
  std::vector<std::pair<Epoch, UnitId>> owned;
  for (const auto& [unit, service] : state_->running) owned.emplace_back(service.epoch, unit);
  std::sort(owned.rbegin(), owned.rend());
  std::vector<UnitId> units;
  for (auto& [epoch, unit] : owned) units.push_back(std::move(unit));
  return units;
}
std::vector<ownership::SpecVersion> Driver::specs() const {
  return state_->ownership.specs();
}
const Counters& Driver::counters() const {
  return state_->counters;
}
const membership::ProbeCounts& Driver::probe_counts() const {
  return state_->membership.probe_counts();
}
std::size_t Driver::rumour_count() const {
  return state_->gossip.rumour_count();
}
const NodeId& Driver::id() const {
  return state_->options.identity.id();
}
std::uint64_t Driver::digest() const {
  return state_->gossip.replica().digest();
}

}  // namespace gossamer::driver
