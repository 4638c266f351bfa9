#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "aws/session.hpp"
#include "gossamer/ports/object_store.hpp"

namespace gossamer::objects {

/// What `s3://BUCKET/PREFIX?region=..&endpoint=..&style=..&sse=..&kms_key=..` says.
struct S3Url {
  std::string bucket{};
  std::string prefix{};    ///< Without a '/' at either end; may be empty.
  std::string region{};    ///< Empty: found, see aws::Session::find_region.
  std::string endpoint{};  ///< Empty: the region's own.
  /// `path`: endpoint/bucket/key. `virtual`: bucket.endpoint/key. By default path where an endpoint
  /// is given or the bucket's name has a dot (no certificate fits that), else virtual.
  bool is_path_style = false;
  bool is_dual_stack = false;  ///< `dualstack=true`.
  std::string sse{};           ///< `AES256`, `aws:kms`, or empty: as the bucket has it.
  std::string kms_key{};       ///< With aws:kms only.
};
/// Errors: invalid_argument, naming the parameter and what it may be. Keys and secrets do not belong
/// in a URL, and are refused by name.
Result<S3Url> parse_s3_url(std::string_view url);

/// An object store in an S3 bucket, or in what speaks its protocol.
///
/// `create` is one PUT with `If-None-Match: *`, of at most 5 GiB; `put` of more than `part_bytes`
/// goes in parallel parts, which are aborted when it fails. Every object carries its SHA-256 in
/// `x-amz-meta-sha256`, and a whole get is checked against it. A get that breaks goes on where it
/// broke, if the object is still the same. 409, 5xx, timeouts and broken connections are `unknown`
/// once a few attempts have not settled them; 412 to a create is `exists`.
///
/// The place is `s3://bucket/prefix`: what else the URL held is not shown.
/// Opens nothing and asks nobody: the region may be found later, and requests wait for it.
/// **Lifetime**: `session` outlives it.
struct S3Limits {
  std::size_t part_bytes = 8 * 1024 * 1024;  ///< 5 MiB to 5 GiB; grows so that 10,000 parts suffice.
  std::size_t parts_at_once = 4;
};
Result<std::unique_ptr<ObjectStore>> open_s3_object_store(std::string_view url,
                                                          aws::Session& session,
                                                          S3Limits limits = {});

}  // namespace gossamer::objects
