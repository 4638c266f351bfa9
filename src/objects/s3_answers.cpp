#include "objects/s3_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "aws/signed_client.hpp"

namespace gossamer::objects {
namespace {

constexpr std::size_t kRegionBytesMax = 64;

// 4xx by number, but no refusal: the bytes were damaged or came too slowly.
bool is_passing(std::string_view code) {
  constexpr std::array<std::string_view, 7> codes{
      "RequestTimeout", "IncompleteBody", "BadDigest",           "XAmzContentSHA256Mismatch",
      "SlowDown",       "Throttling",     "RequestLimitExceeded"};
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string region_of(const http::Response& response) {
  std::string region{http::find_header(response.headers, "x-amz-bucket-region")};
  if (region.empty()) region = xml_text(response, "Error", "Region");
  const bool is_region =
      region.size() <= kRegionBytesMax && std::all_of(region.begin(), region.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  return is_region ? region : std::string{};
}

bool is_elsewhere(const http::Response& response, std::string_view code) {
  return (response.status >= 300 && response.status < 400) ||
         code == "AuthorizationHeaderMalformed" || code == "PermanentRedirect" ||
         code == "IllegalLocationConstraintException";
}

// What a person has to do about it, where it is known.
std::string advice(S3Operation operation, const http::Response& response, std::string_view code) {
  if (is_elsewhere(response, code)) {
    const std::string region = region_of(response);
    if (!region.empty()) return fmt::format("; the bucket is in {0}: say region={0}", region);
    if (response.status < 400) return "; the bucket is elsewhere: say its region or endpoint";
  }
  if (response.status == 501 && operation == S3Operation::create) {
    return "; this server does not support conditional writes (If-None-Match): it is still usable "
           "for "
           "packages and exports";
  }
  if (code == "NoSuchBucket") return "; there is no such bucket, and none is made";
  if (response.status == 404 && operation == S3Operation::get && code.empty()) {
    return "; it does not say NoSuchKey, as S3 does, so it says nothing of the object: what stands "
           "before the store?";
  }
  return {};
}

ObjectOutcome outcome_of_status(S3Operation operation, int status, std::string_view code) {
  if (status >= 200 && status < 300) return ObjectOutcome::ok;
  if (code == "NoSuchBucket") return ObjectOutcome::refused;
  if (is_passing(code)) return ObjectOutcome::unknown;
  switch (status) {
    case 404:
      // Who stands before the store and knows nothing of it says 404, too: a page that is taken for
      // the end of a journal.
      if (operation == S3Operation::get && code == "NoSuchKey") return ObjectOutcome::absent;
      return operation == S3Operation::remove ? ObjectOutcome::absent : ObjectOutcome::unknown;
    case 412:
      return operation == S3Operation::create ? ObjectOutcome::exists : ObjectOutcome::unknown;
    case 408:
    case 409:
    case 416:
    case 425:
    case 429: return ObjectOutcome::unknown;
    case 501: return ObjectOutcome::refused;
    default: break;
  }
  return status >= 300 && status < 500 ? ObjectOutcome::refused : ObjectOutcome::unknown;
}

// Nothing was answered. For a write `refused` is as unknown as `unknown`, so it may be said
// whenever a repetition is no use.
ObjectOutcome outcome_of_error(ErrorCode code) {
  const bool is_refusal =
      code == ErrorCode::invalid_argument || code == ErrorCode::permission_denied;
  return is_refusal ? ObjectOutcome::refused : ObjectOutcome::unknown;
}

}  // namespace

ObjectResult outcome_of(S3Operation operation, const S3Answer& answer, std::string_view what) {
  if (!answer) {
    const ErrorCode code = answer.error().code;
    const ObjectOutcome outcome = outcome_of_error(code);
    const bool is_unreached = outcome == ObjectOutcome::refused || code == ErrorCode::unavailable;
    return {outcome, fmt::format("{}: {}", what, answer.error().detail), is_unreached};
  }
  const aws::ServiceError error =
      answer->is_success() ? aws::ServiceError{} : aws::parse_service_error(*answer);
  const ObjectOutcome outcome = outcome_of_status(operation, answer->status, error.code);
  if (outcome == ObjectOutcome::ok) return {outcome, {}};
  std::string said = fmt::format("{}: {}", what, answer->status);
  if (!error.code.empty()) said += " " + error.code;
  if (!error.message.empty()) said += ": " + error.message;
  return {outcome, said + advice(operation, *answer, error.code)};
}

ObjectResult outcome_of_put(S3Operation operation, const S3Answer& answer, std::string_view what) {
  ObjectResult result = outcome_of(operation, answer, what);
  if (result.outcome != ObjectOutcome::ok) return result;
  if (!http::find_header(answer->headers, "ETag").empty()) return result;
  return {ObjectOutcome::unknown,
          fmt::format("{}: {} without an ETag, which is no answer of S3: what stands before the "
                      "store?",
                      what, answer->status)};
}

bool is_worth_repeating(const S3Answer& answer) {
  if (http::is_transient(answer)) return true;
  if (!answer || answer->is_success()) return false;
  // Another conditional write of this key was under way: once more tells which was first.
  if (answer->status == 409) return true;
  if (answer->status >= 500) return answer->status != 501 && answer->status != 505;
  return is_passing(aws::parse_service_error(*answer).code);
}

bool has_error_body(const http::Response& response) {
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size());
  return static_cast<bool>(document.child("Error"));
}

std::string xml_text(const http::Response& response, const char* root, const char* name) {
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size());
  return document.child(root).child(name).text().get();
}

}  // namespace gossamer::objects
