// What lies in the object store and is no good: the node says which object it is, and what is wrong.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "program.hpp"

using namespace gossamer::test;
namespace fs = std::filesystem;

namespace {

struct NodeWithObjects {
  NodeWithObjects()
      : program({"gossamer", "node", "--name", "a", "--insecure", "--json", "--profile", "fast", "--data",
                 scratch.path("a"), "--object-store", "dir:" + scratch.path("so")}) {
    REQUIRE(program.says("\"ready\""));
  }
  Ended deploy() const {
    return run_program({"gossamer", "deploy", "ledger", "--data", scratch.path("a")});
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
