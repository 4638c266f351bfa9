// What is wrong with the machine rather than with the command: one sentence, exit 1, nothing
// touched.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "program.hpp"

using namespace gossamer::test;

namespace {

std::vector<std::string> node(const std::string& data, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"gossamer", "node", "--name", "a", "--insecure", "--data", data};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

void write_file(const std::string& path, const std::string& text, unsigned mode = 0600) {
  std::ofstream{path, std::ios::binary} << text;
  ::chmod(path.c_str(), mode);
}

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void check_refused(const Ended& ended, const std::vector<std::string>& named) {
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == 1);
  CHECK(ended.out.empty());
  CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') >= 1);
  const std::string last = ended.err.substr(0, ended.err.find_last_not_of('\n') + 1);
  const std::string sentence =
      last.substr(last.rfind('\n') == std::string::npos ? 0 : last.rfind('\n') + 1);
  CHECK(sentence.rfind("gossamer: ", 0) == 0);
  for (const std::string& name : named) CHECK(sentence.find(name) != std::string::npos);
}

}  // namespace

TEST_CASE("node: a port in use is named") {
  const Scratch scratch;
  const int holder = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  REQUIRE(::bind(holder, reinterpret_cast<sockaddr*>(&address), length) == 0);
  ::getsockname(holder, reinterpret_cast<sockaddr*>(&address), &length);
  const std::string place = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  check_refused(run_program(node(scratch.path("a"), {"--bind", place})), {place, "in use"});
  ::close(holder);
}

TEST_CASE("node: a data directory has one node") {
  const Scratch scratch;
  Program first{node(scratch.path("a"))};
  REQUIRE(first.says("ready"));
  check_refused(run_program(node(scratch.path("a"))), {"another node", scratch.path("a")});
  // The first one does not mind.
  CHECK(run_program({"gossamer", "members", "--data", scratch.path("a")}).status == 0);
}

TEST_CASE("node: a data directory that is none is refused") {
  const Scratch scratch;
  write_file(scratch.path("a"), "a file");
  check_refused(run_program(node(scratch.path("a"))), {scratch.path("a")});
  CHECK(read_file(scratch.path("a")) == "a file");
  check_refused(run_program(node(scratch.path("no/such/place"))), {scratch.path("no/such/place")});
}

TEST_CASE("node: a corrupt data directory is left untouched") {
  const Scratch scratch;
  const std::string data = scratch.path("a");
  {
    Program node_once{node(data)};
    REQUIRE(node_once.says("ready"));
    node_once.signal(SIGTERM);
    REQUIRE(node_once.wait().status == 0);
  }
  const std::string file = GENERATE(as<std::string>{}, "/identity.key", "/node/CURRENT");
  CAPTURE(file);
  write_file(data + file, "this is no such file");
  check_refused(run_program(node(data)), {data});
  CHECK(read_file(data + file) == "this is no such file");
}

TEST_CASE("node: a key file is for its owner alone, and holds a key") {
  const Scratch scratch;
  struct Row {
    std::string text;
    unsigned mode;
    std::string named;
  };
  const auto row = GENERATE(values<Row>({
      {"gossamer-key 1\n" + std::string(64, 'a') + "\n", 0644, "chmod 600"},
      {"gossamer-key 1\n" + std::string(63, 'a') + "\n", 0600, "not a key file"},
      {"", 0600, "not a key file"},
      {std::string(100'000, 'a'), 0600, "longer"},
  }));
  write_file(scratch.path("key"), row.text, row.mode);
  check_refused(run_program({"gossamer", "node", "--name", "a", "--key-file", scratch.path("key")}),
                {scratch.path("key"), row.named});
  check_refused(
      run_program({"gossamer", "node", "--name", "a", "--key-file", scratch.path("none")}),
      {scratch.path("none"), "No such file"});
}

TEST_CASE("node: a key file that is none does not keep it waiting") {
  const Scratch scratch;
  const std::string path = scratch.path("key");
  std::string named;
  SECTION("a pipe") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    named = "is not a file";
  }
  SECTION("a folder") {
    std::filesystem::create_directory(path);
    named = "is a folder";
  }
  check_refused(run_program({"gossamer", "node", "--name", "a", "--key-file", path}),
                {path, named});
}

TEST_CASE("node: an object store that cannot be used is refused in one sentence") {
  const Scratch scratch;
  write_file(scratch.path("file"), "a file");
  std::filesystem::create_directories(scratch.path("foreign"));
  write_file(scratch.path("foreign/cluster-id"), "no id\n");
  // /proc: where nobody can write, root included.
  for (const std::string& place :
       {std::string{"/proc"}, std::string{"/proc/xx"}, scratch.path("file"),
        scratch.path("no/deep"), scratch.path("foreign")}) {
    const Ended ended = run_program(node(scratch.path("a"), {"--object-store", "dir:" + place}));
    check_refused(ended, {place});
    // Before it the warning that --insecure has, if it got so far.
    const auto begin = ended.err.find("gossamer: ");
    REQUIRE(begin != std::string::npos);
    CHECK(std::count(ended.err.begin() + static_cast<std::ptrdiff_t>(begin), ended.err.end(),
                     '\n') == 1);
  }
}

TEST_CASE(
    "node: an object store of another cluster than the members' is refused, with both named") {
  const Scratch scratch;
  Program first{
      node(scratch.path("a"), {"--object-store", "dir:" + scratch.path("one"), "--json"})};
  REQUIRE(first.says("\"ready\""));
  const std::size_t at = first.out().find("\"endpoint\":\"") + 12;
  const std::string endpoint = first.out().substr(at, first.out().find('"', at) - at);
  const Ended second =
      run_program(node(scratch.path("b"), {"--object-store", "dir:" + scratch.path("two"),
                                           "--discover", "static:" + endpoint}));
  check_refused(second, {scratch.path("one"), scratch.path("two")});
}

TEST_CASE("services: of a node that waits for its object store it is told that, not nothing") {
  const Scratch scratch;
  ::setenv("AWS_ACCESS_KEY_ID", "AKTEST", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "SKTESTSECRET", 1);
  Program node{{"gossamer", "node", "--name", "a", "--insecure", "--data", scratch.path("a"),
                "--join-timeout-ms", "0", "--object-store",
                "s3://bucket/x?region=eu-west-1&endpoint=http://127.0.0.1:1"}};
  ::unsetenv("AWS_ACCESS_KEY_ID");
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
  REQUIRE(node.says("ready"));
  const Ended text = run_program({"gossamer", "services", "--data", scratch.path("a")});
  CHECK(text.status == 0);
  CHECK(text.out.empty());
  CHECK(text.err.find("takes no part yet, and knows of no service: ") != std::string::npos);
  CHECK(text.err.find("object store") != std::string::npos);
  const Ended json = run_program({"gossamer", "services", "--data", scratch.path("a"), "--json"});
  CHECK(json.out.find("\"services\":[],\"waiting\":\"") != std::string::npos);

  Program other{{"gossamer", "node", "--name", "b", "--insecure", "--data", scratch.path("b"),
                 "--object-store", "dir:" + scratch.path("objects")}};
  REQUIRE(other.says("ready"));
  const Ended well = run_program({"gossamer", "services", "--data", scratch.path("b"), "--json"});
  CHECK(well.out == "{\"ok\":true,\"services\":[]}\n");
}
