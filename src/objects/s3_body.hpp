#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "aws/digest.hpp"
#include "gossamer/ports/object_store.hpp"

namespace gossamer::objects {

/// A body whose hashes are known, so that it can be signed, and found intact when it is read.
struct S3Body {
  std::shared_ptr<ByteSource> source{};
  std::uint64_t size = 0;
  std::string checksum{};            ///< Of the whole; objects carry it.
  aws::Sha256 sha256{};              ///< Of the whole, if it goes in one piece.
  std::uint64_t part_bytes = 0;      ///< 0: it goes in one piece.
  std::vector<aws::Sha256> parts{};  ///< Of each part; all but the last have `part_bytes`.
};

/// Where an object carries the checksum of its bytes.
inline constexpr const char* kChecksumHeader = "x-amz-meta-xxh128";

/// What is not larger is read once and kept; else a body is read again when it is sent.
inline constexpr std::uint64_t kKeptBodyBytes = 1024 * 1024;

/// Reads all of `source`; on a worker. `part_bytes`: as above.
/// Errors: those of the source; cancelled, once `stopped`.
Result<S3Body> measure(std::shared_ptr<ByteSource> source, std::uint64_t part_bytes,
                       const std::atomic<bool>& stopped);

/// Parts of this size for an object of `size` bytes, so that S3's 10,000 suffice.
std::uint64_t part_bytes_for(std::uint64_t size, std::uint64_t wanted);

/// Lets several threads read one source: a source is read by one at a time.
class SharedSource {
 public:
  explicit SharedSource(std::shared_ptr<ByteSource> source) : source_(std::move(source)) {}
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) {
    const std::lock_guard lock{mutex_};
    return source_->read(offset, into);
  }

 private:
  std::mutex mutex_;
  const std::shared_ptr<ByteSource> source_;
};

/// `size` bytes of `whole` from `offset`, as a source of its own.
std::shared_ptr<ByteSource> make_part(std::shared_ptr<SharedSource> whole, std::uint64_t offset,
                                      std::uint64_t size);

}  // namespace gossamer::objects
