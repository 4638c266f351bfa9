// A node that is asked by TCP, with a token; and what happens to who has none.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <sstream>

#include "admin_client.hpp"
#include "program.hpp"

using namespace gossamer::test;
using gossamer::examples::AdminPlace;
using gossamer::examples::ask_node;
using gossamer::examples::Json;

namespace {

constexpr const char* kSecretToken = "AdminTokenThatNobodyMaySee0123456789";

void write_private(const std::string& path, const std::string& text) {
  std::ofstream{path} << text << "\n";
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
}

std::string after(const std::string& text, const std::string& what) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) return {};
  const std::size_t from = at + what.size();
  return text.substr(from, text.find('"', from) - from);
}

/// One with a service deployed, that listens by TCP.
struct RemoteNode {
  explicit RemoteNode(const Scratch& scratch)
      : token_file(scratch.path("token")),
        data(scratch.path("a")),
        program((write_private(token_file, kSecretToken),
                 std::vector<std::string>{"gossamer", "node", "--name", "a", "--insecure", "--data",
                                          data, "--json", "--profile", "fast", "--object-store",
                                          "dir:" + scratch.path("objects"), "--admin-listen",
                                          "127.0.0.1:0", "--admin-token-file", token_file})) {
    REQUIRE(program.says("\"ready\""));
    admin = after(program.out(), "\"admin_listen\":\"");
    REQUIRE(run_program({"gossamer", "deploy", "ledger", "--data", data}).status == 0);
  }
  AdminPlace place() const { return {admin, kSecretToken}; }
  std::size_t service_count() const {
    const auto answer = ask_node(place(), {{"request", "services"}});
    REQUIRE(answer);
    return (*answer)["services"].size();
  }

  std::string token_file, data;
  Program program;
  std::string admin;
};

/// What comes back until the other side hangs up.
std::string say_raw(int fd, const std::string& text) {
  REQUIRE(fd >= 0);
  timeval limit{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  (void)!::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  std::string all;
  char chunk[4096];
  ssize_t count = 1;
  while (count > 0) {
    count = ::recv(fd, chunk, sizeof(chunk), 0);
    if (count > 0) all.append(chunk, static_cast<std::size_t>(count));
  }
  CHECK_FALSE((count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)));
  ::close(fd);
  return all;
}

int connect_by_tcp(const std::string& admin) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(admin.substr(admin.find(':') + 1))));
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

int connect_to_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

const std::vector<std::string> kHttpRequests{
    "GET /undeploy?service=ledger HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /{\"request\":\"undeploy\",\"service\":\"ledger\"} HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: "
    "42\r\n\r\n{\"request\":\"undeploy\",\"service\":\"ledger\"}\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
    "42\r\n\r\n{\"request\":\"undeploy\",\"service\":\"ledger\"}\n"};

}  // namespace

TEST_CASE(
    "remote admin: who has the token commands a node by TCP, from a file or the environment") {
  const Scratch scratch;
  RemoteNode node{scratch};
  const Ended by_file = run_program(
      {"gossamer", "members", "--admin", node.admin, "--admin-token-file", node.token_file});
  CAPTURE(by_file.err);
  CHECK(by_file.status == 0);
  CHECK(by_file.out.find("alive") != std::string::npos);
  ::setenv("GOSSAMER_ADMIN_TOKEN", kSecretToken, 1);
  const Ended by_variable = run_program({"gossamer", "undeploy", "ledger", "--admin", node.admin});
  ::unsetenv("GOSSAMER_ADMIN_TOKEN");
  CHECK(by_variable.status == 0);
  CHECK(node.service_count() == 0);
}

TEST_CASE("remote admin: events are told as they happen") {
  const Scratch scratch;
  RemoteNode node{scratch};
  Program events{
      {"gossamer", "events", "--admin", node.admin, "--admin-token-file", node.token_file}};
  // Asked again until the stream has begun.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  bool is_told = false;
  while (!is_told && std::chrono::steady_clock::now() < deadline) {
    REQUIRE(run_program({"gossamer", "undeploy", "ledger", "--data", node.data}).status == 0);
    REQUIRE(run_program({"gossamer", "deploy", "ledger", "--data", node.data}).status == 0);
    is_told = events.says("ledger", Milliseconds{500});
  }
  CHECK(is_told);
}

