// An authority, and nodes that it has admitted and has not.

#include "gossamer/admission.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <sstream>

#include "admin_client.hpp"
#include "program.hpp"

using namespace gossamer::test;
using gossamer::examples::ask_node;
using gossamer::examples::Json;

namespace {

using Words = std::vector<std::string>;

/// What a command prints, which must succeed.
std::string said(const Words& words) {
  const Ended ended = run_program(words);
  INFO(ended.err);
  REQUIRE(ended.status == 0);
  return ended.out.substr(0, ended.out.find_last_not_of('\n') + 1);
}

template <class Condition>
bool soon(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::usleep(20'000);
  }
  return true;
}

/// A cluster's key and its authority.
struct Office {
  Office() {
    said({"gossamer", "keys", "new", scratch.path("key")});
    public_key = said({"gossamer", "authority", "new", scratch.path("authority")});
  }
  /// Admits the node that will run from data directory `name`; the file with the admission.
  std::string admit(const std::string& name, Words more = {}) const {
    const std::string node = said({"gossamer", "identity", scratch.path(name)});
    Words words{"gossamer", "authority", "admit", "--authority", scratch.path("authority"), node};
    words.insert(words.end(), more.begin(), more.end());
    const std::string path = scratch.path(name + ".admission");
    std::ofstream{path} << said(words) << "\n";
    return path;
  }
  Words node(const std::string& name, const Words& more, const std::string& seed = "") const {
    Words words{"gossamer",   "node",
                "--name",     name,
                "--key-file", scratch.path("key"),
                "--data",     scratch.path(name),
                "--json",     "--profile",
                "fast"};
    words.insert(words.end(), more.begin(), more.end());
    if (!seed.empty()) words.insert(words.end(), {"--discover", "static:" + seed});
    return words;
  }

  Scratch scratch{};
  std::string public_key{};
};

struct AdmittedNode {
  AdmittedNode(const Office& office, const std::string& name, const Words& more,
               const std::string& seed = "")
      : program(office.node(name, more, seed)), admin(office.scratch.path(name) + "/admin.sock") {
    REQUIRE(program.says("\"ready\""));
    const std::size_t at = program.out().find("\"endpoint\":\"") + 12;
    endpoint = program.out().substr(at, program.out().find('"', at) - at);
  }
  std::uint64_t live() const {
    const auto answer = ask_node(admin, {{"request", "status"}});
    return answer ? (*answer)["status"]["live_members"].get<std::uint64_t>() : 0;
  }
  std::uint64_t counter(const char* name) const {
    const auto answer = ask_node(admin, {{"request", "counters"}});
    return answer ? (*answer)["counters"][name].get<std::uint64_t>() : 0;
  }
  Program program;
  std::string admin;
  std::string endpoint;
};

}  // namespace

TEST_CASE(
    "admission: nodes that are admitted find each other, and one that only has the key does not") {
  const Office office;
  const Words authority{"--authority", office.public_key};
  const auto admitted = [&](const std::string& name) {
    return Words{"--authority", office.public_key, "--admission",
                 office.admit(name, {"--days", "1"})};
  };
  AdmittedNode a{office, "a", admitted("a")};
  AdmittedNode b{office, "b", admitted("b"), a.endpoint};
  CHECK(soon([&] { return a.live() == 2 && b.live() == 2; }));

  // It asks nobody for an admission, so it starts; a hears of it and does not listen.
  AdmittedNode x{office, "x", {"--join-timeout-ms", "0"}, a.endpoint};
  CHECK(soon([&] { return a.counter("packets_unadmitted") > 0; }));
  CHECK(a.program.says("is not admitted"));
  CHECK(a.live() == 2);
  CHECK(b.live() == 2);
  CHECK(x.live() == 1);
  CHECK(a.counter("admissions_verified") == 1);

  // A node that starts anew finds its way back.
  b.program.signal(SIGKILL);
  b.program.wait();
  AdmittedNode again{office, "b", admitted("b"), a.endpoint};
  CHECK(soon([&] { return again.live() == 2 && a.live() == 2; }));
}

TEST_CASE("admission: all nodes get theirs while nobody asks, and then one after the other asks") {
  const Office office;
  const Words a_admission{"--admission", office.admit("a")};
  const Words b_admission{"--admission", office.admit("b")};
  AdmittedNode a{office, "a", a_admission};
  {
    AdmittedNode b{office, "b", b_admission, a.endpoint};
    CHECK(soon([&] { return a.live() == 2 && b.live() == 2; }));
    b.program.signal(SIGTERM);
    CHECK(b.program.wait().status == 0);
  }
  Words asks = b_admission;
  asks.insert(asks.end(), {"--authority", office.public_key});
  AdmittedNode b{office, "b", asks, a.endpoint};
  CHECK(soon([&] { return a.live() == 2 && b.live() == 2; }));
}

