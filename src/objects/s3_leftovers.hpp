#pragma once

#include <memory>
#include <string>

#include "objects/s3_bucket.hpp"

namespace gossamer::objects {

/// Aborts uploads in parts below the prefix that are older than the limit, which processes that
/// died have left; none whose key could not be ours. Nobody hears how it went: the next process
/// tries again.
void s3_abort_leftovers(std::shared_ptr<S3Bucket> bucket);

/// Begins an upload in parts, and aborts it: whether that is allowed is seen only when it is
/// needed, and what cannot be aborted is paid for.
void s3_try_abort(std::shared_ptr<S3Bucket> bucket, std::string key, ObjectStore::Done done);

}  // namespace gossamer::objects
