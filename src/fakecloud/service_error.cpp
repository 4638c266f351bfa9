#include "fakecloud/service_error.hpp"

#include <fmt/format.h>

#include "fakecloud/service_time.hpp"
#include "fakecloud/xml_writer.hpp"

namespace gossamer::fakecloud {
namespace {

using Reason = Disbelief::Reason;

Answer xml_answer(int status, std::string text) {
  Answer answer;
  answer.status = status;
  answer.headers.push_back({"Content-Type", "application/xml"});
  answer.text = std::move(text);
  return answer;
}

Answer s3_error(const Operation& operation, int status, std::string_view code,
                std::string_view message) {
  XmlWriter xml{"Error"};
  xml.text("Code", code).text("Message", message).text("Resource", operation.path);
  xml.text("RequestId", "0000000000000001");
  return xml_answer(status, xml.finish());
}

Answer ec2_error(int status, std::string_view code, std::string_view message) {
  XmlWriter xml{"Response"};
  xml.open("Errors").open("Error").text("Code", code).text("Message", message).close().close();
  xml.text("RequestID", "00000000-0000-4000-8000-000000000001");
  return xml_answer(status, xml.finish());
}

Answer sts_error(int status, std::string_view code, std::string_view message) {
  XmlWriter xml{"ErrorResponse", "https://sts.amazonaws.com/doc/2011-06-15/"};
  xml.open("Error").text("Type", "Sender").text("Code", code).text("Message", message).close();
  xml.text("RequestId", "00000000-0000-4000-8000-000000000001");
  return xml_answer(status, xml.finish());
}

Answer plain_error(int status, std::string_view code, std::string_view message) {
  Answer answer;
  answer.status = status;
  answer.headers.push_back({"Content-Type", "text/plain"});
  answer.text = fmt::format("{} - {}: {}\n", status, code, message);
  return answer;
}

struct Refusal {
  int status = 403;
  std::string_view code{};
};

Refusal s3_refusal(Reason reason, bool is_presigned) {
  switch (reason) {
    case Reason::unsigned_request:
    case Reason::expired_url:
    case Reason::headers_not_signed: return {403, "AccessDenied"};
    case Reason::malformed:
    case Reason::wrong_region:
      return {400,
              is_presigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed"};
    case Reason::unknown_key: return {403, "InvalidAccessKeyId"};
    case Reason::wrong_signature: return {403, "SignatureDoesNotMatch"};
    case Reason::clock_skewed: return {403, "RequestTimeTooSkewed"};
    case Reason::expired_token: return {400, "ExpiredToken"};
    case Reason::wrong_token: return {400, "InvalidToken"};
  }
  return {403, "AccessDenied"};
}

/// EC2 tells a wrong signature, an unknown key and a clock that is ahead by one code.
Refusal ec2_refusal(const Disbelief& disbelief) {
  switch (disbelief.reason) {
    case Reason::unsigned_request: return {400, "MissingParameter"};
    case Reason::malformed: return {400, "IncompleteSignature"};
    case Reason::expired_token:
    case Reason::expired_url: return {400, "RequestExpired"};
    case Reason::clock_skewed:
      if (disbelief.detail == "signed too long ago") return {400, "RequestExpired"};
      return {401, "AuthFailure"};
    default: return {401, "AuthFailure"};
  }
}

}  // namespace

Answer error_of(const Operation& operation, int status, std::string_view code,
                std::string_view message) {
  switch (operation.service) {
    case Service::s3: return s3_error(operation, status, code, message);
    case Service::ec2: return ec2_error(status, code, message);
    case Service::sts: return sts_error(status, code, message);
    default: return plain_error(status, code, message);
  }
}

Answer refusal_of(const Operation& operation, const Disbelief& disbelief, aws::WallTime now) {
  if (operation.service == Service::ec2) {
    const Refusal refusal = ec2_refusal(disbelief);
    return error_of(operation, refusal.status, refusal.code,
                    refusal.status == 401
                        ? "AWS was not able to validate the provided access credentials"
                        : disbelief.detail);
  }
  const Refusal refusal = s3_refusal(disbelief.reason, operation.has("X-Amz-Algorithm"));
  if (disbelief.reason != Reason::clock_skewed) {
    return error_of(operation, refusal.status, refusal.code, disbelief.detail);
  }
  XmlWriter xml{"Error"};
  xml.text("Code", refusal.code);
  xml.text("Message", "The difference between the request time and the current time is too large.");
  xml.text("ServerTime", to_iso_time(now, false)).text("MaxAllowedSkewMilliseconds", "900000");
  return xml_answer(refusal.status, xml.finish());
}

}  // namespace gossamer::fakecloud
