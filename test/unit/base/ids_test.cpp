#include "gossamer/ids.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gossamer/membership.hpp"

namespace gossamer {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("ids: a node's id is written as 32 hex digits and read back") {
  const bool holds = rc::check([](const std::array<std::uint8_t, 16>& bytes) {
    const NodeId id{bytes};
    const std::string text = to_string(id);
    RC_ASSERT(text.size() == 32U);
    RC_ASSERT(to_short_string(id) == text.substr(0, 8));
    const auto parsed = parse_node_id(text);
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == id);
  });
  CHECK(holds);
}

TEST_CASE("ids: hex digits of either case are read") {
  const auto lower = parse_node_id("00112233445566778899aabbccddeeff");
  const auto upper = parse_node_id("00112233445566778899AABBCCDDEEFF");
  REQUIRE(lower.has_value());
  REQUIRE(upper.has_value());
  CHECK(*lower == *upper);
  CHECK(lower->bytes[15] == 0xff);
}

TEST_CASE("ids: what is not 32 hex digits is refused with the reason") {
  const std::string digits(31, '0');
  const struct {
    std::string text;
    std::string reason;
  } rows[] = {
      {"", "32 hex digits"},        {digits, "32 hex digits"}, {digits + "00", "32 hex digits"},
      {digits + "g", "not hex"},    {digits + " ", "not hex"}, {"x" + digits, "not hex"},
      {digits + "\xff", "not hex"}, {digits + "-", "not hex"},
  };
  for (const auto& row : rows) {
    INFO("text '" << row.text << "'");
    const auto parsed = parse_node_id(row.text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::invalid_argument);
    CHECK_THAT(parsed.error().detail, Contains(row.reason));
  }
}

TEST_CASE("ids: only the id of zeros is zero") {
  CHECK(NodeId{}.is_zero());
  NodeId id;
  id.bytes[15] = 1;
  CHECK_FALSE(id.is_zero());
}

TEST_CASE("ids: an endpoint that is written is read back") {
  const Endpoint rows[] = {{"10.0.0.1", 7946}, {"0.0.0.0", 0},       {"255.255.255.255", 65535},
                           {"::1", 7946},      {"2001:db8::7", 443}, {"::ffff:10.0.0.1", 1}};
  for (const Endpoint& endpoint : rows) {
    INFO(to_string(endpoint));
    const auto parsed = parse_endpoint(to_string(endpoint));
    REQUIRE(parsed.has_value());
    CHECK(*parsed == endpoint);
  }
  CHECK(to_string(Endpoint{"10.0.0.1", 7946}) == "10.0.0.1:7946");
  CHECK(to_string(Endpoint{"::1", 7946}) == "[::1]:7946");
}

TEST_CASE("ids: an endpoint that is wrong is refused, saying which part") {
  const struct {
    std::string text;
    std::string reason;
  } rows[] = {
      {"", "ADDRESS:PORT"},
      {"10.0.0.1", "ADDRESS:PORT"},
      {"10.0.0.1:", "port"},
      {"10.0.0.1:x", "port"},
      {"10.0.0.1:1x", "port"},
      {"10.0.0.1:-1", "port"},
      {"10.0.0.1:+1", "port"},
      {"10.0.0.1: 1", "port"},
      {"10.0.0.1:65536", "port"},
      {"10.0.0.1:99999999999999999999", "port"},
      {":7946", "numeric"},
      {"[]:7946", "numeric"},
      {"host:7946", "numeric"},
      {"10.0.0:7946", "numeric"},
      {"10.0.0.256:7946", "numeric"},
      {"[::g]:7946", "numeric"},
      {"::1:7946", "brackets"},
      {"[::1:7946", "brackets"},
      {"[::1]", "brackets"},
      {std::string("10.0.0.1\0:1", 11), "numeric"},
      {std::string(10'000, 'x') + ":1", "numeric"},
  };
  for (const auto& row : rows) {
    INFO("text '" << row.text.substr(0, 40) << "'");
    const auto parsed = parse_endpoint(row.text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::invalid_argument);
    CHECK_THAT(parsed.error().detail, Contains(row.reason));
    CHECK(parsed.error().detail.size() < 200);
  }
}

TEST_CASE("ids: any text is read or refused") {
  const bool holds = rc::check([](const std::string& text) {
    const auto endpoint = parse_endpoint(text);
    if (endpoint) {
      const bool is_same = parse_endpoint(to_string(*endpoint)) == endpoint;
      RC_ASSERT(is_same);
    }
    static_cast<void>(parse_node_id(text));
  });
  CHECK(holds);
}

TEST_CASE("ids: a unit is written as service and ordinal") {
  CHECK(to_string(UnitId{"ledger", 0}) == "ledger/0");
  CHECK(to_string(UnitId{"ledger", 12}) == "ledger/12");
}

TEST_CASE("ids: a member's states have these names") {
  CHECK(to_string(MemberState::alive) == "alive");
  CHECK(to_string(MemberState::suspect) == "suspect");
  CHECK(to_string(MemberState::down) == "down");
  CHECK(to_string(MemberState::left) == "left");
  CHECK(to_string(static_cast<MemberState>(9)) == "unknown");
}

TEST_CASE("ids: a view finds its members, and counts alive and suspect ones as live") {
  auto members = std::make_shared<std::vector<Member>>();
  for (std::uint8_t i = 0; i < 4; ++i) {
    Member member{};
    member.id.bytes[0] = static_cast<std::uint8_t>(i * 2);
    member.state = static_cast<MemberState>(i);
    members->push_back(member);
  }
  const MemberView view{members};
  const auto id = [](std::uint8_t first) {
    NodeId node;
    node.bytes[0] = first;
    return node;
  };
  CHECK(view.size() == 4);
  CHECK(view.live_count() == 2);
  CHECK(view.is_live(id(0)));
  CHECK(view.is_live(id(2)));
  CHECK_FALSE(view.is_live(id(4)));
  CHECK_FALSE(view.is_live(id(6)));
  CHECK(view.find(id(6)) != nullptr);
  CHECK(view.find(id(1)) == nullptr);
  CHECK(view.find(id(7)) == nullptr);
  CHECK(MemberView{}.find(id(0)) == nullptr);
}

}  // namespace
}  // namespace gossamer
