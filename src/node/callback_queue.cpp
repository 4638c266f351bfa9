#include "node/callback_queue.hpp"

namespace gossamer::node {

Result<void> CallbackQueue::open(UvLoop& loop) {
  auto mailbox = UvMailbox::open(loop);
  if (!mailbox) return tl::unexpected(mailbox.error());
  mailbox_ = std::move(*mailbox);
  return {};
}

void CallbackQueue::add(UniqueFunction<void()> callback) {
  if (mailbox_) mailbox_->post(std::move(callback));
}

void CallbackQueue::stop() {
  // Dropping an answer adds another one, which is dropped as well.
  if (mailbox_) mailbox_->close();
}

}  // namespace gossamer::node
