// gossamer-fakecloud: what a wrong use is answered with, and what its first line says.

#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "program.hpp"

using namespace gossamer::test;

TEST_CASE("fakecloud: what it cannot serve ends it with a sentence") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path("folder"));
  std::ofstream{scratch.path("number")} << "7";
  std::ofstream{scratch.path("torn")} << "[{";
  std::ofstream{scratch.path("sleeping")} << R"([{"state":"sleeping"}])";
  struct Row {
    std::vector<std::string> flags;
    int status;
    std::string named;
  };
  for (const Row& row : std::vector<Row>{
           {{"--instances", scratch.path("folder")}, 1, "it is a directory"},
           {{"--instances", scratch.path("absent")}, 1, "no file that can be read"},
           {{"--instances", scratch.path("number")}, 1, "not number"},
           {{"--instances", scratch.path("torn")}, 1, "parse error"},
           {{"--instances", scratch.path("sleeping")}, 1, "sleeping"},
           {{"--region", ""}, 1, "region"},
           {{"--port", "99999"}, 2, "0 to 65535"},
           {{"--port", "-1"}, 2, "0 to 65535"},
       }) {
    std::vector<std::string> words{"gossamer-fakecloud"};
    words.insert(words.end(), row.flags.begin(), row.flags.end());
    CAPTURE(words);
    const Ended ended = run_program(words);
    INFO(ended.err);
    CHECK(ended.status == row.status);
    CHECK(ended.err.find("gossamer-fakecloud: ") == 0);
    CHECK(ended.err.find(row.named) != std::string::npos);
  }
}

TEST_CASE("fakecloud: the first line and the help say where a machine's metadata is") {
  Program cloud{{"gossamer-fakecloud"}};
  CHECK(cloud.says("/imds/ID\""));
  cloud.signal(SIGTERM);
  CHECK(cloud.wait().status == 0);
  const Ended help = run_program({"gossamer-fakecloud", "--help"});
  CHECK(help.status == 0);
  CHECK(help.out.find("AWS_EC2_METADATA_SERVICE_ENDPOINT=") != std::string::npos);
  CHECK(help.out.find("unconditional") != std::string::npos);
}
