#pragma once

#include <memory>
#include <string>

#include "objects/s3_bucket.hpp"

namespace gossamer::objects {

/// Reads pages until it has `limit` keys and knows whether there are more. Keys that break the
/// rules of keys are not ours, and left out.
void s3_list(std::shared_ptr<S3Bucket> bucket, std::string prefix, std::string after,
             std::size_t limit, ObjectStore::Listed done);

}  // namespace gossamer::objects
