#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "gossamer/ports/object_store.hpp"
#include "http/message.hpp"
#include "objects/checksum.hpp"
#include "objects/s3_bucket.hpp"

namespace gossamer::objects {

/// Stands before the caller's sink and lets one get go on over several attempts: what was passed on
/// once is not passed on again, and comes from one version of the object.
///
/// **Threads**: `restart` and `write` on workers, one at a time; the rest on the loop.
class S3GetSink final : public ByteSink {
 public:
  using Range = ObjectStore::Range;
  S3GetSink(std::shared_ptr<ByteSink> inner, std::optional<Range> range);

  /// The header `Range` of the next attempt; empty: the whole object.
  std::string next_range() const;
  /// The version that is being passed on; empty before there is any.
  std::string etag() const;
  std::uint64_t passed_on() const;
  /// The next attempt begins.
  void begin_attempt();
  /// The head of an attempt's answer, before its first byte.
  void head(int status, const http::Headers& headers);
  /// The attempt was answered 416, as S3 says it: nothing is where its range begins. `size`: what
  /// the object is said to have.
  void refuse_range(std::optional<std::uint64_t> size);
  /// The object is another now, or its bytes are wrong: from its start, whatever it is. All that is
  /// known of it is forgotten, so only an attempt that begins may say so.
  void start_over();
  /// Never touches the caller's sink again; waits for a write that is under way.
  void detach();

  void restart() override;
  Result<void> write(ByteView bytes) override;

  /// Why the caller's sink took no more.
  std::optional<Error> sink_error() const;
  /// How the attempt's answer is about another version, or other bytes than were asked for; empty:
  /// it is not.
  std::string astray() const;
  /// If the attempt ended well: nothing that was asked for is missing.
  bool is_complete() const;
  /// All bytes were passed on: are they those that were put? Yes, too, where nobody can tell.
  bool is_intact();

 private:
  std::uint64_t wanted_from() const;
  std::uint64_t wanted_end() const;
  bool is_whole() const;
  void learn_total(std::uint64_t total);
  Result<void> pass_on(ByteView bytes);

  const std::shared_ptr<ByteSink> inner_;
  const Range range_;
  mutable std::mutex mutex_;
  bool has_begun_ = false;  ///< The caller's sink was told.
  bool is_detached_ = false;
  std::uint64_t passed_on_ = 0;
  std::string etag_;
  std::optional<std::uint64_t> total_;  ///< What the object has, as far as it was told.
  std::string stored_checksum_;         ///< Empty if there was none.
  Checksum checksum_;
  std::optional<bool> is_intact_;
  std::optional<Error> sink_error_;
  // Of the attempt:
  int status_ = 0;
  std::uint64_t position_ = 0;  ///< In the object, of the next byte that comes.
  std::string astray_;
};

void s3_get(std::shared_ptr<S3Bucket> bucket, std::string key,
            std::optional<ObjectStore::Range> range, std::shared_ptr<ByteSink> sink,
            ObjectStore::Done done);

}  // namespace gossamer::objects
