#pragma once

#include <string>
#include <string_view>

#include "gossamer/ports/object_store.hpp"
#include "http/client.hpp"

namespace gossamer::objects {

enum class S3Operation : unsigned char { get, create, put, remove, list };

using S3Answer = Result<http::Response>;

/// What the end of a request means; `what` was tried, for the detail: `PUT s3://bucket/key`.
ObjectResult outcome_of(S3Operation operation, const S3Answer& answer, std::string_view what);

/// The same of a PUT: success names what was stored by an ETag.
ObjectResult outcome_of_put(S3Operation operation, const S3Answer& answer, std::string_view what);

/// Whether the same request once more may settle it.
bool is_worth_repeating(const S3Answer& answer);

/// S3 begins to answer a long operation with 200 before it knows how it ends: then the body tells.
bool has_error_body(const http::Response& response);
/// The text of `<root><name>`; empty if there is none.
std::string xml_text(const http::Response& response, const char* root, const char* name);

}  // namespace gossamer::objects
