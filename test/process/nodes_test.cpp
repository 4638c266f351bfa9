// Real nodes, as processes: they meet, one dies, one leaves; and the small examples run to their
// ends.

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "admin_client.hpp"
#include "program.hpp"

using namespace gossamer::test;
using gossamer::examples::AdminClient;
using gossamer::examples::ask_node;

namespace {

/// A node that has said that it is ready.
struct ReadyNode {
  ReadyNode(const Scratch& scratch, const std::string& name, const std::string& seed = "")
      : program(words(scratch, name, seed)), admin(scratch.path(name) + "/admin.sock") {
    REQUIRE(program.says("\"ready\""));
    const std::size_t at = program.out().find("\"endpoint\":\"") + 12;
    endpoint = program.out().substr(at, program.out().find('"', at) - at);
  }
  static std::vector<std::string> words(const Scratch& scratch, const std::string& name,
                                        const std::string& seed) {
    std::vector<std::string> all{"gossamer",   "node",   "--name",           name,
                                 "--insecure", "--data", scratch.path(name), "--json",
                                 "--profile",  "fast"};
    if (!seed.empty()) all.insert(all.end(), {"--discover", "static:" + seed});
    return all;
  }
  Program program;
  std::string admin;
  std::string endpoint;
};

std::string state_of(const ReadyNode& asked, const std::string& name) {
  const auto answer = ask_node(asked.admin, {{"request", "members"}});
  if (!answer) return answer.error().detail;
  for (const auto& member : (*answer)["members"]) {
    if (member["name"] == name) return member["state"];
  }
  return "unknown";
}

bool becomes(const ReadyNode& asked, const std::string& name, const std::string& state) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (state_of(asked, name) != state) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::usleep(20'000);
  }
  return true;
}

