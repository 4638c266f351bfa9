// The cluster's keys: given, changed while the cluster runs, and never told.

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "admin_client.hpp"
#include "program.hpp"

using namespace gossamer::test;
using gossamer::examples::ask_node;
using gossamer::examples::Json;

namespace {

std::string text_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

/// The second line of a key file: its 64 hex digits.
std::string hex_in(const std::string& path) {
  const std::string text = text_of(path);
  return text.substr(text.find('\n') + 1, 64);
}

std::string make_key(const Scratch& scratch, const std::string& name) {
  REQUIRE(run_program({"gossamer", "keys", "new", scratch.path(name)}).status == 0);
  return scratch.path(name);
}

struct KeyedNode {
  KeyedNode(const Scratch& scratch, const std::string& name, const std::string& key_file,
            const std::string& seed = "", const std::string& profile = "default")
      : program(words(scratch, name, key_file, seed, profile)), data(scratch.path(name)) {
    REQUIRE(program.says("\"ready\""));
    const std::size_t at = program.out().find("\"endpoint\":\"") + 12;
    endpoint = program.out().substr(at, program.out().find('"', at) - at);
  }
  static std::vector<std::string> words(const Scratch& scratch, const std::string& name,
                                        const std::string& key_file, const std::string& seed,
                                        const std::string& profile) {
    std::vector<std::string> all{"gossamer",   "node",      "--name", name,
                                 "--key-file", key_file,    "--data", scratch.path(name),
                                 "--json",     "--profile", profile};
    if (!seed.empty()) all.insert(all.end(), {"--discover", "static:" + seed});
    return all;
  }
  std::string admin() const { return data + "/admin.sock"; }
  std::uint64_t live() const {
    const auto answer = ask_node(admin(), {{"request", "status"}});
    return answer ? (*answer)["status"]["live_members"].get<std::uint64_t>() : 0;
  }
  std::uint64_t unknown_keys() const {
    const auto answer = ask_node(admin(), {{"request", "counters"}});
    return answer ? (*answer)["counters"]["packets_rejected_unknown_key"].get<std::uint64_t>()
                  : 999;
  }
  Program program;
  std::string data;
  std::string endpoint;
};

template <class Condition>
bool soon(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::usleep(20'000);
  }
  return true;
}

std::vector<Json> keys_of(const KeyedNode& node) {
  const auto ran = run_program({"gossamer", "keys", "list", "--data", node.data, "--json"});
  REQUIRE(ran.status == 0);
  return Json::parse(ran.out).at("keys").get<std::vector<Json>>();
}

}  // namespace

TEST_CASE(
    "keys: a cluster goes from one key to the next without a dropped packet, and newcomers with "
    "the "
    "old key come along as long as it is in the ring") {
  const Scratch scratch;
  const std::string old_key = make_key(scratch, "old.key");
  const std::string new_key = make_key(scratch, "new.key");
  KeyedNode a{scratch, "a", old_key};
  KeyedNode b{scratch, "b", old_key, a.endpoint};
  REQUIRE(soon([&] { return a.live() == 2 && b.live() == 2; }));
  const std::string old_id = keys_of(a).at(0).at("id");

  REQUIRE(run_program({"gossamer", "keys", "add", new_key, "--data", a.data}).status == 0);
  const std::string new_id = keys_of(b).at(1).at("id");
  const auto used = run_program({"gossamer", "keys", "use", new_id, "--data", b.data});
  INFO(used.err);
  REQUIRE(used.status == 0);
  CHECK(used.out.find("2/2") != std::string::npos);

  // It has the old file, and is told the rest.
  KeyedNode c{scratch, "c", old_key, a.endpoint};
  REQUIRE(soon([&] { return a.live() == 3 && c.live() == 3; }));
  REQUIRE(soon([&] { return keys_of(a).at(0).at("used_by") == 3; }));
  REQUIRE(run_program({"gossamer", "keys", "remove", old_id, "--data", a.data}).status == 0);
  REQUIRE(soon([&] { return keys_of(b).size() == 1 && keys_of(c).size() == 1; }));
  CHECK(a.unknown_keys() + b.unknown_keys() + c.unknown_keys() == 0);

  // A restart goes on with what it was told, although its file is the old one.
  struct stat kept {};
  REQUIRE(::stat((c.data + "/cluster.keys").c_str(), &kept) == 0);
  CHECK((kept.st_mode & 07777) == 0600);
  c.program.signal(SIGTERM);
  const Ended ended = c.program.wait();
  REQUIRE(ended.status == 0);
  KeyedNode again{scratch, "c", old_key, a.endpoint};
  CHECK(soon([&] { return again.live() == 3; }));
  CHECK(again.unknown_keys() == 0);

  // No program has told a key.
  std::string told = ended.out + ended.err;
  for (KeyedNode* node : {&a, &b, &again}) {
    node->program.signal(SIGTERM);
    const Ended last = node->program.wait();
    told += last.out + last.err;
  }
  CHECK(told.find(hex_in(old_key)) == std::string::npos);
  CHECK(told.find(hex_in(new_key)) == std::string::npos);
}

