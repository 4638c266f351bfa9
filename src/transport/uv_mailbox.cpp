#include "transport/uv_mailbox.hpp"

#include <fmt/format.h>

#include <utility>

namespace gossamer {

Result<std::unique_ptr<UvMailbox>> UvMailbox::open(UvLoop& loop) {
  std::unique_ptr<UvMailbox> mailbox{new UvMailbox};
  const auto init = [](uv_loop_t* uv, uv_async_t* async) {
    return uv_async_init(uv, async, [](uv_async_t* woken) { run_tasks(*Handle::state_of(woken)); });
  };
  const int status = mailbox->handle_.open(loop, mailbox->state_, init);
  if (status < 0) {
    return fail(ErrorCode::io, fmt::format("cannot open a mailbox: {}", uv_strerror(status)));
  }
  return mailbox;
}

void UvMailbox::post(UniqueFunction<void()> task) {
  // Returning releases the lock before the task of a closed mailbox is destroyed.
  const std::lock_guard lock{state_->mutex};
  if (state_->is_closed) return;
  state_->tasks.push_back(std::move(task));
  // Under the lock, so that the handle is still open.
  if (state_->tasks.size() == 1) uv_async_send(handle_.get());
}

std::size_t UvMailbox::size() const {
  const std::lock_guard lock{state_->mutex};
  return state_->tasks.size();
}

void UvMailbox::run_tasks(State& state) {
  {
    const std::lock_guard lock{state.mutex};
    state.running.swap(state.tasks);
  }
  // What these post runs in the loop's next turn. `state` outlives a task that closes us.
  while (!state.running.empty()) {
    UniqueFunction<void()> task = std::move(state.running.front());
    state.running.pop_front();
    task();
  }
}

void UvMailbox::close() {
  if (!handle_.is_open()) return;
  std::deque<UniqueFunction<void()>> unrun;
  {
    const std::lock_guard lock{state_->mutex};
    state_->is_closed = true;
    unrun.swap(state_->tasks);
  }
  handle_.close();
  state_->running.clear();
}

}  // namespace gossamer
