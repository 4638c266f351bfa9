#pragma once

#include <string>

#include "http/message.hpp"

namespace gossamer::aws {

/// Code and message of an error answer, as S3 (`<Error>`), EC2 (`<Response><Errors><Error>`) and
/// STS
/// (`<ErrorResponse><Error>`) write it. Both empty if the body is none of them. Bounded: a code is
/// at most 100 letters, digits and `. _ -`; a message is cut at 500 bytes and holds no control
/// characters.
struct ServiceError {
  std::string code{};
  std::string message{};
};
ServiceError parse_service_error(const http::Response& response);

}  // namespace gossamer::aws
