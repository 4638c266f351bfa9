#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "gossamer/bytes.hpp"
#include "gossamer/ports/object_store.hpp"
#include "gossamer/unique_function.hpp"
#include "ports/workers.hpp"

namespace gossamer::http {

/// Restarts a sink and writes to it, on workers, in order and one write at a time, while more is
/// received. One chunk is being written and one waits; what is beyond is up to who appends.
///
/// **Threads**: the loop thread only; the sink is touched by one worker at a time. **Lifetime**:
/// may be destroyed while a write is under way; that ends by itself.
class SinkWriter : public std::enable_shared_from_this<SinkWriter> {
 public:
  /// So much is written at once, and waits at most while a worker is still at the last.
  static constexpr std::size_t kChunkBytes = 1024 * 1024;

  /// `on_written` runs on the loop after each write, also after a failed or a stopped one.
  SinkWriter(Workers& workers, std::shared_ptr<ByteSink> sink, UniqueFunction<void()> on_written);

  void append(ByteView bytes);
  /// Append no more until on_written runs.
  bool is_full() const noexcept { return is_writing_ && waiting_.size() >= kChunkBytes; }
  /// No more bytes follow: what waits is written as soon as may be, and the sink restarted at
  /// least.
  void finish();
  /// Writes no more; what waits is dropped.
  void stop();

  /// A worker touches the sink, or will.
  bool is_busy() const noexcept { return is_writing_; }
  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  struct Job;
  void write_chunk();
  void on_job_done(Job& job);

  Workers& workers_;
  const std::shared_ptr<ByteSink> sink_;
  UniqueFunction<void()> on_written_;
  Bytes waiting_;
  Bytes spare_;
  bool is_untold_ =
      true;  ///< Of the restart, which comes with the first write: each costs a wakeup.
  bool is_writing_ = false;
  bool is_finishing_ = false;
  bool is_stopped_ = false;
  std::optional<Error> error_;
};

}  // namespace gossamer::http
