#pragma once

#include <memory>
#include <utility>

#include "gossamer/result.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_mailbox.hpp"

namespace gossamer::node {

/// Where everything waits that is the user's to run: callbacks, factories, watchers. It runs on a
/// stack of its own, at the loop's next turn, so that none runs inside the call that caused it, and
/// any of them may do what it likes with the node.
///
/// **Threads**: confined to the loop; but add, answers and their destruction may come from any
/// thread, for a store drops the answers of commits wherever they were made.
/// **Lifetime**: shared with what may still want to add.
class CallbackQueue : public std::enable_shared_from_this<CallbackQueue> {
 public:
  /// Errors: io.
  Result<void> open(UvLoop& loop);

  /// Dropped before open() and after stop().
  void add(UniqueFunction<void()> callback);

  /// Nothing of the user's runs from now on; what waits is dropped.
  void stop();
  bool has_waiting() const { return mailbox_->has_waiting(); }

  /// `done` for engines to call at any time: it runs once from this queue, with `cancelled` if they
  /// drop it.
  template <class T>
  UniqueFunction<void(Result<T>)> answering(UniqueFunction<void(Result<T>)> done) {
    return Answer<T>{shared_from_this(), std::move(done)};
  }

 private:
  template <class T>
  struct Answer {
    Answer(std::shared_ptr<CallbackQueue> to, UniqueFunction<void(Result<T>)> callback)
        : queue(std::move(to)), done(std::move(callback)) {}
    Answer(Answer&&) noexcept = default;
    Answer(const Answer&) = delete;
    Answer& operator=(Answer&&) = delete;
    ~Answer() {
      if (done) (*this)(fail(ErrorCode::cancelled, "the node has closed"));
    }
    void operator()(Result<T> result) {
      if (!done) return;
      queue->add([call = std::exchange(done, nullptr), answer = std::move(result)]() mutable {
        call(std::move(answer));
      });
    }
    std::shared_ptr<CallbackQueue> queue;
    UniqueFunction<void(Result<T>)> done;
  };

  std::unique_ptr<UvMailbox> mailbox_;
};

/// `reply` for users to call once: with `fallback` if they drop it, and only the first call counts.
template <class T>
UniqueFunction<void(T)> replying(UniqueFunction<void(T)> reply, T fallback) {
  struct Reply {
    Reply(UniqueFunction<void(T)> to, T otherwise)
        : answer(std::move(to)), fallback(std::move(otherwise)) {}
    Reply(Reply&&) noexcept = default;
    Reply(const Reply&) = delete;
    Reply& operator=(Reply&&) = delete;
    ~Reply() {
      if (answer) (*this)(std::move(fallback));
    }
    void operator()(T value) {
      if (auto call = std::exchange(answer, nullptr)) call(std::move(value));
    }
    UniqueFunction<void(T)> answer;
    T fallback;
  };
  return Reply{std::move(reply), std::move(fallback)};
}

}  // namespace gossamer::node
