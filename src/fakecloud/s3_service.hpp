#pragma once

#include "fakecloud/operation.hpp"
#include "fakecloud/parts.hpp"

namespace gossamer::fakecloud {

/// Does what a believed S3 request asks for.
Answer serve_s3(Parts& parts, const Request& request, const Operation& operation,
                const Moment& moment);

/// Its parts. Each is one of S3's operations, or several of a kind.
Answer put_object(Parts& parts, const Request& request, const Operation& operation,
                  const Moment& moment);
Answer get_object(Parts& parts, const Request& request, const Operation& operation);
Answer list_objects(Parts& parts, const Operation& operation, const Moment& moment);
Answer delete_objects(Parts& parts, const Request& request, const Operation& operation);

inline constexpr const char* kS3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
Answer s3_answer(std::string xml);
/// The headers of a put that belong to the object: its metadata, type and encryption.
http::Headers object_headers(const Request& request);
/// Of an outcome other than `stored`.
Answer put_refusal(const Operation& operation, PutOutcome outcome);
PutCondition condition_of(const Request& request);
/// Back to whoever stated them.
void echo_checksums(const Request& request, Answer& answer);
/// For a name and its headers; null if the quota does not hold them.
std::shared_ptr<const Quota::Share> overhead_of(const Parts& parts, const Request& request);
Answer over_quota(const Operation& operation);

}  // namespace gossamer::fakecloud
