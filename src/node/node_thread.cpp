// A thread, a loop and a node on it.

#include "gossamer/node_thread.hpp"

#include <uv.h>

#include <future>
#include <thread>

#include "base/assert.hpp"
#include "gossamer/node.hpp"

namespace gossamer {

/// Lives until the thread has ended. Members are the thread's own, except what says otherwise.
struct NodeThread::Impl {
  NodeHandle handle{};  // Set before start() returns; then read by any thread.
  std::chrono::milliseconds leave_timeout{};
  std::unique_ptr<Node> node{};
  std::thread thread{};

  void run(NodeOptions options, std::promise<Result<void>> opened);
};

void NodeThread::Impl::run(NodeOptions options, std::promise<Result<void>> opened) {
  uv_loop_t loop;
  if (const int rc = uv_loop_init(&loop); rc != 0) {
    opened.set_value(fail(ErrorCode::io, std::string{"cannot make a loop: "} + uv_strerror(rc)));
    return;
  }
  auto made = Node::open(&loop, std::move(options));
  if (made) {
    node = std::move(*made);
    handle = node->handle();
    opened.set_value({});
  }
  // Ends when the node has closed, or what a failed one had opened.
  uv_run(&loop, UV_RUN_DEFAULT);
  node.reset();
  uv_run(&loop, UV_RUN_DEFAULT);
  const int closed = uv_loop_close(&loop);
  GOSSAMER_ASSERT(closed == 0);
  if (!made) opened.set_value(tl::unexpected(made.error()));
}

Result<std::unique_ptr<NodeThread>> NodeThread::start(NodeOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->leave_timeout = options.leave_timeout;
  std::promise<Result<void>> promise;
  std::future<Result<void>> opened = promise.get_future();
  impl->thread = std::thread{
      [raw = impl.get(), moved = std::move(options), told = std::move(promise)]() mutable {
        raw->run(std::move(moved), std::move(told));
      }};
  if (Result<void> result = opened.get(); !result) {
    impl->thread.join();
    return tl::unexpected(result.error());
  }
  return std::unique_ptr<NodeThread>{new NodeThread{std::move(impl)}};
}

NodeThread::NodeThread(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

NodeThread::~NodeThread() {
  // If a task before this one closed the node, the loop is ending without us.
  UniqueFunction<void(Node&)> leave = [timeout = impl_->leave_timeout](Node& node) {
    node.leave(timeout, [](Result<void>) {});
  };
  Result<void> posted = impl_->handle.post(std::move(leave));
  while (!posted && posted.error().code == ErrorCode::resource_exhausted) {
    std::this_thread::yield();
    posted = impl_->handle.post(
        [timeout = impl_->leave_timeout](Node& node) { node.leave(timeout, [](Result<void>) {}); });
  }
  impl_->thread.join();
}

Result<void> NodeThread::join(std::chrono::milliseconds timeout) {
  // Shared with the answer: the wait does not end before it is given, or dropped with the node.
  auto promise = std::make_shared<std::promise<Result<void>>>();
  std::future<Result<void>> joined = promise->get_future();
  const Result<void> posted = impl_->handle.post([timeout, promise](Node& node) {
    node.join(timeout, [promise](Result<void> result) { promise->set_value(std::move(result)); });
  });
  if (!posted) return posted;
  promise.reset();
  try {
    return joined.get();
  } catch (const std::future_error&) {
    return fail(ErrorCode::cancelled, "the node has closed");
  }
}

NodeHandle NodeThread::handle() const {
  return impl_->handle;
}

}  // namespace gossamer
