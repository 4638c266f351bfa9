#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/secret.hpp"
#include "http/message.hpp"

namespace gossamer::aws {

/// Code and message of an error answer, as S3 (`<Error>`), EC2 (`<Response><Errors><Error>`) and
/// STS (`<ErrorResponse><Error>`) write it. Both empty if the body is none of them. Bounded: a code
/// is at most 100 letters, digits and `. _ -`; a message is cut at 500 bytes and is one line of
/// UTF-8 without what a terminal would act on: control characters, C1's too, and those that turn
/// the direction of writing.
struct ServiceError {
  std::string code{};
  std::string message{};
};
ServiceError parse_service_error(const http::Response& response);

/// Services may quote a request, and errors are shown: if the code or the message of an error
/// answer holds one of `secrets`, as it is or percent-encoded, or 32 bytes in a row of one, its
/// body is replaced by one that says so. What is shorter than 8 bytes is no secret.
void hide_quoted(http::Response& response, const std::vector<Secret>& secrets);
/// Has an error answer's message begin with `note`. No error answer: does nothing.
void put_before_message(http::Response& response, std::string_view note);

}  // namespace gossamer::aws
