// The second rule: one turn at a time. Begin, one input, settle, end; then what is the user's.

#include <algorithm>

#include "base/assert.hpp"
#include "base/deadlines.hpp"
#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

constexpr Duration kStallThreshold = std::chrono::milliseconds{100};
// An engine that answers itself for ever would be our own bug.
constexpr int kSettleRoundsMax = 100'000;

}  // namespace

void Driver::State::end_turn() {
  settle();
  refresh_deadline();
  is_in_turn = false;
  ports.events->on_turn_ended();
  if (after_turn.is_empty()) return;
  const auto keep_alive = shared_from_this();  // A user's callback may destroy the driver.
  after_turn.run();
}

void Driver::State::begin_turn() {
  GOSSAMER_ASSERT(!is_in_turn);
  is_in_turn = true;
  const Instant last_turn = now;
  now = ports.clock->now();
  ++counters.turns;
  // Nobody ran us when we asked to be run: the silence of others in that time was ours. Counted
  // once, though a deadline stays in the past until the wakeup that comes after all that was
  // queued.
  const Instant awake = deadline ? std::max(*deadline, last_turn) : last_turn;
  if (deadline && now > awake) membership.on_late(now, now - awake);
  if (deadline && now > awake + kStallThreshold) {
    const Duration gap = now - awake;
    ++counters.stalls;
    membership.on_stall(now, gap);
    ownership.on_stall(now, gap);
  }
}

void Driver::State::settle() {
  const auto drain = [this](auto& outbox) {
    if (outbox.empty()) return false;
    auto effects = std::move(outbox);
    outbox.clear();
    for (auto& effect : effects) carry_out(std::move(effect));
    return true;
  };
  for (int round = 0;; ++round) {
    GOSSAMER_ASSERT(round < kSettleRoundsMax);
    bool was_busy = drain(membership_out);
    members_changed();
    was_busy = drain(naming_out) || was_busy;
    was_busy = drain(ownership_out) || was_busy;
    was_busy = drain(journal_out) || was_busy;
    was_busy = drain(gossip_out) || was_busy;
    if (!was_busy && membership_out.empty() && naming_out.empty() && ownership_out.empty() &&
        journal_out.empty() && gossip_out.empty()) {
      return;
    }
  }
}

void Driver::State::refresh_deadline() {
  deadline = delays.next();
  earlier(deadline, undeployed.next_deadline());
  earlier(deadline, rotation.next_deadline());
  earlier(deadline, gossip.next_deadline());
  earlier(deadline, membership.next_deadline());
  earlier(deadline, naming.next_deadline());
  earlier(deadline, ownership.next_deadline());
  earlier(deadline, journal.next_deadline());
}

void Driver::State::run_due() {
  for (auto task = delays.take_due(now); task; task = delays.take_due(now)) task();
  run_undeployed();
  if (rotation.on_deadline(now)) use_keys();
  membership.on_deadline(now, membership_out);
  naming.on_deadline(now, naming_out);
  ownership.on_deadline(now, ownership_out);
  journal.on_deadline(now, journal_out);
  gossip.on_deadline(now, membership.members(), gossip_out);
}

void Driver::State::after(Duration delay, std::function<void(State&)> task) {
  delays.add(now + delay, [this, task = std::move(task)] { task(*this); });
}

}  // namespace gossamer::driver
