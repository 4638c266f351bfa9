#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "aws/session.hpp"
#include "gossamer/ports/object_store.hpp"
#include "http/message.hpp"
#include "http/retries.hpp"

namespace gossamer::objects {

/// What `s3://BUCKET/PREFIX?region=..&endpoint=..&style=..&sse=..&kms_key=..` says.
struct S3Url {
  std::string bucket{};
  std::string prefix{};    ///< Without a '/' at either end; may be empty.
  std::string region{};    ///< Empty: found, see aws::Session::find_region.
  std::string endpoint{};  ///< Empty: see aws::Session::find_endpoint.
  /// `path`: endpoint/bucket/key. `virtual`: bucket.endpoint/key. `by_endpoint`: path where an
  /// endpoint is set or the bucket's name has a dot (no certificate fits that), else virtual.
  enum class Style : unsigned char { by_endpoint, path, virtual_host };
  Style style = Style::by_endpoint;
  bool is_dual_stack = false;  ///< `dualstack=true`.
  std::string sse{};           ///< `AES256`, `aws:kms`, or empty: as the bucket has it.
  std::string kms_key{};       ///< With aws:kms only.
};
/// Errors: invalid_argument, naming the parameter and what it may be. Keys and secrets do not
/// belong in a URL, and are refused by name.
Result<S3Url> parse_s3_url(std::string_view url);

/// What a store does with a request. The defaults are for S3; tests shorten them.
struct S3Limits {
  std::size_t part_bytes =
      8 * 1024 * 1024;  ///< 5 MiB to 5 GiB; grows so that 10,000 parts suffice.
  std::size_t parts_at_once = 4;
  /// A put of no more goes in one request: parts cost three requests more, and only a long line is
  /// filled better by several at once. At most 5 GiB.
  std::size_t one_put_bytes = 64 * 1024 * 1024;
  /// `whole` is for small requests: one with a body gets a second more for each 256 KiB.
  http::Timeouts timeouts{};
  /// A get that moves on is not given up after `attempts_max`, but when it has taken longer than
  /// `whole` and a second for each 16 KiB that came.
  http::RetryPolicy repeats{};
  /// The first put in parts aborts uploads below the prefix that were begun longer ago than this.
  std::chrono::seconds leftover_age{24 * 3'600};
};

/// An object store in an S3 bucket, or in what speaks its protocol.
///
/// `create` is one PUT with `If-None-Match: *`, of at most 5 GiB; `put` of more than
/// `one_put_bytes` goes in parallel parts, which are aborted when it fails. Every object carries
/// its XXH3 of 128 bits in `x-amz-meta-xxh128`, and a get that comes to have the whole object is
/// checked against it. A get that breaks goes on where it broke, if the object is still the same.
/// 409, 5xx, timeouts and broken connections are `unknown` once a few attempts have not settled
/// them; 412 to a create is `exists`. A 404 is `absent` to a get only if it says NoSuchKey. S3 does
/// not tell whether what is removed was there: `remove` is `ok` then.
///
/// The place is `s3://bucket/prefix`: what else the URL held is not shown.
/// Opens nothing and asks nobody: the region may be found later, and requests wait for it.
/// **Lifetime**: `session` outlives it.
Result<std::unique_ptr<ObjectStore>> open_s3_object_store(std::string_view url,
                                                          aws::Session& session,
                                                          S3Limits limits = {});

}  // namespace gossamer::objects
