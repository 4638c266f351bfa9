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

TEST_CASE(
    "service error: what a terminal would act on is a blank, and what is no UTF-8 is marked") {
  const auto message_of = [](const std::string& text) {
    return parse("<Error><Code>X</Code><Message>" + text + "</Message></Error>").message;
  };
  CHECK(message_of("a\xc2\x9b"
                   "31mb\xc2\x85"
                   "c\xc2\x80") == "a 31mb c ");
  CHECK(message_of("a\xe2\x80\xaetxt.exe") == "a txt.exe");
  CHECK(message_of("\xe2\x80\x8f\xd8\x9c\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\xa8\xef\xbb\xbf.") ==
        "      .");
  CHECK(message_of("&#x9b;31m&#x202e;") == " 31m ");
  CHECK(message_of("a\x9b"
                   "b\xff\xc3") == "a?b??");
  CHECK(message_of("\xed\x9f\xbf\xf4\x90\x80\x80") == "\xed\x9f\xbf????");
  CHECK(message_of("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
}

TEST_CASE("service error: words that quote a secret are left out") {
  const std::string token = "IQoJb3JpZ2luX2VjE/+abc==0123456789abcdefghijklmnopqrstuvwxyz";
  const std::vector<Secret> secrets{Secret{token}, Secret{"wJalrXUtnFEMI"}, Secret{},
                                    Secret{"test"}};
  const auto message_of = [&](const std::string& message, const std::string& code = "Denied") {
    http::Response response;
    response.status = 403;
    response.body =
        to_bytes("<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>");
    hide_quoted(response, secrets);
    const ServiceError error = parse_service_error(response);
    return error.code + ": " + error.message;
  };
  const std::string hidden = "Denied: (its words quote what is secret, and are left out)";
  CHECK(message_of("bad token " + token) == hidden);
  CHECK(message_of("bad token IQoJb3JpZ2luX2VjE%2F%2Babc%3D%3D01234567") == hidden);
  CHECK(message_of("bad token ..." + token.substr(9, 32)) == hidden);
  CHECK(message_of(std::string(600, '.') + token) == hidden);
  CHECK(message_of("key wJalrXUtnFEMI") == hidden);
  CHECK(message_of("fine", "wJalrXUtnFEMI") ==
        "Hidden: (its words quote what is secret, and are left out)");
  CHECK(message_of("a test, 100% fine") == "Denied: a test, 100% fine");
}

TEST_CASE("service error: a note comes before the message") {
  http::Response response;
  response.body = to_bytes("<Error><Code>X</Code><Message>a &lt; b</Message></Error>");
  put_before_message(response, "note");
  CHECK(parse_service_error(response).message == "note; a < b");
  response.body = to_bytes("busy");
  put_before_message(response, "note");
  CHECK(to_text(response.body) == "busy");
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
