// The TCP admin endpoint: who has the token is served as over the socket, and who has not, not at
// all.

#include <fmt/format.h>

#include "admin_fixture.hpp"

using namespace gossamer;
using namespace gossamer::test;
using gossamer::admin::ClientId;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kToken = "a token of thirty-two characters";
constexpr std::string_view kWrongToken = "b token of thirty-two characters";

/// A client that knows how to introduce itself.
class Visitor {
 public:
  explicit Visitor(const Endpoint& endpoint, std::string_view token = kToken,
                   const std::string& from = "127.0.0.1")
      : socket_(endpoint, from), end_(admin::token_key(token)) {}

  /// Goes on as far as what has come allows.
  bool is_admitted() { return advance(), end_.is_admitted(); }
  bool is_refused() { return advance(), step_ == admin::ClientEnd::Step::refused; }
  bool is_cut_off() { return advance(), socket_.is_cut_off(); }
  const std::string& heard() { return advance(), heard_; }
  void say(std::string_view text) { socket_.send(end_.seal(text)); }

 private:
  void advance() {
    const std::string& all = socket_.received();
    if (all.size() == taken_ || step_ != admin::ClientEnd::Step::taken) return;
    std::string to_send;
    step_ = end_.take(std::string_view{all}.substr(taken_), heard_, to_send);
    taken_ = all.size();
    socket_.send(to_send);
  }

  AdminSocketClient socket_;
  admin::ClientEnd end_;
  admin::ClientEnd::Step step_ = admin::ClientEnd::Step::taken;
  std::size_t taken_ = 0;
  std::string heard_{};
};

struct Fixture {
  explicit Fixture(admin::DoorLimits door = {}, admin::ServerLimits limits = {}) {
    auto opened = admin::Server::open(
        loop.loop(), admin::DoorPlace{{"127.0.0.1", 0}, admin::token_key(kToken), std::move(door)},
        handler, limits);
    REQUIRE(opened);
    server = std::move(*opened);
    handler.answer = [this](ClientId client, const std::string& line) {
      server->respond(client, "re " + line);
    };
  }

  bool admits(Visitor& visitor) {
    return loop.run_until([&] { return visitor.is_admitted(); });
  }
  bool refuses(Visitor& visitor) {
    return loop.run_until([&] { return visitor.is_refused() && visitor.is_cut_off(); });
  }

  LoopFixture loop{};
  AdminHandler handler{};
  std::unique_ptr<admin::Server> server{};
};

}  // namespace

TEST_CASE("admin door: who has the token is answered, as over the socket") {
  Fixture fixture;
  Visitor visitor{fixture.server->endpoint()};
  REQUIRE(fixture.admits(visitor));
  visitor.say("one\ntw");
  visitor.say("o\n");
  CHECK(fixture.loop.run_until([&] { return visitor.heard() == "re one\nre two\n"; }));
  CHECK(fixture.server->door_counters().admitted == 1);
  CHECK(fixture.server->door_counters().refused == 0);
}

