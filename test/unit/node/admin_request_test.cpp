#include "node/admin_request.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace gossamer::node {
namespace {

Error refusal(const std::string& line) {
  const auto request = parse_admin_request(line);
  REQUIRE_FALSE(request.has_value());
  return request.error();
}

TEST_CASE("admin request: each says what it needs, and no more counts", "[admin]") {
  const auto members = parse_admin_request(R"({"request":"members","name":7})");
  REQUIRE(members.has_value());
  CHECK(members->request == "members");
  CHECK(members->name.empty());
  CHECK(parse_admin_request(R"({"request":"watch","name":"web"})")->name == "web");
  CHECK(parse_admin_request(R"({"request":"undeploy","service":"a"})")->unit.service == "a");
  const auto freeze = parse_admin_request(R"({"request":"freeze","service":"a","ordinal":3})");
  REQUIRE(freeze.has_value());
  CHECK(freeze->unit == UnitId{"a", 3});
  const auto deploy =
      parse_admin_request(R"({"request":"deploy","spec":{"name":"a","instances":2}})");
  REQUIRE(deploy.has_value());
  CHECK(deploy->spec.instances == 2);
  const auto add =
      parse_admin_request(R"({"request":"keys_add","key":")" + std::string(62, '0') + R"(af"})");
  REQUIRE(add.has_value());
  CHECK(add->key == std::string(31, '\0') + '\xaf');
  CHECK(parse_admin_request(R"({"request":"keys"})").has_value());
  CHECK(parse_admin_request(R"({"request":"keys_use","id":"0102a0ff"})")->key_id == 0x0102a0ff);
  CHECK(parse_admin_request(R"({"request":"keys_remove","id":"00000001"})")->key_id == 1);
}

TEST_CASE("admin request: what is wrong with a key is not told by showing it", "[admin][keys]") {
  const std::string digits(63, '7');
  const Error error = refusal(R"({"request":"keys_add","key":")" + digits + R"("})");
  CHECK(error.detail == "'key' must be a key's 64 hex digits");
}

TEST_CASE("admin request: what is none is refused with what is wrong", "[admin]") {
  struct Row {
    std::string line;
    std::string why;
  };
  const auto row = GENERATE(values<Row>({
      {"", "a request is one JSON object on one line"},
      {"members", "a request is one JSON object on one line"},
      {"[1]", "a request is one JSON object on one line"},
      {R"({"request":"members")", "a request is one JSON object on one line"},
      {"{}", "'request' must be a string"},
      {R"({"request":7})", "'request' must be a string"},
      {R"({"request":"x"})", "there is no request 'x'; there are status, members"},
      {R"({"request":"watch"})", "'name' must be a string"},
      {R"({"request":"deploy"})", "'spec' is missing"},
      {R"({"request":"deploy","spec":[]})", "spec must be an object"},
      {R"({"request":"keys_add"})", "'key' must be a key's 64 hex digits"},
      {R"({"request":"keys_add","key":7})", "'key' must be a key's 64 hex digits"},
      {R"({"request":"keys_use","id":7})", "'id' must be the 8 hex digits of a key's id"},
      {R"({"request":"keys_use","id":"0102a0f"})", "'id' must be the 8 hex digits"},
      {R"({"request":"keys_remove","id":"0102a0fg"})", "'id' must be the 8 hex digits"},
      {R"({"request":"freeze","service":"a","ordinal":-1})", "'ordinal' must be a whole number"},
      {R"({"request":"freeze","service":"a","ordinal":4294967296})", "'ordinal' must be a whole"},
  }));
  CAPTURE(row.line);
  const Error error = refusal(row.line);
  CHECK(error.code == ErrorCode::invalid_argument);
  CHECK_THAT(error.detail, Catch::StartsWith(row.why));
}

TEST_CASE("admin request: keys and nesting beyond their bounds are refused, not kept",
          "[admin][bounds]") {
  const auto with_keys = [](std::size_t more) {
    std::string line = R"({"request":"members")";
    for (std::size_t i = 0; i < more; ++i) line += ",\"" + std::to_string(i) + "\":0";
    return line + "}";
  };
  CHECK(parse_admin_request(with_keys(kAdminKeysMax - 1)).has_value());
  CHECK(refusal(with_keys(kAdminKeysMax)).code == ErrorCode::resource_exhausted);
  // Kept, each would be compared with all before it.
  CHECK(refusal(with_keys(50'000)).code == ErrorCode::resource_exhausted);

  const auto nested = [](std::size_t depth) {
    return R"({"request":"members","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(parse_admin_request(nested(kAdminNestingMax - 1)).has_value());
  CHECK(refusal(nested(kAdminNestingMax + 2)).code == ErrorCode::resource_exhausted);
  CHECK(refusal(nested(200'000)).code == ErrorCode::resource_exhausted);
}

}  // namespace
}  // namespace gossamer::node
