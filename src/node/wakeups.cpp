#include "node/wakeups.hpp"

#include "base/assert.hpp"

namespace gossamer::node {

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
    timer_.arm(*deadline - clock_.now());
  } else {
    timer_.disarm();
  }
}

void Wakeups::on_timer() {
  if (!armed_for_) return;
  const Duration lateness = clock_.now() - *armed_for_;
  armed_for_.reset();
  sleeper_.on_due(lateness);
}

void Wakeups::close() {
  timer_.close();
  prepare_.close();
}

}  // namespace gossamer::node
