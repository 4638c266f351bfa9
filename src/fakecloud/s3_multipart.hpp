#pragma once

#include "fakecloud/operation.hpp"
#include "fakecloud/parts.hpp"

namespace gossamer::fakecloud {

/// Does what a believed S3 request asks of multipart uploads.
Answer serve_multipart(Parts& parts, const Request& request, const Operation& operation,
                       const Moment& moment);
Answer list_uploads(const Parts& parts, const Operation& operation);
Answer list_parts(const Upload& upload, const Operation& operation);

}  // namespace gossamer::fakecloud
