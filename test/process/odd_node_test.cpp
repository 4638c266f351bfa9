// What the readers make of a node that answers oddly, or says names that are no good for a
// terminal.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <thread>
#include <vector>

#include "program.hpp"

using namespace gossamer::test;

namespace {

/// Answers every line with the same one.
class OddNode {
 public:
  OddNode(std::string path, std::string answer) : path_(std::move(path)), answer_(answer + "\n") {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~OddNode() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  OddNode(const OddNode&) = delete;
  OddNode& operator=(const OddNode&) = delete;

 private:
  void serve() {
    for (int client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(client)) {
      char bytes[4096];
      if (::recv(client, bytes, sizeof(bytes), 0) <= 0) continue;
      (void)::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  const std::string path_;
  const std::string answer_;
  int listener_ = -1;
  std::thread thread_;
};

}  // namespace

TEST_CASE("cli: an answer that does not say what was asked is one sentence, and exit 1") {
  const std::string answer =
      GENERATE(as<std::string>{}, R"({"ok":true})",
               R"({"ok":true,"members":1,"services":1,"records":1,)"
               R"("seeds":[1],"counters":1,"version":"x","sequence":{},"undeployed":1})",
               R"({"ok":true,"members":[1],"services":[{"spec":1}],"records":[1],"seeds":{"a":{}},)"
               R"("counters":[],"version":null,"sequence":[],"undeployed":"x"})",
               R"({"ok":1})", R"({"ok":false,"error":3})", "[]", "7", "{");
  CAPTURE(answer);
  const Scratch scratch;
  const std::string path = scratch.path("admin");
  const OddNode odd{path, answer};
  const std::vector<std::vector<std::string>> all{
      {"members"},    {"services"},    {"counters"},      {"resolve", "x"}, {"seeds"},
      {"watch", "x"}, {"deploy", "x"}, {"undeploy", "x"}, {"freeze", "x"}};
  for (std::vector<std::string> words : all) {
    words.insert(words.begin(), "gossamer");
    words.insert(words.end(), {"--admin", path});
    CAPTURE(words[1]);
    const Ended ended = run_program(words);
    CAPTURE(ended.out, ended.err);
    CHECK(ended.status == 1);
    CHECK(ended.err.rfind("gossamer: ", 0) == 0);
    CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') == 1);
  }
}

TEST_CASE("cli: a name of another node cannot break a table") {
  const Scratch scratch;
  const std::string path = scratch.path("admin");
  const OddNode odd{path,
                    R"({"ok":true,"members":[{"id":"00","name":"ev\u001b[31mil\nx\u009by\u00e9",)"
                    R"("endpoint":"e","state":"alive"}]})"};
  const Ended ended = run_program({"gossamer", "members", "--admin", path});
  CHECK(ended.status == 0);
  CHECK(ended.out.find("ev\\x1b[31mil\\x0ax\\x9by\xc3\xa9") != std::string::npos);
  CHECK(std::count(ended.out.begin(), ended.out.end(), '\n') == 2);
}

TEST_CASE("cli: the table of members has round trips and zones, and dashes where there are none") {
  const Scratch scratch;
  const std::string path = scratch.path("admin");
  const OddNode odd{
      path,
      R"({"ok":true,"members":[)"
      R"({"id":"00","name":"a","endpoint":"e","state":"alive","zone":"z1","round_trip_us":1234},)"
      R"({"id":"01","name":"b","endpoint":"f","state":"suspect"}]})"};
  const Ended ended = run_program({"gossamer", "members", "--admin", path});
  CHECK(ended.status == 0);
  CHECK(ended.out.find("alive      1.23 ms  z1\n") != std::string::npos);
  CHECK(ended.out.find("suspect          -  -\n") != std::string::npos);
}

TEST_CASE("cli: a node that stands still, its backlog full, keeps nobody waiting") {
  const Scratch scratch;
  const std::string path = scratch.path("admin.sock");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  const auto* place = reinterpret_cast<const sockaddr*>(&address);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(listener, place, sizeof(address)) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  std::vector<int> waiting;
  do {
    REQUIRE(waiting.size() < 64);
    waiting.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  } while (::connect(waiting.back(), place, sizeof(address)) == 0);

  const Ended ended = run_program({"gossamer", "members", "--admin", path}, Milliseconds{20'000});
  CHECK(ended.status == 1);
  CHECK(ended.err.find("takes no connection now") != std::string::npos);
  for (const int socket : waiting) ::close(socket);
  ::close(listener);
}

TEST_CASE("cli: a node that takes a question and stands still is named as that within a while") {
  const Scratch scratch;
  const std::string path = scratch.path("admin.sock");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(listener, 4) == 0);  // And no more.
  const std::string asked = GENERATE(as<std::string>{}, "members", "events");
  const Ended ended = run_program({"gossamer", asked, "--admin", path}, Milliseconds{40'000});
  CHECK(ended.status == 1);
  CHECK(ended.err.find("its process stands still") != std::string::npos);
  ::close(listener);
}
