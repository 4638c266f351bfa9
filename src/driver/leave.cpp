// Going politely: no more claims, services stop, what they wrote is shipped, goodbye is told.

#include <algorithm>

#include "driver/state.hpp"

namespace gossamer::driver {

void Driver::State::leave(Duration timeout, Done done) {
  if (is_leaving) {
    after_turn.add([done = std::move(done)]() mutable {
      done(fail(ErrorCode::already_exists, "this node is leaving already"));
    });
    return;
  }
  is_leaving = true;
  leave_done = std::move(done);
  ownership.stop_claiming();
  std::vector<UnitId> units;
  for (const auto& [unit, service] : running) units.push_back(unit);
  for (const UnitId& unit : units) {
    release_unit(unit, Error{ErrorCode::cancelled, "this node is leaving"});
  }
  // The goodbye needs a moment to be told, so it does not wait for the very end.
  const Duration telling = std::min<Duration>(timeout / 2, options.membership.gossip_interval * 3);
  after(timeout - telling, [](State& state) { state.say_goodbye(); });
  after(timeout, [](State& state) { state.end_leave(); });
  say_goodbye_if_done();
}

void Driver::State::say_goodbye_if_done() {
  if (is_leaving && running.empty() && closing.empty()) say_goodbye();
}

void Driver::State::say_goodbye() {
  if (is_goodbye_said) return;
  is_goodbye_said = true;
  membership.leave(now, membership_out);
  after(options.membership.gossip_interval * 2 + std::chrono::milliseconds{20},
        [](State& state) { state.end_leave(); });
}

void Driver::State::end_leave() {
  if (!leave_done) return;
  const bool was_clean = running.empty() && closing.empty();
  after_turn.add([done = std::move(leave_done), was_clean]() mutable {
    if (was_clean) return done({});
    done(fail(ErrorCode::timed_out, "left, but not every service had stopped in time"));
  });
  leave_done = {};
}

}  // namespace gossamer::driver
