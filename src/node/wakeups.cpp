#include "node/wakeups.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace gossamer::node {
namespace {

// So much later than the deadline a wakeup may come, of what is left until then: a probe each
// second can wait for the probes of others, news that leaves in 5 ms does not.
constexpr int kSlackPart = 16;
// No more: what its timers come later than this, detection counts as ill health.
constexpr Duration kSlackMax = std::chrono::milliseconds{32};

}  // namespace

Wakeups::Wakeups(UvLoop& loop, Clock& clock, Sleeper& sleeper)
    : clock_(clock), sleeper_(sleeper), timer_(loop, [this] { on_timer(); }) {
  const int opened = prepare_.open(loop, this, uv_prepare_init);
  GOSSAMER_ASSERT(opened == 0);
  stir();
}

void Wakeups::stir() {
  uv_prepare_start(prepare_.get(), [](uv_prepare_t* prepare) {
    uv_prepare_stop(prepare);
    Wakeups& self = *decltype(prepare_)::state_of(prepare);
    self.sleeper_.before_wait();
    self.refresh();
  });
}

void Wakeups::refresh() {
  const std::optional<Instant> deadline = sleeper_.next_deadline();
  if (deadline == armed_for_) return;
  armed_for_ = deadline;
  if (deadline) {
    const Duration wait = *deadline - clock_.now();
    slack_ = std::clamp<Duration>(wait / kSlackPart, Duration{0}, kSlackMax);
    timer_.arm(wait, slack_);
  } else {
    timer_.disarm();
  }
}

void Wakeups::on_timer() {
  if (!armed_for_) return;
  const Duration lateness = clock_.now() - *armed_for_ - slack_;
  armed_for_.reset();
  sleeper_.on_due(lateness);
}

void Wakeups::close() {
  timer_.close();
  prepare_.close();
}

}  // namespace gossamer::node
