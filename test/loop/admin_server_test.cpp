// Clients of the admin socket that behave, and those that do not.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "admin_fixture.hpp"

using namespace gossamer;
using namespace gossamer::test;
using gossamer::admin::ClientId;
using std::chrono::milliseconds;

namespace {

using Handler = AdminHandler;
using Client = AdminSocketClient;

struct Fixture {
  explicit Fixture(admin::ServerLimits limits = {}) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "gossamer-admin-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    path = folder + "/admin.sock";
    auto opened = admin::Server::open(loop.loop(), path, handler, limits);
    REQUIRE(opened);
    server = std::move(*opened);
  }
  ~Fixture() {
    server.reset();
    std::filesystem::remove_all(folder);
  }
  /// Answers each request with itself.
  void echo() {
    handler.answer = [this](ClientId client, const std::string& line) {
      server->respond(client, line);
    };
  }

  LoopFixture loop{};
  Handler handler{};
  std::string folder{};
  std::string path{};
  std::unique_ptr<admin::Server> server{};
};

}  // namespace

TEST_CASE("admin: requests are answered one by one, in order, also after the client has said all") {
  Fixture fixture;
  fixture.echo();
  Client client{fixture.path};
  client.send("one\r\n\ntwo\nthr");
  CHECK(fixture.loop.run_until([&] { return client.received() == "one\ntwo\n"; }));
  client.send("ee\n");
  client.end_input();
  CHECK(fixture.loop.run_until([&] { return client.is_cut_off(); }));
  CHECK(client.received() == "one\ntwo\nthree\n");
  CHECK(fixture.server->client_count() == 0);
}

TEST_CASE("admin: the next request is taken when the one before it was answered") {
  Fixture fixture;
  Client client{fixture.path};
  client.send("one\ntwo\n");
  REQUIRE(fixture.loop.run_until([&] { return fixture.handler.requests.size() == 1; }));
  CHECK_FALSE(fixture.loop.run_until([&] { return fixture.handler.requests.size() > 1; },
                                     milliseconds{50}));
  fixture.server->respond(fixture.handler.clients[0], "yes");
  CHECK(fixture.handler.requests == std::vector<std::string>{"one", "two"});
  client.end_input();
  fixture.loop.run_until([] { return false; }, milliseconds{20});
  fixture.server->respond(fixture.handler.clients[0], "no");
  CHECK(fixture.loop.run_until([&] { return client.is_cut_off(); }));
  CHECK(client.received() == "yes\nno\n");
}

TEST_CASE("admin: the socket is its owner's alone, and goes with the server") {
  Fixture fixture;
  struct stat found {};
  REQUIRE(::stat(fixture.path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777U) == 0600U);
  Handler other;
  const auto second = admin::Server::open(fixture.loop.loop(), fixture.path, other);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::already_exists);
  fixture.server.reset();
  CHECK_FALSE(std::filesystem::exists(fixture.path));
  const auto too_long = admin::Server::open(fixture.loop.loop(), std::string(200, 'x'), other);
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("admin: a line that is too long is refused, and its client cut off") {
  Fixture fixture{{.request_bytes_max = 1000}};
  fixture.echo();
  Client client{fixture.path};
  client.send(std::string(1000, 'x') + "\n");
  CHECK(fixture.loop.run_until([&] { return client.received().size() == 1001; }));
  client.send(std::string(1001, 'x'));
  CHECK(fixture.loop.run_until([&] { return client.is_cut_off(); }));
  CHECK(client.received().find("a request has at most 1000 bytes") != std::string::npos);
}

