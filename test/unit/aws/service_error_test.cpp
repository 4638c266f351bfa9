#include "aws/service_error.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace gossamer::aws {
namespace {

ServiceError parse(const std::string& body) {
  http::Response response;
  response.status = 400;
  response.body = to_bytes(body);
  return parse_service_error(response);
}

TEST_CASE("service error: S3's form is read") {
  const ServiceError error = parse(
      R"(<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchKey</Code><Message>It is not &lt;there&gt;.</Message><Key>k</Key></Error>)");
  CHECK(error.code == "NoSuchKey");
  CHECK(error.message == "It is not <there>.");
}

TEST_CASE("service error: EC2's form is read") {
  const ServiceError error = parse(
      "<?xml version=\"1.0\"?>\n<Response><Errors><Error><Code>RequestLimitExceeded</Code>"
      "<Message>Request limit exceeded.</Message></Error></Errors><RequestID>1</RequestID>"
      "</Response>");
  CHECK(error.code == "RequestLimitExceeded");
  CHECK(error.message == "Request limit exceeded.");
}

TEST_CASE("service error: STS's form is read") {
  const ServiceError error = parse(
      "<ErrorResponse "
      "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
      "<Code>ExpiredTokenException</Code><Message>Expired</Message></Error></ErrorResponse>");
  CHECK(error.code == "ExpiredTokenException");
}

TEST_CASE("service error: a code without a message will do") {
  CHECK(parse("<Error><Code>SlowDown</Code></Error>").code == "SlowDown");
  CHECK(parse("<Error><Code>SlowDown</Code></Error>").message.empty());
}

TEST_CASE("service error: what is no error body has no code") {
  for (const std::string& body :
       {std::string{}, std::string{"busy"}, std::string{"{\"code\":\"x\"}"},
        std::string{"<html><body>502</body></html>"}, std::string{"<Error></Error>"},
        std::string{"<Error><Code/></Error>"}, std::string{"<Error><Code>Slow"},
        std::string{"<Other><Code>SlowDown</Code></Other>"},
        std::string{"<Error><Code>two words</Code></Error>"},
        std::string{"<Error><Code>a\nb</Code></Error>"},
        "<Error><Code>" + std::string(101, 'c') + "</Code></Error>",
        "<Error><Code>SlowDown</Code>" + std::string(300'000, ' ') + "</Error>"}) {
    CAPTURE(body.substr(0, 80));
    const ServiceError error = parse(body);
    CHECK(error.code.empty());
    CHECK(error.message.empty());
  }
}

TEST_CASE("service error: a message is cut, between characters, and is one harmless line") {
  const auto message_of = [](const std::string& text) {
    return parse("<Error><Code>X</Code><Message>" + text + "</Message></Error>").message;
  };
  CHECK(message_of(std::string(600, 'm')) == std::string(500, 'm'));
  CHECK(message_of(std::string(499, 'm') + "\xc3\xa9 and more") == std::string(499, 'm'));
  CHECK(message_of("a\nb\x1b[31mc\x7f") == "a b [31mc ");
}

TEST_CASE("service error: deep or endless nesting is survived") {
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "<Error>";
  CHECK(parse(deep).code.empty());
  for (int i = 0; i < 20'000; ++i) deep += "</Error>";
  CHECK(parse(deep).code.empty());
}

}  // namespace
}  // namespace gossamer::aws
