// The units of this node, whose answers are whose, and when the next one wants to run.

#include "journal/journal.hpp"

#include <set>

#include "base/assert.hpp"
#include "journal/unit_journal.hpp"

namespace gossamer::journal {

struct Journal::State {
  State(Options options_given, NodeId self_given, std::uint64_t seed)
      : options(options_given), self(self_given), random(seed) {}

  /// Runs `act` on the unit and notes when it wants to run next.
  template <class Act>
  void with(Instant now, const UnitId& id, Outbox& outbox, Act act) {
    auto found = units.find(id);
    if (found == units.end()) found = units.emplace(id, UnitJournal{id}).first;
    Turn turn{now, options, self, random, last_op, routes, outbox};
    act(found->second, turn);
    schedule(id, found->second);
    note_idle(id, found->second.is_idle());
  }

  void note_idle(const UnitId& id, bool is_idle) {
    const auto held = idle_since.find(id);
    if (held != idle_since.end()) {
      idle.erase(held->second);
      idle_since.erase(held);
    }
    if (!is_idle) return;
    idle[++last_idle] = id;
    idle_since[id] = last_idle;
    if (idle.size() <= options.idle_units_max) return;
    units.erase(idle.begin()->second);
    idle_since.erase(idle.begin()->second);
    idle.erase(idle.begin());
  }

  void schedule(const UnitId& id, const UnitJournal& unit) {
    const auto next = unit.next_deadline(options);
    const auto held = deadline_of.find(id);
    if (held != deadline_of.end()) {
      if (next == held->second) return;
      deadlines.erase({held->second, id});
      deadline_of.erase(held);
    }
    if (!next) return;
    deadlines.emplace(*next, id);
    deadline_of.emplace(id, *next);
  }

  Options options;
  NodeId self;
  Random random;
  Op last_op = 0;
  std::map<Op, UnitId> routes;
  std::map<UnitId, UnitJournal> units;
  std::set<std::pair<Instant, UnitId>> deadlines;
  std::map<UnitId, Instant> deadline_of;
  std::map<std::uint64_t, UnitId> idle;  // The longest idle first.
  std::map<UnitId, std::uint64_t> idle_since;
  std::uint64_t last_idle = 0;
};

Journal::Journal(Options options, NodeId self, std::uint64_t seed)
    : state_(std::make_unique<State>(options, self, seed)) {
  GOSSAMER_ASSERT(options.parallel_transfers > 0);
  GOSSAMER_ASSERT(options.retained_freezes >= 2);
}
Journal::~Journal() = default;
Journal::Journal(Journal&&) noexcept = default;

void Journal::observe(Instant now, const UnitId& unit, Outbox& outbox) {
  state_->with(now, unit, outbox, [](UnitJournal& it, Turn& turn) { it.observe(turn); });
}

void Journal::read_slot(Instant now, const UnitId& unit, Slot slot, std::uint64_t ticket,
                        Outbox& outbox) {
  state_->with(now, unit, outbox,
               [&](UnitJournal& it, Turn& turn) { it.read_slot(turn, slot, ticket); });
}

void Journal::claim(Instant now, const UnitId& unit, const UnitPolicy& policy,
                    std::optional<Slot> tip_expected, Outbox& outbox) {
  state_->with(now, unit, outbox,
               [&](UnitJournal& it, Turn& turn) { it.claim(turn, policy, tip_expected); });
}

void Journal::withdraw(Instant now, const UnitId& unit, std::uint64_t spec_version,
                       Outbox& outbox) {
  state_->with(now, unit, outbox,
               [&](UnitJournal& it, Turn& turn) { it.withdraw(turn, spec_version); });
}

FreezeStart Journal::freeze(Instant now, const UnitId& unit, Outbox& outbox) {
  FreezeStart start = FreezeStart::refused;
  state_->with(now, unit, outbox, [&](UnitJournal& it, Turn& turn) { start = it.freeze(turn); });
  return start;
}

void Journal::release(Instant now, const UnitId& unit, Outbox& outbox) {
  state_->with(now, unit, outbox, [](UnitJournal& it, Turn& turn) { it.release(turn); });
}

void Journal::on_committed(Instant now, const UnitId& unit, Epoch epoch, Commit commit,
                           bool is_urgent, Outbox& outbox) {
  state_->with(now, unit, outbox, [&](UnitJournal& it, Turn& turn) {
    it.on_committed(turn, epoch, std::move(commit), is_urgent);
  });
}

void Journal::on_rumoured_epoch(Instant now, const UnitId& unit, Epoch epoch, Outbox& outbox) {
  if (!state_->units.contains(unit)) return;  // A rumour makes nothing ours.
  state_->with(now, unit, outbox,
               [&](UnitJournal& it, Turn& turn) { it.on_rumoured_epoch(turn, epoch); });
}

void Journal::on_done(Instant now, Op op, Answer answer, Outbox& outbox) {
  const auto route = state_->routes.extract(op);
  if (route.empty()) {
    outbox.emplace_back(gossip::Trace{"journal: answer to an order that was never given"});
    return;
  }
  state_->with(now, route.mapped(), outbox,
               [&](UnitJournal& it, Turn& turn) { it.on_done(turn, op, std::move(answer)); });
}

void Journal::on_deadline(Instant now, Outbox& outbox) {
  // Those that are due now, each once: a unit that wants to run at once waits for the next call.
  std::vector<UnitId> due;
  for (const auto& [at, id] : state_->deadlines) {
    if (at > now) break;
    due.push_back(id);
  }
  for (const UnitId& id : due) {
    state_->with(now, id, outbox, [](UnitJournal& it, Turn& turn) { it.on_deadline(turn); });
  }
}

std::optional<Instant> Journal::next_deadline() const {
  if (state_->deadlines.empty()) return std::nullopt;
  return state_->deadlines.begin()->first;
}

std::optional<Epoch> Journal::owned_epoch(const UnitId& unit) const {
  const auto found = state_->units.find(unit);
  return found == state_->units.end() ? std::nullopt : found->second.owned_epoch();
}

std::size_t Journal::unit_count() const {
  return state_->units.size();
}

std::optional<Nonce> Journal::nonce(const UnitId& unit) const {
  const auto found = state_->units.find(unit);
  return found == state_->units.end() ? std::nullopt : found->second.nonce();
}

}  // namespace gossamer::journal