TEST_CASE("admin door: a long answer and a stream come whole") {
  Fixture fixture;
  const std::string answer(300'000, 'a');
  fixture.handler.answer = [&](ClientId client, const std::string&) {
    fixture.server->stream(client, answer);
    fixture.server->stream(client, "news");
  };
  Visitor visitor{fixture.server->endpoint()};
  REQUIRE(fixture.admits(visitor));
  visitor.say("events\n");
  CHECK(fixture.loop.run_until([&] { return visitor.heard() == answer + "\nnews\n"; }));
}

TEST_CASE(
    "admin door: who has another token gets one answer without a hint, is cut off and counted") {
  Fixture fixture;
  Visitor visitor{fixture.server->endpoint(), kWrongToken};
  CHECK(fixture.refuses(visitor));
  CHECK(fixture.handler.requests.empty());
  CHECK(fixture.server->door_counters().refused == 1);
  CHECK(fixture.server->client_count() == 0);
}

TEST_CASE(
    "admin door: an HTTP request, garbage and a bare request get the same answer, and are not "
    "read") {
  Fixture fixture;
  const std::string said = GENERATE(
      std::string{"GET /undeploy?service=ledger HTTP/1.1\r\nHost: a\r\n\r\n"},
      std::string{"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{\"request\":\"undeploy\"}\n"},
      std::string{"{\"request\":\"members\"}\n"}, std::string(100'000, '\xff'),
      std::string{"gsa\2"});
  AdminSocketClient client{fixture.server->endpoint()};
  client.send(said);
  CHECK(fixture.loop.run_until([&] { return client.is_cut_off(); }));
  CHECK(fixture.handler.requests.empty());
  CHECK(fixture.server->door_counters().refused == 1);
  // Where more was sent than is read, the system may take the answer back.
  const std::string& answer = client.received();
  if (answer.size() > admin::kGreetingBytes) {
    CHECK(answer.substr(admin::kGreetingBytes) == admin::kRefusal);
  }
}

TEST_CASE("admin door: what was said on one connection is refused on another") {
  Fixture fixture;
  AdminSocketClient first{fixture.server->endpoint()};
  AdminSocketClient second{fixture.server->endpoint()};
  REQUIRE(fixture.loop.run_until([&] {
    return first.received().size() == admin::kGreetingBytes &&
           second.received().size() == admin::kGreetingBytes;
  }));
  admin::ClientEnd end{admin::token_key(kToken)};
  std::string text, introduction;
  REQUIRE(end.take(first.received(), text, introduction) == admin::ClientEnd::Step::taken);
  second.send(introduction);
  CHECK(fixture.loop.run_until([&] { return second.is_cut_off(); }));
  CHECK(second.received().substr(admin::kGreetingBytes) == admin::kRefusal);
}

TEST_CASE("admin door: who introduces himself too slowly is cut off in time") {
  Fixture fixture{{.proof_timeout = milliseconds{50}}};
  AdminSocketClient client{fixture.server->endpoint()};
  client.send("gs");
  CHECK(fixture.loop.run_until([&] { return client.is_cut_off(); }));
  CHECK(fixture.server->client_count() == 0);
}

TEST_CASE("admin door: an introduction that does not end in time is a failure of its address") {
  Fixture fixture{{.failed_per_minute_max = 2, .proof_timeout = milliseconds{50}}};
  for (int i = 0; i < 2; ++i) {
    AdminSocketClient client{fixture.server->endpoint()};
    client.send("gs");
    REQUIRE(fixture.loop.run_until([&] { return client.is_cut_off(); }));
  }
  CHECK(fixture.server->door_counters().refused == 2);
  AdminSocketClient third{fixture.server->endpoint()};
  REQUIRE(fixture.loop.run_until([&] { return third.is_cut_off(); }));
  CHECK(third.received() == admin::kRefusal);
  CHECK(fixture.server->door_counters().turned_away == 1);
}

TEST_CASE("admin door: failures from thousands of addresses are not held against another") {
  admin::Door door{{{"127.0.0.1", 0}, admin::token_key(kToken), {.failed_per_minute_max = 2}}};
  const auto address_of = [](int number) {
    return fmt::format("10.{}.{}.1", number / 256, number % 256);
  };
  constexpr int kAddresses = 10'000;
  for (int i = 0; i < kAddresses; ++i) {
    for (int times = 0; times < 2; ++times) door.on_refused({}, address_of(i));
  }
  CHECK(door.lets_try({}, *to_socket_address({"192.0.2.7", 1})));
  CHECK_FALSE(door.lets_try({}, *to_socket_address({address_of(kAddresses - 1), 1})));
}

TEST_CASE("admin door: the addresses of one IPv6 network fail together") {
  admin::Door door{{{"::1", 0}, admin::token_key(kToken), {.failed_per_minute_max = 1}}};
  door.on_refused({}, counted_as(*to_socket_address({"2001:db8:1:2::1", 1})));
  CHECK_FALSE(door.lets_try({}, *to_socket_address({"2001:db8:1:2:3:4:5:6", 1})));
  CHECK(door.lets_try({}, *to_socket_address({"2001:db8:1:3::1", 1})));
}

TEST_CASE(
    "admin door: after so many failures of one address, none of it is looked at; others are let "
    "in") {
  Fixture fixture{{.failed_per_minute_max = 3}};
  for (int i = 0; i < 3; ++i) {
    Visitor visitor{fixture.server->endpoint(), kWrongToken};
    REQUIRE(fixture.refuses(visitor));
  }
  Visitor right{fixture.server->endpoint()};
  CHECK(fixture.refuses(right));
  CHECK(fixture.server->door_counters().refused == 3);
  CHECK(fixture.server->door_counters().turned_away == 1);
  Visitor elsewhere{fixture.server->endpoint(), kToken, "127.0.0.2"};
  CHECK(fixture.admits(elsewhere));
}

TEST_CASE(
    "admin door: who has the token may come as often as he likes, but not too often in a second") {
  Fixture fixture{{.connects_per_second_max = 8, .failed_per_minute_max = 1}};
  std::vector<std::unique_ptr<AdminSocketClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<AdminSocketClient>(fixture.server->endpoint()));
  }
  // The window may end in the midst of them, once at most in so short a time.
  REQUIRE(
      fixture.loop.run_until([&] { return fixture.server->door_counters().turned_away >= 24; }));
  CHECK(fixture.server->door_counters().refused == 0);
  Visitor elsewhere{fixture.server->endpoint(), kToken, "127.0.0.2"};
  CHECK(fixture.admits(elsewhere));
}

TEST_CASE("admin door: a crowd that proves nothing takes no place of who has the token") {
  Fixture fixture{{.connects_per_second_max = 1000, .unproven_max = 4}, {.clients_max = 2}};
  Visitor early{fixture.server->endpoint()};
  REQUIRE(fixture.admits(early));
  std::vector<std::unique_ptr<AdminSocketClient>> crowd;
  for (int i = 0; i < 50; ++i) {
    crowd.push_back(std::make_unique<AdminSocketClient>(fixture.server->endpoint()));
  }
  REQUIRE(fixture.loop.run_until([&] { return crowd.front()->is_cut_off(); }));
  CHECK(fixture.server->client_count() <= 5);
  early.say("still here\n");
  CHECK(fixture.loop.run_until([&] { return early.heard() == "re still here\n"; }));
  Visitor late{fixture.server->endpoint()};
  CHECK(fixture.admits(late));
}

