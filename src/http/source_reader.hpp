#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "gossamer/bytes.hpp"
#include "gossamer/ports/object_store.hpp"
#include "gossamer/unique_function.hpp"
#include "ports/workers.hpp"

namespace gossamer::http {

/// Reads a source on workers, ahead of the socket: while one chunk is sent the next is read. At
/// most two chunks are held.
///
/// **Threads**: the loop thread only; the source is touched by one worker at a time. **Lifetime**:
/// may be destroyed while a read is under way; that ends by itself.
class SourceReader : public std::enable_shared_from_this<SourceReader> {
 public:
  static constexpr std::size_t kChunkBytes = 512 * 1024;
  static constexpr std::size_t kChunksMax = 2;

  /// `on_read` runs on the loop after each read, also after a failed or a stopped one.
  SourceReader(Workers& workers, std::shared_ptr<ByteSource> source,
               UniqueFunction<void()> on_read);

  /// Begins to read at `offset`, again or for the first time.
  void seek(std::uint64_t offset);
  /// Moves the next bytes into `into`. 0: at the end, or none is there yet.
  std::size_t take(std::span<std::uint8_t> into);
  /// The chunk to be sent next; empty if none is there.
  ByteView front() const;
  /// Reads no more; what is there is dropped.
  void stop();

  std::uint64_t size() const noexcept { return size_; }
  bool is_at_end() const noexcept { return taken_ == size_; }
  /// A worker touches the source.
  bool is_busy() const noexcept { return is_reading_; }
  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  struct Job;
  void read_ahead();
  void on_job_done(Job& job);

  Workers& workers_;
  const std::shared_ptr<ByteSource> source_;
  UniqueFunction<void()> on_read_;
  const std::uint64_t size_;
  std::uint64_t taken_ = 0;      ///< All before it was taken.
  std::uint64_t requested_ = 0;  ///< All before it was read, or is being read.
  std::deque<Bytes> chunks_;
  std::size_t front_taken_ = 0;  ///< Of the first chunk.
  Bytes spare_;
  std::uint64_t generation_ = 0;  ///< Of the seek: what was read before it is dropped.
  bool is_reading_ = false;
  bool is_stopped_ = false;
  std::optional<Error> error_;
};

}  // namespace gossamer::http
