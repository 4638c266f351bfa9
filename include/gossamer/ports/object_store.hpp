#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

/// Where the bytes of an object come from. May be read again from the start when a request is
/// repeated. **Threads**: one at a time, any thread; `read` may block on a disk.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills all of `into` from `offset`. Errors: io.
  virtual Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
};

/// Where the bytes of an object go, in order. **Threads**: one at a time, any thread; may block.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Called once before the bytes of each attempt, even if it has none: forget what came before.
  virtual void restart() = 0;
  /// Errors stop the transfer and become its outcome.
  virtual Result<void> write(ByteView bytes) = 0;
};

/// Bytes in memory as a source.
std::shared_ptr<ByteSource> make_source(Bytes bytes);
/// A sink that keeps at most `bytes_max` in `*into`, and fails with resource_exhausted beyond.
/// `into` must outlive the transfer.
std::shared_ptr<ByteSink> make_sink(std::shared_ptr<Bytes> into, std::size_t bytes_max);

/// How a request to an object store ended.
enum class ObjectOutcome : unsigned char {
  ok,       ///< It happened.
  exists,   ///< create only: the key is taken (also by an earlier copy of this very request).
  absent,   ///< get and remove only: there is no such object.
  refused,  ///< Credentials, policy, or a full disk. For a write as unknown as `unknown`.
  unknown,  ///< 409, 5xx, timeout, reset: it may have happened, or may yet.
};

std::string_view to_string(ObjectOutcome outcome) noexcept;

struct ObjectResult {
  ObjectOutcome outcome = ObjectOutcome::unknown;
  std::string detail{};       ///< What was tried, with what, and what came back. Empty when ok.
  bool is_unreached = false;  ///< The last attempt did not get as far as the store.
};

struct ObjectListing {
  ObjectResult result{};
  std::vector<std::string> keys{};  ///< In byte order, all greater than `after`.
  bool is_last = true;              ///< False: call again with `after` = keys.back().
};

/// Where journals, frozen state and specs live: one bucket, or a directory that all nodes share.
///
/// Keys are of `A-Z a-z 0-9 - _ . /`, at most 512 bytes, without `//` and without a part that is
/// `.` or `..`. After `ok` every reader sees the whole object, and after a crash too.
///
/// **Threads**: confined to the node's loop. Every `done` runs once, on the loop, never from inside
/// the call; none runs after the store is destroyed.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  using Done = UniqueFunction<void(ObjectResult)>;
  using Listed = UniqueFunction<void(ObjectListing)>;
  /// Bytes `offset` to `offset + length - 1`; a length of 0 means to the end. What lies beyond the
  /// end is not given: then there are fewer bytes, or none, and that is `ok`.
  struct Range {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };

  /// For messages: `dir:/shared` or `s3://bucket/prefix`, without secrets.
  virtual std::string_view place() const noexcept = 0;

  virtual void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
                   Done done) = 0;
  /// Puts the object only if the key is free: of any number of racing creates exactly one is `ok`.
  virtual void create(std::string key, std::shared_ptr<ByteSource> source, Done done) = 0;
  virtual void put(std::string key, std::shared_ptr<ByteSource> source, Done done) = 0;
  virtual void remove(std::string key, Done done) = 0;
  /// Up to `limit` keys (1 to 1000) that begin with `prefix` and are greater than `after`.
  virtual void list(std::string prefix, std::string after, std::size_t limit, Listed done) = 0;
};

}  // namespace gossamer