int connect_raw(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

void send_raw(int fd, const std::string& text) {
  (void)!::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

TEST_CASE("deploy: arguments as long as they may be are taken, however they are escaped") {
  const Scratch scratch;
  Program node{{"gossamer", "node", "--name", "a", "--insecure", "--data", scratch.path("a"),
                "--object-store", "dir:" + scratch.path("so")}};
  REQUIRE(node.says("ready"));
  const Ended ended = run_program({"gossamer", "deploy", "ledger", "--data", scratch.path("a"),
                                   "--arguments", std::string(65'536, '\x01')});
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
}

TEST_CASE("nodes: two processes see each other; kill -9 is noticed, and a goodbye is heard") {
  const Scratch scratch;
  ReadyNode a{scratch, "a"};
  ReadyNode b{scratch, "b", a.endpoint};
  ReadyNode c{scratch, "c", a.endpoint};
  CHECK(becomes(a, "b", "alive"));
  CHECK(becomes(b, "c", "alive"));

  b.program.signal(SIGKILL);
  CHECK(becomes(a, "b", "down"));
  CHECK(becomes(c, "b", "down"));
  CHECK(a.program.says("\"members_down\""));

  c.program.signal(SIGTERM);
  const Ended left = c.program.wait();
  CHECK(left.status == 0);
  CHECK(becomes(a, "c", "left"));
  CHECK(a.program.says("\"member_left\""));
}

TEST_CASE(
    "nodes: one whose data directory was restored from a backup joins again, on another port") {
  const Scratch scratch;
  ReadyNode a{scratch, "a"};
  const auto live = [&](bool is_to_be_saved) {
    ReadyNode x{scratch, "x", a.endpoint};
    CHECK(becomes(a, "x", "alive"));
    CHECK(becomes(x, "a", "alive"));
    x.program.signal(SIGTERM);
    CHECK(x.program.wait().status == 0);
    if (is_to_be_saved) {
      std::filesystem::copy(scratch.path("x"), scratch.path("saved"),
                            std::filesystem::copy_options::recursive);
    }
  };
  live(true);
  live(false);
  std::filesystem::remove_all(scratch.path("x"));
  std::filesystem::rename(scratch.path("saved"), scratch.path("x"));
  live(false);
}

TEST_CASE("nodes: one with another key, or of another cluster, is not heard") {
  const Scratch scratch;
  ReadyNode a{scratch, "a"};
  const std::vector<std::string> more =
      GENERATE(std::vector<std::string>{"--insecure", "--cluster", "other"},
               std::vector<std::string>{"--key-file"});
  std::vector<std::string> words{
      "gossamer",          "node", "--name", "x", "--discover", "static:" + a.endpoint,
      "--join-timeout-ms", "1500"};
  words.insert(words.end(), more.begin(), more.end());
  if (more.size() == 1) {
    REQUIRE(run_program({"gossamer", "keys", "new", scratch.path("key")}).status == 0);
    words.push_back(scratch.path("key"));
  }
  Program stranger{words};
  REQUIRE(stranger.says("1 live member"));
  CHECK(state_of(a, "x") == "unknown");
  const auto counters = ask_node(a.admin, {{"request", "counters"}});
  REQUIRE(counters);
  const auto& counted = (*counters)["counters"];
  CHECK(counted["packets_rejected_unsealed"].get<int>() +
            counted["packets_rejected_unknown_key"].get<int>() >
        0);
}

TEST_CASE("admin: garbage, floods and clients that hang harm nobody") {
  const Scratch scratch;
  ReadyNode a{scratch, "a"};
  struct stat found {};
  REQUIRE(::stat(a.admin.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);

  std::vector<int> clients;
  for (int i = 0; i < 60; ++i) clients.push_back(connect_raw(a.admin));  // Say nothing.
  for (int i = 0; i < 10; ++i) {
    clients.push_back(connect_raw(a.admin));
    send_raw(clients.back(), std::string(200'000, 'x'));  // One endless line.
    clients.push_back(connect_raw(a.admin));
    send_raw(clients.back(), std::string("\0\xff\xfe{{{[[[\n\n\n", 12));
    clients.push_back(connect_raw(a.admin));
    for (int n = 0; n < 2000; ++n)
      send_raw(clients.back(), "{\"request\":\"members\"}\n");  // Never reads.
  }
  CHECK(state_of(a, "a") == "alive");
  for (const int client : clients) ::close(client);
  CHECK(state_of(a, "a") == "alive");

  auto client = AdminClient::connect(a.admin);
  REQUIRE(client);
  const auto refused = [&](const gossamer::examples::Json& request) {
    const auto answer = client->ask(request);
    return answer ? std::string{"accepted"} : answer.error().detail;
  };
  CHECK(refused({{"request", "dance"}}).find("there is no request 'dance'") != std::string::npos);
  CHECK(refused({{"request", 7}}).find("'request' must be a string") != std::string::npos);
  CHECK(refused({{"request", "resolve"}}).find("'name' must be a string") != std::string::npos);
  CHECK(refused({{"request", "deploy"}}).find("'spec' is missing") != std::string::npos);
  CHECK(refused({{"request", "deploy"}, {"spec", {{"name", "x"}, {"instancess", 2}}}})
            .find("instancess") != std::string::npos);
  CHECK(refused({{"request", "deploy"}, {"spec", {{"name", "x"}}}}).find("object store") !=
        std::string::npos);
  CHECK(refused({{"request", "freeze"}, {"service", "x"}, {"ordinal", -1}}).find("'ordinal'") !=
        std::string::npos);
  CHECK(client->ask({{"request", "status"}}).has_value());
}

TEST_CASE(
    "admin: lines that waited behind an answer are answered in order, to a client that closed its "
    "side") {
  const Scratch scratch;
  ReadyNode a{scratch, "a"};
  const int fd = connect_raw(a.admin);
  send_raw(fd, "{\"request\":\"status\"}\n{\"request\":\"dance\"}\n{\"request\":\"names\"}\n");
  ::shutdown(fd, SHUT_WR);
  std::string all;
  char chunk[4096];
  for (ssize_t count = 1; count > 0;) {
    count = ::recv(fd, chunk, sizeof(chunk), 0);
    if (count > 0) all.append(chunk, static_cast<std::size_t>(count));
  }
  ::close(fd);
  const std::size_t status = all.find("\"status\""), refused = all.find("dance"),
                    names = all.find("\"names\"");
  REQUIRE(names != std::string::npos);
  CHECK(status < refused);
  CHECK(refused < names);
}

TEST_CASE("resolve: a name that nobody has is a failure, with and without JSON") {
  const Scratch scratch;
  const ReadyNode node{scratch, "a"};
  const Ended json =
      run_program({"gossamer", "resolve", "nobody", "--admin", node.admin, "--json"});
  CHECK(json.status == 1);
  CHECK(json.out.find("\"records\":[]") != std::string::npos);
  CHECK(json.err.find("'nobody'") != std::string::npos);
  const Ended text = run_program({"gossamer", "resolve", "nobody", "--admin", node.admin});
  CHECK(text.status == 1);
  CHECK(text.out.empty());
}

TEST_CASE("seeds: what discovery finds can be seen without a node") {
  const Ended found =
      run_program({"gossamer", "seeds", "--discover", "static:127.0.0.1:7,127.0.0.1:8", "--json"});
  CHECK(found.status == 0);
  CHECK(found.out.find("127.0.0.1:8") != std::string::npos);
  const Ended missing = run_program({"gossamer", "seeds", "--discover", "file:/no/such/file"});
  CHECK(missing.status == 1);
  CHECK(missing.err.find("/no/such/file") != std::string::npos);
}

TEST_CASE(
    "seeds: of several sources each line says from which it came, and nothing found is told") {
  const Ended one = run_program({"gossamer", "seeds", "static:127.0.0.1:7"});
  CHECK(one.out == "127.0.0.1:7\n");
  CHECK(one.err.empty());
  const Ended two = run_program({"gossamer", "seeds", "static:127.0.0.1:7", "file:/no/such/file"});
  CHECK(two.out == "127.0.0.1:7  from static:127.0.0.1:7\n");
  // A file without a seed in it.
  const std::string path = "/tmp/gossamer-no-seeds-" + std::to_string(::getpid());
  std::ofstream{path} << "# nobody yet\n";
  const Ended nothing = run_program({"gossamer", "seeds", "file:" + path});
  std::remove(path.c_str());
  CHECK(nothing.status == 0);
  CHECK(nothing.out.empty());
  CHECK(nothing.err ==
        "gossamer: nothing found by file:" + path + ": it lists 0 machines, 0 of them fit\n");
}

TEST_CASE("examples: each runs to its end by itself") {
  const std::string name =
      GENERATE(as<std::string>{}, "embed_in_your_loop", "own_thread", "publish_and_resolve",
               "keep_a_service_running", "redeploy_by_your_own_means");
  CAPTURE(name);
  const Ended ended = run_program({name}, Milliseconds{60'000});
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == 0);
  CHECK(!ended.out.empty());
}
