// Going: politely (leave), promptly (close), or without a word to the user (abandon). libuv frees
// handles on later turns of the loop, so the shell outlives its Node until then.

#include "node/shell.hpp"
#include "node/timeout.hpp"

namespace gossamer::node {

void Shell::leave(std::chrono::milliseconds timeout, Done done) {
  auto left = [done = std::move(done)]() mutable { done({}); };
  if (stage_ != Stage::begun) return close(std::move(left));
  close_done_.push_back(std::move(left));
  if (std::exchange(is_leaving_, true)) return;  // One goodbye is everybody's.
  driver_->leave(within_a_day(timeout),
                 callbacks_->answering<void>([weak = weak_from_this()](Result<void>) {
                   if (const auto self = weak.lock()) self->begin_closing();
                 }));
  wakeups_->refresh();
}

void Shell::close(UniqueFunction<void()> done) {
  if (stage_ == Stage::closed) return answer_later(std::move(done));
  close_done_.push_back(std::move(done));
  begin_closing();
}

void Shell::begin_closing() {
  if (stage_ == Stage::closing || stage_ == Stage::closed) return;
  close_adapters();
  drain_and_finish();
}

void Shell::abandon() {
  is_abandoned_ = true;
  if (callbacks_) callbacks_->stop();
  close_done_.clear();
  event_subscribers_.clear();
  watchers_.clear();
  if (stage_ != Stage::closing && stage_ != Stage::closed) close_adapters();
  if (stage_ != Stage::closed) finish();
}

void Shell::close_adapters() {
  stage_ = Stage::closing;
  mailbox_->close();
  admin_.reset();
  remote_admin_.reset();
  if (termination_watch_) termination_watch_->close();
  if (departure_) departure_->timer.close();
  if (proof_) proof_->timer.close();
  if (zone_question_) zone_question_->timer.close();
  if (wrapping_) wrapping_->timer.close();
  if (seed_poll_) seed_poll_->close();
  if (network_) network_->close();
  if (wakeups_) wakeups_->close();
  // What it still owed answers to is told that the node has closed.
  driver_.reset();
  waiting_for_begin_.clear();
  joins_.reset();
  if (runner_) runner_->clear();
  if (session_) session_->close();
  // The sources go before the workers are waited for, since that is what ends a lookup under way.
  seed_poll_.reset();
  // Work that has started on the stores ends before they go.
  if (workers_) workers_->close();
  if (object_workers_) object_workers_->close();
  unit_stores_.reset();
  wrapping_.reset();
  objects_.reset();
  node_store_.reset();
  termination_watch_.reset();
}

void Shell::drain_and_finish() {
  callbacks_->add([self = shared_from_this()] {
    if (self->callbacks_->has_waiting()) return self->drain_and_finish();
    self->callbacks_->stop();
    self->finish();
  });
}

void Shell::finish() {
  stage_ = Stage::closed;
  const std::shared_ptr<Shell> self = std::move(kept_);
  uv_.when_closed([self] {
    // One by one: any of them may destroy the node, and then the others are not to run.
    while (!self->close_done_.empty()) {
      UniqueFunction<void()> answer = std::move(self->close_done_.front());
      self->close_done_.pop_front();
      answer();
    }
  });
}

void Shell::answer_later(UniqueFunction<void()> answer) {
  // The callback queue is gone; a timer of the answer's own brings a stack of its own.
  auto timer = std::make_shared<std::unique_ptr<UvTimer>>();
  *timer = std::make_unique<UvTimer>(
      uv_, [self = shared_from_this(), timer, answer = std::move(answer)]() mutable {
        const auto ended = std::move(*timer);
        ended->close();
        if (!self->is_abandoned_) answer();
      });
  (*timer)->arm(Duration{0});
}

}  // namespace gossamer::node