TEST_CASE("remote admin: a wrong token, and none, are refused, counted, and shown nowhere") {
  const Scratch scratch;
  RemoteNode node{scratch};
  write_private(scratch.path("wrong"), "AnotherTokenOfThirtyTwoCharacters");
  const Ended wrong = run_program(
      {"gossamer", "members", "--admin", node.admin, "--admin-token-file", scratch.path("wrong")});
  CHECK(wrong.status == 1);
  CHECK(wrong.err.find("the node refuses") != std::string::npos);
  CHECK(wrong.out.empty());
  const Ended none = run_program({"gossamer", "members", "--admin", node.admin});
  CHECK(none.status == 2);
  CHECK(none.err.find("GOSSAMER_ADMIN_TOKEN") != std::string::npos);
  ::chmod(node.token_file.c_str(), 0640);
  const Ended open = run_program(
      {"gossamer", "members", "--admin", node.admin, "--admin-token-file", node.token_file});
  CHECK(open.status == 1);
  CHECK(open.err.find("chmod 600") != std::string::npos);
  const auto counters = ask_node(node.place(), {{"request", "counters"}});
  REQUIRE(counters);
  CHECK((*counters)["counters"]["admin_refused"] == 1);
  CHECK((*counters)["counters"]["admin_admitted"] == 1);
  for (const std::string& text : {wrong.err, none.err, open.err, node.program.out()}) {
    CHECK(text.find("NobodyMaySee") == std::string::npos);
    CHECK(text.find("AnotherToken") == std::string::npos);
  }
}

TEST_CASE("remote admin: no HTTP request changes anything, by TCP or at the socket") {
  const Scratch scratch;
  RemoteNode node{scratch};
  for (const std::string& request : kHttpRequests) {
    CAPTURE(request);
    CHECK(say_raw(connect_by_tcp(node.admin), request).find("\"ok\":true") == std::string::npos);
    const std::string answer = say_raw(connect_to_socket(node.data + "/admin.sock"), request);
    CHECK(answer.find("\"ok\":true") == std::string::npos);
    // One answer: what follows the first line is not looked at.
    CHECK(std::count(answer.begin(), answer.end(), '\n') == 1);
  }
  CHECK(node.service_count() == 1);
}

TEST_CASE("remote admin: a token file is made for its owner alone, never twice, and never told") {
  const Scratch scratch;
  const std::string path = scratch.path("token");
  const Ended made = run_program({"gossamer", "admin-token", "new", path});
  CHECK(made.status == 0);
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  std::string token;
  std::ifstream{path} >> token;
  CHECK(token.size() == 64);
  CHECK((made.out + made.err).find(token.substr(0, 8)) == std::string::npos);
  CHECK(run_program({"gossamer", "admin-token", "new", path}).status == 1);
}

TEST_CASE("remote admin: a node that is to listen without a token that counts does not start") {
  const Scratch scratch;
  write_private(scratch.path("short"), "tooshort");
  std::vector<std::string> words{"gossamer",   "node",           "--name",     "a",
                                 "--insecure", "--admin-listen", "127.0.0.1:0"};
  const Ended none = run_program(words);
  CHECK(none.status == 2);
  CHECK(none.err.find("a token is needed") != std::string::npos);
  words.insert(words.end(), {"--admin-token-file", scratch.path("short")});
  const Ended too_short = run_program(words);
  CHECK(too_short.status == 1);
  CHECK(too_short.err.find("32 to 1024 printable characters") != std::string::npos);
  CHECK(too_short.err.find("tooshort") == std::string::npos);
  words.back() = scratch.path("absent");
  CHECK(run_program(words).status == 1);
}
