// What lies in the object store and is no good: the node says which object it is, and what is
// wrong.

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "program.hpp"

using namespace gossamer::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kBrokenSeal =
    "its seal does not hold: damaged, or written by somebody without the cluster's data key";

struct NodeWithObjects {
  NodeWithObjects()
      : program({"gossamer", "node", "--name", "a", "--insecure", "--json", "--profile", "fast",
                 "--data", scratch.path("a"), "--object-store", "dir:" + scratch.path("so")}) {
    REQUIRE(program.says("\"ready\""));
  }
  Ended deploy() const {
    return run_program({"gossamer", "deploy", "ledger", "--data", scratch.path("a")});
  }
  /// Waits until the ledger runs here.
  void run_ledger() {
    REQUIRE(deploy().status == 0);
    REQUIRE(program.says("\"ownership_changed\""));
    REQUIRE(fs::exists(object("journal/ledger/0/00000000000000000001")));
  }
  std::string counters() const {
    return run_program({"gossamer", "counters", "--data", scratch.path("a")}).out;
  }
  /// Another start on the same object store, which is to be refused.
  Ended start_another(const std::vector<std::string>& key) const {
    std::vector<std::string> words{"gossamer",       "node",
                                   "--name",         "b",
                                   "--data",         scratch.path("b"),
                                   "--object-store", "dir:" + scratch.path("so")};
    words.insert(words.end(), key.begin(), key.end());
    return run_program(words);
  }
  fs::path object(const std::string& key) const {
    const fs::path path = scratch.path("so/" + key);
    fs::create_directories(path.parent_path());
    return path;
  }

  const Scratch scratch;
  Program program;
};

}  // namespace

TEST_CASE("deploy: a newest spec that cannot be read is followed by the next version") {
  const NodeWithObjects node;
  const std::string key = "specs/ledger/00000000000000000003";
  std::ofstream{node.object(key)} << "garbage";
  const Ended ended = node.deploy();
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
  CHECK(ended.out.find("version 4") != std::string::npos);
}

TEST_CASE("deploy: a spec beyond the last version is somebody else's object") {
  const NodeWithObjects node;
  std::ofstream{node.object("specs/ledger/18446744073709551615")} << "garbage";
  CHECK(node.deploy().status == 0);
}

TEST_CASE("node: a newest slot that cannot be read raises an alarm that names it") {
  NodeWithObjects node;
  const std::string key = "journal/ledger/0/00000000000000000005";
  std::ofstream{node.object(key)} << "garbage";
  std::string why = "not an object of gossamer";
  SECTION("garbage") {}
  SECTION("a sparse file of a gigabyte") {
    fs::resize_file(node.object(key), std::uintmax_t{1} << 30);
    why = "more than 5242880 bytes";
  }
  REQUIRE(node.deploy().status == 0);
  REQUIRE(node.program.says(why));
  CHECK(node.program.out().find(key) != std::string::npos);
  CHECK(node.program.out().find("\"alarm\"") != std::string::npos);
}

TEST_CASE("node: a link in the place of the next slot raises an alarm that names it") {
  NodeWithObjects node;
  const std::string key = "journal/ledger/0/00000000000000000001";
  fs::create_symlink("/etc/hostname", node.object(key));
  REQUIRE(node.deploy().status == 0);
  REQUIRE(node.program.says(key + " is not a file"));
  CHECK(node.program.out().find("\"alarm\"") != std::string::npos);
}

TEST_CASE(
    "node: a spec that was forged, altered or copied from another version raises an alarm, and is "
    "deployed over") {
  NodeWithObjects node;
  node.run_ledger();
  const fs::path first = node.object("specs/ledger/00000000000000000001");
  const std::string key = "specs/ledger/00000000000000000002";
  fs::copy_file(first, node.object(key));
  SECTION("copied") {}
  SECTION("altered") {
    std::fstream file{node.object(key),
                      std::ios::in | std::ios::out | std::ios::binary | std::ios::ate};
    file.seekp(-1, std::ios::end);
    file.put('!');
  }
  SECTION("of another cluster's key") {
    const NodeWithObjects other;
    REQUIRE(other.deploy().status == 0);
    REQUIRE(other.deploy().status == 0);
    fs::copy_file(other.object(key), node.object(key), fs::copy_options::overwrite_existing);
  }
  const Ended ended = node.deploy();
  CAPTURE(ended.err);
  CHECK(ended.out.find("version 3") != std::string::npos);
  const std::string counters = node.counters();
  CAPTURE(counters);
  CHECK(counters.find("objects_forged ") != std::string::npos);
  CHECK(counters.find("objects_forged 0") == std::string::npos);
}

TEST_CASE(
    "node: a claim copied into the next slot is not believed, and raises an alarm that names it") {
  NodeWithObjects node;
  node.run_ledger();
  const std::string key = "journal/ledger/0/00000000000000000002";
  std::error_code error;
  fs::copy_file(node.object("journal/ledger/0/00000000000000000001"), node.object(key), error);
  REQUIRE_FALSE(error);
  REQUIRE(node.program.says(kBrokenSeal));
  CHECK(node.program.out().find(key) != std::string::npos);
  CHECK(node.program.out().find("\"alarm\"") != std::string::npos);
}

TEST_CASE("node: the store of another key's cluster is refused, with both keys' ids") {
  const NodeWithObjects node;
  REQUIRE(run_program({"gossamer", "keys", "new", node.scratch.path("key")}).status == 0);
  const Ended ended = node.start_another({"--key-file", node.scratch.path("key")});
  CAPTURE(ended.err);
  CHECK(ended.status == 1);
  CHECK(ended.err.find("wrapped under the cluster key(s) ") != std::string::npos);
  CHECK(ended.err.find("this node holds ") != std::string::npos);
}

TEST_CASE(
    "node: a store whose data key or cluster-id was altered is refused, and gets no other key") {
  const NodeWithObjects node;
  REQUIRE(node.deploy().status == 0);
  const fs::path key = node.object("data-keys/first");
  std::string why = "no data key below data-keys/ that opens";
  SECTION("altered") {
    std::ofstream{key} << "garbage";
  }
  SECTION("another cluster-id") {
    std::ofstream{node.object("cluster-id")} << "other\ngossamer";
  }
  SECTION("gone") {
    fs::remove(key);
    why = "holds journals or specs, and no data key";
  }
  const Ended ended = node.start_another({"--insecure"});
  CAPTURE(ended.err);
  CHECK(ended.status == 1);
  CHECK(ended.err.find(why) != std::string::npos);
}

TEST_CASE("node: a key that is added to the ring opens the object store by itself") {
  NodeWithObjects node;
  node.run_ledger();
  const std::string key = node.scratch.path("key");
  REQUIRE(run_program({"gossamer", "keys", "new", key}).status == 0);
  REQUIRE(run_program({"gossamer", "keys", "add", key, "--data", node.scratch.path("a")}).status ==
          0);
  // The wrapping is put after the answer; a node that comes too early is refused for good.
  const fs::path place = node.object("data-keys/first").parent_path();
  const auto count = [&] { return std::distance(fs::directory_iterator{place}, {}); };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (count() < 3 && std::chrono::steady_clock::now() < deadline) (void)node.counters();
  REQUIRE(count() == 3);
  fs::remove(place / "first");
  Program other{{"gossamer", "node", "--name", "b", "--json", "--data", node.scratch.path("b"),
                 "--key-file", key, "--object-store", "dir:" + node.scratch.path("so")}};
  CHECK(other.says("\"ready\""));
}
