// Standard output that is full, or that nobody reads any more.

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "program.hpp"

using namespace gossamer::test;

namespace {

const std::string kGossamer = std::string{"'"} + GOSSAMER_BIN + "/gossamer' ";

int shell(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("output: what could not be written is a failure, and said") {
  const Scratch scratch;
  const std::string complaint = scratch.path("complaint");
  const std::string place = "'" + scratch.path("a") + "'";
  const auto print_to = [&](const std::string& output) {
    return shell(kGossamer + "identity " + place + " > " + output + " 2> '" + complaint + "'");
  };
  CHECK(print_to("/dev/null") == 0);
  CHECK(print_to("/dev/full") == 1);
  CHECK(text_of(complaint).find("standard output") != std::string::npos);
}

TEST_CASE("output: a stream ends once nobody reads it, though nothing more happens") {
  const Scratch scratch;
  Program node{{"gossamer", "node", "--name", "a", "--insecure", "--data", scratch.path("a")}};
  REQUIRE(node.says("ready"));
  // The one line of a service that nobody runs; then `head` has enough.
  const std::string watch = kGossamer + "watch nothing --data '" + scratch.path("a") + "'";
  const std::string status = scratch.path("status");
  REQUIRE(shell("{ timeout 20 " + watch + "; echo $? > '" + status +
                "'; } | head -n 1 > /dev/null") == 0);
  CHECK(text_of(status) != "124\n");
}

TEST_CASE("output: a stream that cannot be written ends as failed") {
  const Scratch scratch;
  Program node{{"gossamer", "node", "--name", "a", "--insecure", "--data", scratch.path("a")}};
  REQUIRE(node.says("ready"));
  CHECK(shell("timeout 20 " + kGossamer + "watch nothing --data '" + scratch.path("a") +
              "' > /dev/full 2> /dev/null") == 1);
}
