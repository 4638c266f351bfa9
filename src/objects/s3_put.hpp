#pragma once

#include <memory>
#include <string>

#include "objects/s3_bucket.hpp"

namespace gossamer::objects {

/// `operation` is create or put. Reads and hashes the source, then sends it: in one PUT, or in
/// parts if it is a put of more than `one_put_bytes`.
void s3_put(std::shared_ptr<S3Bucket> bucket, S3Operation operation, std::string key,
            std::shared_ptr<ByteSource> source, ObjectStore::Done done);

/// Sends a body that is known in parts. What was begun and failed is aborted.
void s3_put_in_parts(std::shared_ptr<S3Bucket> bucket, std::string key, S3Body body,
                     ObjectStore::Done done);

}  // namespace gossamer::objects
