// What goes over the TCP admin endpoint, without a socket.

#include <catch2/catch.hpp>
#include <string>

#include "admin/channel.hpp"
#include "base/hash.hpp"

namespace gossamer::admin {
namespace {

const TokenKey kKey = token_key("a token of thirty-two characters");

/// Both ends, and all that travelled between them.
struct Meeting {
  explicit Meeting(const TokenKey& clients_key = kKey) : node(kKey), client(clients_key) {}

  /// Up to where the client has said its introduction.
  std::string introduction() {
    std::string text, to_send;
    CHECK(client.take(travels(node.greeting()), text, to_send) == ClientEnd::Step::taken);
    return travels(to_send);
  }
  void meet() {
    std::string text, to_send;
    REQUIRE(node.take(introduction(), text) == NodeEnd::Step::proven);
    REQUIRE(client.take(travels(node.seal("")), text, to_send) == ClientEnd::Step::taken);
    REQUIRE(client.is_admitted());
    CHECK(text.empty());
  }
  const std::string& travels(const std::string& bytes) {
    travelled += bytes;
    return bytes;
  }

  NodeEnd node;
  ClientEnd client;
  std::string travelled{};
};

TEST_CASE(
    "admin channel: who has the token is let in, and each hears the other, in whatever pieces") {
  NodeEnd node{kKey};
  ClientEnd client{kKey};
  std::string heard, to_send, asked;
  for (const char byte : node.greeting()) {
    REQUIRE(client.take({&byte, 1}, heard, to_send) == ClientEnd::Step::taken);
  }
  REQUIRE(to_send.size() == kIntroductionBytes);
  NodeEnd::Step step = NodeEnd::Step::taken;
  for (const char byte : to_send) {
    REQUIRE(step == NodeEnd::Step::taken);
    step = node.take({&byte, 1}, asked);
  }
  REQUIRE(step == NodeEnd::Step::proven);
  const std::string answer(3 * kRecordTextMax + 5, 'x');
  std::string said = node.seal("");
  said += node.seal(answer);
  for (const char byte : said) {
    REQUIRE(client.take({&byte, 1}, heard, to_send) == ClientEnd::Step::taken);
  }
  CHECK(heard == answer);
  CHECK(client.is_admitted());
  for (const char byte : client.seal("one\ntwo\n")) {
    REQUIRE(node.take({&byte, 1}, asked) == NodeEnd::Step::taken);
  }
  CHECK(asked == "one\ntwo\n");
}

TEST_CASE("admin channel: a token gives the key that docs/WIRE.md says") {
  CHECK(to_hex(kKey) == "1f5f7c403d0339797810e6c60e0d7cb2300f194e0768d17428e2314f46666d0f");
}

TEST_CASE("admin channel: another token is refused, and told so without more") {
  Meeting meeting{token_key("b token of thirty-two characters")};
  std::string text, to_send;
  const std::string introduction = meeting.introduction();
  CHECK(meeting.node.take(introduction, text) == NodeEnd::Step::refused);
  CHECK_FALSE(meeting.node.is_proven());
  CHECK(meeting.client.take(kRefusal.substr(0, 2), text, to_send) == ClientEnd::Step::taken);
  CHECK(meeting.client.take(kRefusal.substr(2), text, to_send) == ClientEnd::Step::refused);
}

TEST_CASE("admin channel: nothing is read beyond an introduction before its proof was right") {
  Meeting meeting;
  const std::string introduction = meeting.introduction();
  std::string text;
  CHECK(meeting.node.wanted_bytes(1 << 20) == kIntroductionBytes);
  CHECK(meeting.node.take(introduction.substr(0, 60), text) == NodeEnd::Step::taken);
  CHECK(meeting.node.wanted_bytes(1 << 20) == kIntroductionBytes - 60);
  CHECK(meeting.node.take(introduction.substr(60), text) == NodeEnd::Step::proven);
  CHECK(meeting.node.wanted_bytes(1 << 20) == 1 << 20);
  CHECK(text.empty());
}

TEST_CASE("admin channel: each bit of an introduction counts") {
  for (std::size_t bit = 0; bit < kIntroductionBytes * 8; bit += 3) {
    // The highest bit of an open key is none of it: X25519 does not look at it, the proof does.
    Meeting meeting;
    std::string introduction = meeting.introduction(), text;
    introduction[bit / 8] = static_cast<char>(introduction[bit / 8] ^ 1 << bit % 8);
    CHECK(meeting.node.take(introduction, text) == NodeEnd::Step::refused);
  }
}

TEST_CASE("admin channel: what was recorded of one connection is refused at the next") {
  Meeting first;
  const std::string recorded = first.introduction();
  std::string text;
  REQUIRE(first.node.take(recorded, text) == NodeEnd::Step::proven);
  NodeEnd again{kKey};
  CHECK(again.take(recorded, text) == NodeEnd::Step::refused);
}

TEST_CASE("admin channel: neither the token nor what is said travels in clear") {
  Meeting meeting;
  meeting.meet();
  const std::string request = R"({"request":"keys_add","key":"00112233445566778899aabbccddeeff"})";
  const std::string record = meeting.client.seal(request);
  CHECK(record.find("keys_add") == std::string::npos);
  CHECK(record.find("00112233") == std::string::npos);
  CHECK(meeting.travelled.find("thirty-two") == std::string::npos);
  const std::string key{kKey.begin(), kKey.end()};
  CHECK(meeting.travelled.find(key.substr(0, 8)) == std::string::npos);
  // One thing said twice is not seen to be the same.
  CHECK(record.substr(4) != meeting.client.seal(request).substr(4));
}

TEST_CASE(
    "admin channel: a record that was altered, left out, repeated or turned back opens nothing") {
  Meeting meeting;
  meeting.meet();
  const std::string one = meeting.client.seal("one"), two = meeting.client.seal("two");
  std::string text;
  SECTION("altered") {
    std::string altered = one;
    altered[10] = static_cast<char>(altered[10] ^ 1);
    CHECK(meeting.node.take(altered, text) == NodeEnd::Step::broken);
  }
  SECTION("left out") {
    CHECK(meeting.node.take(two, text) == NodeEnd::Step::broken);
  }
  SECTION("repeated") {
    CHECK(meeting.node.take(one, text) == NodeEnd::Step::taken);
    text.clear();
    CHECK(meeting.node.take(one, text) == NodeEnd::Step::broken);
  }
  SECTION("turned back") {
    std::string to_send;
    CHECK(meeting.client.take(one, text, to_send) == ClientEnd::Step::foreign);
  }
  CHECK(text.empty());
}

TEST_CASE("admin channel: a record that would be longer than one may be ends it at its length") {
  Meeting meeting;
  meeting.meet();
  std::string text;
  const std::string whole = meeting.client.seal(std::string(kRecordTextMax, 'x'));
  CHECK(meeting.node.take(whole, text) == NodeEnd::Step::taken);
  const std::size_t beyond = kRecordTextMax + 17;
  const std::string length{'\0', '\0', static_cast<char>(beyond >> 8), static_cast<char>(beyond)};
  CHECK(meeting.node.take(length, text) == NodeEnd::Step::broken);
}

TEST_CASE("admin channel: who only plays the node is told nothing, and found out") {
  NodeEnd impostor{token_key("c token of thirty-two characters")};
  ClientEnd client{kKey};
  std::string text, to_send;
  REQUIRE(client.take(impostor.greeting(), text, to_send) == ClientEnd::Step::taken);
  CHECK(impostor.take(to_send, text) == NodeEnd::Step::refused);
  CHECK(client.take(std::string{"\0\0\0\x10", 4} + std::string(16, 'x'), text, to_send) ==
        ClientEnd::Step::foreign);
  CHECK_FALSE(client.is_admitted());
}

TEST_CASE("admin channel: an open key that gives every pair one secret is refused") {
  ClientEnd client{kKey};
  std::string text, to_send;
  const std::string none = std::string{"gsa\1", 4} + std::string(32, '\0');
  CHECK(client.take(none, text, to_send) == ClientEnd::Step::foreign);
  CHECK(to_send.empty());
}

TEST_CASE("admin channel: what is no greeting or introduction is known by its first bytes") {
  std::string text, to_send;
  CHECK(NodeEnd{kKey}.take("G", text) == NodeEnd::Step::refused);
  CHECK(NodeEnd{kKey}.take(std::string{"gsa\2", 4}, text) == NodeEnd::Step::refused);
  CHECK(ClientEnd{kKey}.take("HTTP/1.1 200", text, to_send) == ClientEnd::Step::foreign);
  CHECK(ClientEnd{kKey}.take(kRefusal, text, to_send) == ClientEnd::Step::refused);
  CHECK(text.empty());
}

}  // namespace
}  // namespace gossamer::admin