TEST_CASE("admin: a client that asks without reading its answers is asked for no more") {
  Fixture fixture{{.idle_timeout = milliseconds{300}}};
  const std::string long_answer(64 * 1024, 'a');
  fixture.handler.answer = [&](ClientId client, const std::string&) {
    fixture.server->respond(client, long_answer);
  };
  Client client{fixture.path};
  std::string many;
  while (many.size() < 16'000) many += "members\n";
  std::size_t sent = client.send(many);  // All of it may be read at once.
  const auto is_over = [&] {
    sent += client.send("members\nmembers\nmembers\nmembers\n");
    return fixture.handler.gone.size() == 1;
  };
  CHECK(fixture.loop.run_until(is_over));  // Too long without reading.
  CHECK(fixture.handler.requests.size() < 32);
  CHECK(sent < 4 * 1024 * 1024);
}

TEST_CASE("admin: a stream that nobody reads is cut off, one that is read goes on") {
  Fixture fixture{{.queued_bytes_max = 100'000, .idle_timeout = milliseconds{200}}};
  fixture.handler.answer = [&](ClientId client, const std::string&) {
    fixture.server->stream(client, "begun");
  };
  Client reader{fixture.path};
  Client sleeper{fixture.path};
  reader.send("events\n");
  sleeper.send("events\n");
  REQUIRE(fixture.loop.run_until([&] { return fixture.handler.clients.size() == 2; }));
  CHECK_FALSE(
      fixture.loop.run_until([&] { return !fixture.handler.gone.empty(); }, milliseconds{400}));
  const std::string news(10'000, 'n');
  const bool was_cut_off = fixture.loop.run_until([&] {
    for (const ClientId client : fixture.handler.clients) fixture.server->stream(client, news);
    reader.received();
    return !fixture.handler.gone.empty();
  });
  CHECK(was_cut_off);
  CHECK(fixture.handler.gone.size() == 1);
  CHECK_FALSE(reader.is_cut_off());
  CHECK(fixture.server->client_count() == 1);
}

TEST_CASE("admin: a silent client makes room for a new one, busy ones do not") {
  Fixture fixture{{.clients_max = 2}};
  Client first{fixture.path};
  Client second{fixture.path};
  REQUIRE(fixture.loop.run_until([&] { return fixture.server->client_count() == 2; }));
  Client third{fixture.path};
  CHECK(fixture.loop.run_until([&] { return first.is_cut_off(); }));
  second.send("ask\n");
  third.send("ask\n");
  REQUIRE(fixture.loop.run_until([&] { return fixture.handler.requests.size() == 2; }));
  Client fourth{fixture.path};
  CHECK(fixture.loop.run_until([&] { return fourth.is_cut_off(); }));
  CHECK(fourth.received().find("too many clients") != std::string::npos);
  CHECK(fixture.server->client_count() == 2);
}

TEST_CASE("admin: a client that says nothing is cut off in time") {
  Fixture fixture{{.idle_timeout = milliseconds{50}}};
  Client client{fixture.path};
  client.send("half a li");
  CHECK(fixture.loop.run_until([&] { return client.is_cut_off(); }));
  CHECK(fixture.handler.requests.empty());
}

TEST_CASE("admin: answers to a client that has gone go nowhere") {
  Fixture fixture;
  {
    Client client{fixture.path};
    client.send("ask\n");
    REQUIRE(fixture.loop.run_until([&] { return fixture.handler.requests.size() == 1; }));
  }
  const ClientId client = fixture.handler.clients[0];
  fixture.server->respond(client, "yes");
  CHECK(fixture.loop.run_until([&] { return fixture.server->client_count() == 0; }));
  fixture.server->respond(client, "yes");
  fixture.server->stream(client, "yes");
  fixture.server->finish(client, "yes");
}

// With GCC's -fsanitize=undefined the check of types opens a pipe, and reports what it could not
// check as wrong.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("admin: out of descriptors, it neither spins nor forgets who waits") {
  Fixture fixture;
  fixture.echo();
  Client client{fixture.path};
  client.send("one\n");
  std::vector<FileDescriptor> hoard;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 64;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  for (;;) {
    hoard.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!hoard.back().is_open()) break;
  }
  int turns = 0;
  const auto is_let_in = [&] {
    ++turns;
    return fixture.server->client_count() > 0;
  };
  CHECK_FALSE(fixture.loop.run_until(is_let_in, milliseconds{300}));
  // The fixture turns the loop every 2 ms, and nobody else should.
  CHECK(turns < 400);
  hoard.clear();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(fixture.loop.run_until([&] { return client.received() == "one\n"; }));
}
#endif