TEST_CASE("keys: a step too early, an unknown key and a bad file are refused with their reasons") {
  const Scratch scratch;
  const std::string key = make_key(scratch, "key");
  KeyedNode a{scratch, "a", key};
  const std::string id = keys_of(a).at(0).at("id");
  const auto removal = run_program({"gossamer", "keys", "remove", id, "--data", a.data});
  CHECK(removal.status == 1);
  CHECK(removal.err.find("is the primary: use another one first") != std::string::npos);
  const auto unknown = run_program({"gossamer", "keys", "use", "00000000", "--data", a.data});
  CHECK(unknown.status == 1);
  CHECK(unknown.err.find("add it first") != std::string::npos);
  REQUIRE(::chmod(key.c_str(), 0644) == 0);
  const auto open = run_program({"gossamer", "keys", "add", key, "--data", a.data});
  CHECK(open.status == 1);
  CHECK(open.err.find("chmod 600") != std::string::npos);
  for (const char* request :
       {R"({"request":"keys_add"})", R"({"request":"keys_add","key":7})",
        R"({"request":"keys_add","key":"zz"})", R"({"request":"keys_use","id":"123"})",
        R"({"request":"keys_remove","id":"ABCDEFGH"})"}) {
    const auto answer = ask_node(a.admin(), Json::parse(request));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == gossamer::ErrorCode::invalid_argument);
  }
}

TEST_CASE("keys: a step that is done already succeeds, so that a script may repeat it") {
  const Scratch scratch;
  const std::string old_key = make_key(scratch, "old.key");
  const std::string new_key = make_key(scratch, "new.key");
  KeyedNode a{scratch, "a", old_key};
  const std::string old_id = keys_of(a).at(0).at("id");
  const auto twice = [&](const std::string& step, const std::string& what) {
    for (int round = 0; round < 2; ++round) {
      const auto ran = run_program({"gossamer", "keys", step, what, "--data", a.data});
      CAPTURE(step, round, ran.err);
      CHECK(ran.status == 0);
    }
  };
  twice("add", new_key);
  REQUIRE(keys_of(a).size() == 2);
  twice("use", keys_of(a).at(1).at("id"));
  CHECK(keys_of(a).at(0).at("id") != old_id);
  twice("remove", old_id);
  CHECK(keys_of(a).size() == 1);
  const auto never_there =
      run_program({"gossamer", "keys", "remove", "00000000", "--data", a.data});
  CHECK(never_there.err.find("nothing to remove") != std::string::npos);
}

TEST_CASE("keys: a removal waits for those who still need the key, and says who they are") {
  const Scratch scratch;
  const std::string old_key = make_key(scratch, "old.key");
  const std::string new_key = make_key(scratch, "new.key");
  KeyedNode a{scratch, "a", old_key, "", "calm"};
  KeyedNode b{scratch, "slow-one", old_key, a.endpoint, "calm"};
  REQUIRE(soon([&] { return a.live() == 2 && b.live() == 2; }));
  const std::string old_id = keys_of(a).at(0).at("id");
  REQUIRE(run_program({"gossamer", "keys", "add", new_key, "--data", a.data}).status == 0);
  // While it stands still it is a live member that has not followed.
  b.program.signal(SIGSTOP);
  const std::string new_id = keys_of(a).at(1).at("id");
  const std::vector<std::string> use{"gossamer", "keys", "use",    new_id,
                                     "--data",   a.data, "--wait", "0"};
  CHECK(run_program(use).status == 1);

  std::vector<std::string> words{"gossamer", "keys", "remove", old_id, "--data", a.data, "--wait"};
  const auto remove_within = [&](const std::string& seconds) {
    std::vector<std::string> all = words;
    all.push_back(seconds);
    return all;
  };
  const Ended at_once = run_program(remove_within("0"));
  CHECK(at_once.status == 1);
  CHECK(at_once.err.find("slow-one") != std::string::npos);
  CHECK(at_once.err.find("waiting") == std::string::npos);
  const Ended too_late = run_program(remove_within("1"));
  CHECK(too_late.status == 1);
  CHECK(too_late.err.find("waiting: keys: slow-one has not gone over") != std::string::npos);
  CHECK(too_late.err.find("still so after 1 s: keys: slow-one") != std::string::npos);

  Program removal{remove_within("60")};
  REQUIRE(removal.warns("waiting: keys: slow-one"));
  b.program.signal(SIGCONT);
  const Ended done = removal.wait(gossamer::test::Milliseconds{60'000});
  CAPTURE(done.err);
  CHECK(done.status == 0);
  CHECK(done.out.find(new_id) != std::string::npos);
  CHECK(done.out.find(old_id) == std::string::npos);
}

TEST_CASE("keys: without a secret a node keeps to loopback, unless told twice") {
  const Scratch scratch;
  const std::vector<std::string> words{"gossamer", "node",      "--name",    "a",
                                       "--bind",   "0.0.0.0:0", "--insecure"};
  const auto once = run_program(words);
  CHECK(once.status == 2);
  CHECK(once.err.find("--insecure --insecure") != std::string::npos);
  auto twice = words;
  twice.insert(twice.end(), {"--insecure", "--advertise", "127.0.0.1:0", "--json"});
  Program node{twice};
  CHECK(node.says("\"ready\""));
}

TEST_CASE("keys: one in the environment is taken, and a wrong one is refused without being told") {
  const Scratch scratch;
  const std::string key = make_key(scratch, "key");
  KeyedNode a{scratch, "a", key};
  const std::vector<std::string> words{"gossamer",
                                       "node",
                                       "--name",
                                       "b",
                                       "--json",
                                       "--data",
                                       scratch.path("b"),
                                       "--discover",
                                       "static:" + a.endpoint};
  REQUIRE(::setenv("GOSSAMER_KEY", hex_in(key).c_str(), 1) == 0);
  Program b{words};
  REQUIRE(::setenv("GOSSAMER_KEY", "5ec4e7", 1) == 0);
  const auto wrong = run_program(words);
  REQUIRE(::unsetenv("GOSSAMER_KEY") == 0);
  CHECK(soon([&] { return a.live() == 2; }));
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find("64 hex digits") != std::string::npos);
  CHECK(wrong.err.find("5ec4e7") == std::string::npos);
}
