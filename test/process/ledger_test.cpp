// The ledger on a node of this process, spoken to as anybody may: its lines, and clients that abuse
// it.

#include "ledger.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "gossamer/node.hpp"
#include "gossamer/node_thread.hpp"
#include "ledger_client.hpp"
#include "program.hpp"

using namespace gossamer;
using namespace gossamer::test;
using std::chrono::seconds;

namespace {

/// A connection that reads for at most 20 s.
class Client {
 public:
  explicit Client(const Endpoint& ledger) {
    const auto connected = ledger::connect_tcp(ledger, seconds{10});
    REQUIRE(connected);
    socket_ = *connected;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// How much of it the system took at once.
  std::size_t send(const std::string& text) {
    const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  /// The next `count` lines, or fewer if it was cut off.
  std::vector<std::string> lines(std::size_t count) {
    std::vector<std::string> all;
    while (all.size() < count) {
      const std::size_t end = input_.find('\n');
      if (end != std::string::npos) {
        all.push_back(input_.substr(0, end));
        input_.erase(0, end + 1);
      } else if (!read_some()) {
        break;
      }
    }
    return all;
  }
  bool is_cut_off() {
    while (read_some()) input_.clear();
    return is_ended_;
  }

 private:
  bool read_some() {
    pollfd wanted{socket_, POLLIN, 0};
    if (::poll(&wanted, 1, 20'000) != 1) return false;
    char chunk[4096];
    const ssize_t count = ::recv(socket_, chunk, sizeof(chunk), 0);
    is_ended_ = count <= 0;
    if (count > 0) input_.append(chunk, static_cast<std::size_t>(count));
    return count > 0;
  }

  int socket_ = -1;
  bool is_ended_ = false;
  std::string input_{};
};

/// A node that runs the ledger, alone.
struct LedgerNode {
  explicit LedgerNode(bool hides_objects = false) { start("data", hides_objects); }
  void start(const std::string& data, bool hides_objects) {
    ::signal(SIGPIPE, SIG_IGN);  // As every program with libuv's streams does.
    NodeOptions options{.name = "a", .cluster = "ledger-test"};
    options.bind = {"127.0.0.1", 0};
    options.is_insecure = true;
    options.data_directory = scratch.path(data);
    options.hides_objects = hides_objects;
    options.object_store_url = "dir:" + scratch.path("objects");
    options.factories["ledger"] = ledger::ledger_factory("127.0.0.1");
    auto started = NodeThread::start(std::move(options));
    REQUIRE(started);
    node = std::move(*started);
    REQUIRE(node->join(seconds{20}));
    REQUIRE(node->handle().post(
        [](Node& on) { on.services().deploy({.name = "ledger"}, [](auto) {}); }));
    find();
  }
  void find() {
    const auto deadline = std::chrono::steady_clock::now() + seconds{30};
    std::vector<NameRecord> found;
    while (found.empty() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
      found = node->handle().resolve("ledger");
    }
    REQUIRE(found.size() == 1);
    endpoint = found[0].endpoint;
  }
  /// How many objects in the store have this in their content.
  std::size_t objects_with(const std::string& text) const {
    std::size_t found = 0;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator{scratch.path("objects")}) {
      if (!file.is_regular_file()) continue;
      std::ifstream stream{file.path(), std::ios::binary};
      const std::string content{std::istreambuf_iterator<char>{stream}, {}};
      if (content.find(text) != std::string::npos) ++found;
    }
    return found;
  }

  Scratch scratch{};
  std::unique_ptr<NodeThread> node{};
  Endpoint endpoint{};
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("ledger: requests are answered in order, and the same write twice is done once") {
  LedgerNode at;
  Client client{at.endpoint};
  client.send(
      "add hits 5 me:1 frozen\r\nadd hits 5 me:1 frozen\nadd hits 2 me:2 local\nget hits\n");
  CHECK(client.lines(3) == Lines{"ok 5 1", "ok 5 1", "ok 7 1"});
  client.lines(1);  // A read does not wait for the writes before it.
  client.send("get hits\nput name gossamer me:3 frozen\n");
  CHECK(client.lines(2) == Lines{"ok 7 1", "ok gossamer 1"});
  client.send("get name\nget nobody\nsum hi\n");
  CHECK(client.lines(3) == Lines{"ok gossamer 1", "none 1", "ok 7 1"});
}

TEST_CASE(
    "ledger: what a node hides in the object store is read by its successor, and by nobody who "
    "looks into the store") {
  const std::string secret = "a-word-that-nobody-may-read";
  const bool hides = GENERATE(true, false);
  CAPTURE(hides);
  LedgerNode at{hides};
  {
    Client client{at.endpoint};
    client.send("put word " + secret + " me:1 frozen\n");
    REQUIRE(client.lines(1) == Lines{"ok " + secret + " 1"});
  }
  CHECK((at.objects_with(secret) == 0) == hides);
  CHECK((at.objects_with("gsm\2") == 0) ==
        hides);  // What stands before entries, specs and manifests.
  // Another machine, which hides nothing itself.
  at.node.reset();
  at.start("other data", false);
  Client client{at.endpoint};
  client.send("get word\n");
  CHECK(client.lines(1) == Lines{"ok " + secret + " 2"});
}

TEST_CASE(
    "ledger: a line that is no request is answered with what is wrong, and the next one is taken") {
  LedgerNode at;
  Client client{at.endpoint};
  client.send("dance\n\nadd hits many me:1 frozen\nget hits\n");
  const Lines answers = client.lines(4);
  REQUIRE(answers.size() == 4);
  for (int i = 0; i < 3; ++i)
    CHECK(answers[static_cast<std::size_t>(i)].rfind("error invalid_argument", 0) == 0);
  CHECK(answers[3] == "none 1");
}

TEST_CASE("ledger: who floods it, or never ends a line, harms nobody else") {
  LedgerNode at;
  Client endless{at.endpoint};
  endless.send(std::string(100'000, 'x'));
  CHECK(endless.is_cut_off());

  // Every line is answered, behind a write; nobody reads the answers.
  std::vector<std::unique_ptr<Client>> flooders;
  std::size_t sent = 0;
  for (int i = 0; i < 8; ++i) {
    flooders.push_back(std::make_unique<Client>(at.endpoint));
    flooders.back()->send("add q 1 z:" + std::to_string(i) + " frozen\n");
  }
  const std::string flood(100'000, '\n');
  for (int round = 0; round < 100; ++round) {
    for (const auto& flooder : flooders) sent += flooder->send(flood);
  }
  CHECK(sent > 0);
  Client client{at.endpoint};
  client.send("add hits 1 me:1 frozen\n");
  CHECK(client.lines(1) == Lines{"ok 1 1"});
  CHECK(at.node->handle().members().live_count() == 1);
}