TEST_CASE(
    "admission: a node whose own is missing, over, another's or for another cluster does not "
    "start") {
  const Office office;
  const Words authority{"--authority", office.public_key};
  const std::string node = said({"gossamer", "identity", office.scratch.path("a")});
  const auto refusal = [&](const Words& more) {
    const Ended ended = run_program(office.node("a", more));
    CHECK(ended.status == 1);
    CHECK(ended.err.find(node) != std::string::npos);
    CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') == 1);
    return ended.err;
  };
  CHECK(refusal(authority).find("is missing") != std::string::npos);
  const std::string of_b = office.admit("b");
  CHECK(refusal({"--authority", office.public_key, "--admission", of_b}).find("another node") !=
        std::string::npos);
  const std::string elsewhere = office.admit("a", {"--cluster", "elsewhere"});
  CHECK(refusal({"--authority", office.public_key, "--admission", elsewhere})
            .find("another cluster") != std::string::npos);
  CHECK(refusal({"--authority", node, "--admission", office.admit("a")})
            .find("none of this node's authorities") != std::string::npos);
  const std::string over = office.scratch.path("over");
  std::ofstream{over}
      << gossamer::admit_node(office.scratch.path("authority"), node, "gossamer", 1).value();
  CHECK(refusal({"--authority", office.public_key, "--admission", over}).find("has ended") !=
        std::string::npos);
  // The key of a node that will run is the one that it was admitted with, however often it was
  // asked for.
  CHECK(said({"gossamer", "identity", office.scratch.path("a")}) == node);
}

TEST_CASE("admission: one ends after 90 days unless told otherwise, and says when") {
  const Office office;
  const auto admit = [&](const Words& more) {
    Words words{
        "gossamer",        "authority", "admit", "--authority", office.scratch.path("authority"),
        office.public_key, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words);
  };
  const auto days_of = [](const Ended& ended) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    const auto left_s = Json::parse(ended.out).at("not_after").get<std::int64_t>() - now_s;
    return (left_s + 12 * 3600) / (24 * 3600);
  };
  const Ended unsaid = admit({});
  CHECK(days_of(unsaid) == 90);
  CHECK(unsaid.err.find("admitted until 20") != std::string::npos);
  CHECK(days_of(admit({"--days", "7"})) == 7);
  const Ended endless = admit({"--days", "0"});
  CHECK(Json::parse(endless.out).at("not_after") == 0);
  CHECK(endless.err.find("without an end") != std::string::npos);
}

TEST_CASE(
    "admission: who asks for the key of a directory that is not there is told that it was made") {
  const Scratch scratch;
  const Ended made = run_program({"gossamer", "identity", scratch.path("a")});
  CHECK(made.err.find("made " + scratch.path("a")) != std::string::npos);
  const Ended there = run_program({"gossamer", "identity", scratch.path("a")});
  CHECK(there.err.empty());
  CHECK(there.out == made.out);
}

TEST_CASE("admission: the authority's secret is for its owner alone, and is never told") {
  const Office office;
  const std::string path = office.scratch.path("authority");
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0600);
  std::stringstream text;
  text << std::ifstream{path}.rdbuf();
  const std::string secret = text.str().substr(text.str().find('\n') + 1, 64);
  REQUIRE(secret.size() == 64);
  CHECK(said({"gossamer", "authority", "show", path}) == office.public_key);
  std::stringstream admission;
  admission << std::ifstream{office.admit("a")}.rdbuf();
  for (const std::string& told : {office.public_key, admission.str()}) {
    CHECK(told.find(secret) == std::string::npos);
  }
  // Given by mistake where the public key belongs, as a line or as the whole file.
  for (const char* flag : {"--authority", "--allow-node"}) {
    for (const std::string& given : {secret, text.str()}) {
      const Ended refused = run_program({"gossamer", "node", "--name", "a", "--insecure", "--data",
                                         office.scratch.path("b"), flag, given});
      CHECK(refused.status != 0);
      CHECK(refused.err.find(secret.substr(0, 12)) == std::string::npos);
    }
  }
  const Ended twice = run_program({"gossamer", "authority", "new", path});
  CHECK(twice.status == 1);
  CHECK(twice.err.find("exists") != std::string::npos);
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const Ended open =
      run_program({"gossamer", "authority", "admit", "--authority", path, office.public_key});
  CHECK(open.status == 1);
  CHECK(open.err.find("chmod 600") != std::string::npos);
  CHECK(open.err.find(secret) == std::string::npos);
}
