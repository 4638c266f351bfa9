#pragma once

#include <memory>
#include <string_view>

#include "aws/session.hpp"
#include "gossamer/ports/object_store.hpp"
#include "ports/workers.hpp"

namespace gossamer::objects {

/// Opens the object store that `url` names: `dir:PATH`, or `s3://BUCKET/PREFIX` with parameters
/// (see S3Url). `workers` and `session` must outlive it. Errors: invalid_argument (lists the known
/// schemes), and those of the store.
Result<std::unique_ptr<ObjectStore>> make_object_store(std::string_view url, Workers& workers,
                                                       aws::Session& session);

}  // namespace gossamer::objects