TEST_CASE(
    "admin door: eight addresses that come again and again do not keep out who has the token") {
  Fixture fixture{{.connects_per_second_max = 1'000'000}};
  std::vector<std::unique_ptr<AdminSocketClient>> crowd;
  const auto press = [&] {
    for (int i = 0; i < 24; ++i) {
      crowd.push_back(std::make_unique<AdminSocketClient>(fixture.server->endpoint(),
                                                          fmt::format("127.0.0.{}", 1 + i % 8)));
      crowd.back()->send("g");
    }
    if (crowd.size() > 400) crowd.erase(crowd.begin(), crowd.begin() + 24);
  };
  for (int i = 0; i < 10; ++i) {
    press();
    for (int turn = 0; turn < 4; ++turn) uv_run(fixture.loop.uv(), UV_RUN_NOWAIT);
  }
  Visitor far{fixture.server->endpoint(), kToken, "127.0.0.9"};
  // What is said to it takes its time, and so does what it says.
  int turn = 0;
  bool is_admitted = false;
  REQUIRE(fixture.loop.run_until([&] {
    press();
    if (++turn % 10 == 0) is_admitted = far.is_admitted();
    return is_admitted;
  }));
  CHECK(turn >= 20);
  far.say("here\n");
  CHECK(fixture.loop.run_until([&] { return far.heard() == "re here\n"; }));
}

TEST_CASE("admin door: one address has a few places, and takes of them for more") {
  Fixture fixture{{.connects_per_second_max = 1000, .unproven_per_address_max = 3}};
  AdminSocketClient other{fixture.server->endpoint(), "127.0.0.2"};
  std::vector<std::unique_ptr<AdminSocketClient>> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.push_back(std::make_unique<AdminSocketClient>(fixture.server->endpoint()));
  }
  REQUIRE(fixture.loop.run_until([&] { return crowd[16]->is_cut_off(); }));
  CHECK(fixture.server->client_count() == 4);
  CHECK_FALSE(other.is_cut_off());
  CHECK_FALSE(crowd[17]->is_cut_off());
}

TEST_CASE("admin door: of those who have the token a silent one makes room, busy ones do not") {
  Fixture fixture{{}, {.clients_max = 2}};
  fixture.handler.answer = nullptr;  // So that whoever asks stays busy.
  Visitor first{fixture.server->endpoint()}, second{fixture.server->endpoint()};
  REQUIRE(fixture.admits(first));
  REQUIRE(fixture.admits(second));
  Visitor third{fixture.server->endpoint()};
  REQUIRE(fixture.admits(third));
  CHECK(fixture.loop.run_until([&] { return first.is_cut_off(); }));
  second.say("ask\n");
  third.say("ask\n");
  REQUIRE(fixture.loop.run_until([&] { return fixture.handler.requests.size() == 2; }));
  Visitor fourth{fixture.server->endpoint()};
  CHECK(fixture.loop.run_until([&] { return fourth.is_cut_off(); }));
  CHECK(fourth.heard().find("too many clients") != std::string::npos);
  CHECK(fixture.server->client_count() == 2);
}

TEST_CASE("admin door: only addresses that are allowed are let in") {
  admin::DoorLimits limits;
  limits.addresses = *AddressRanges::parse({"127.0.0.2"});
  Fixture fixture{limits};
  Visitor outside{fixture.server->endpoint()};
  CHECK(fixture.refuses(outside));
  CHECK(fixture.server->door_counters().turned_away == 1);
  Visitor inside{fixture.server->endpoint(), kToken, "127.0.0.2"};
  CHECK(fixture.admits(inside));
}

TEST_CASE("admin door: a request that is too long is refused, also in small records") {
  Fixture fixture{{}, {.request_bytes_max = 1000}};
  Visitor visitor{fixture.server->endpoint()};
  REQUIRE(fixture.admits(visitor));
  for (int i = 0; i < 1001; ++i) visitor.say("x");
  CHECK(fixture.loop.run_until([&] { return visitor.is_cut_off(); }));
  CHECK(visitor.heard().find("a request has at most 1000 bytes") != std::string::npos);
  CHECK(fixture.handler.requests.empty());
}

TEST_CASE("admin door: what cannot be bound is told with its place") {
  LoopFixture loop;
  AdminHandler handler;
  const auto nowhere = admin::Server::open(
      loop.loop(), admin::DoorPlace{{"192.0.2.1", 1}, admin::token_key(kToken), {}}, handler);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == ErrorCode::io);
  CHECK(nowhere.error().detail.find("admin endpoint: cannot bind TCP 192.0.2.1:1") !=
        std::string::npos);
}
