#include "discovery/file_discovery.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/loop_fixture.hpp"
#include "loop/seed_file.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer {
namespace {

using Answer = Result<std::vector<Endpoint>>;

struct FileFixture : test::LoopFixture {
  FileFixture() : workers(std::move(UvWorkers::open(loop(), 1).value())) {}
  ~FileFixture() { workers->close(); }
  Answer ask(Discovery& discovery) {
    std::optional<Answer> answer;
    discovery.find_peers([&](Answer found) { answer = std::move(found); });
    REQUIRE(run_until([&] { return answer.has_value(); }));
    return std::move(*answer);
  }
  test::SeedFile file;
  std::unique_ptr<UvWorkers> workers;
};

TEST_CASE("file discovery: every ask reads the file as it is then", "[discovery]") {
  FileFixture fixture;
  const auto discovery = make_file_discovery(fixture.file.path(), *fixture.workers);
  CHECK(discovery->name() == "file:" + fixture.file.path());

  const Answer missing = fixture.ask(*discovery);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK_THAT(missing.error().detail, Catch::Contains(fixture.file.path()));

  fixture.file.write("10.0.0.1:1\n");
  CHECK(fixture.ask(*discovery) == std::vector<Endpoint>{{"10.0.0.1", 1}});
  CHECK_FALSE(discovery->problem());

  fixture.file.write("10.0.0.1:1\nnonsense\n10.0.0.2:2\n");
  CHECK(fixture.ask(*discovery) == std::vector<Endpoint>{{"10.0.0.1", 1}, {"10.0.0.2", 2}});
  REQUIRE(discovery->problem());
  CHECK_THAT(discovery->problem()->detail, Catch::Contains(fixture.file.path() + "', line 2:"));

  fixture.file.write("");
  CHECK(fixture.ask(*discovery) == std::vector<Endpoint>{});
  CHECK_FALSE(discovery->problem());
}

TEST_CASE("file discovery: a file that is too long, or none, is an error", "[discovery]") {
  FileFixture fixture;
  const auto discovery = make_file_discovery(fixture.file.path(), *fixture.workers);
  SECTION("the longest") {
    fixture.file.write(std::string(kSeedFileBytesMax, '\n'));
    CHECK(fixture.ask(*discovery).has_value());
  }
  SECTION("a byte more") {
    fixture.file.write(std::string(kSeedFileBytesMax + 1, '\n'));
    const Answer answer = fixture.ask(*discovery);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::resource_exhausted);
  }
  SECTION("a directory") {
    const auto directory = make_file_discovery(fixture.file.directory(), *fixture.workers);
    CHECK(fixture.ask(*directory).error().code == ErrorCode::invalid_argument);
  }
  SECTION("a pipe that nobody writes to") {
    REQUIRE(mkfifo(fixture.file.path().c_str(), 0600) == 0);
    CHECK(fixture.ask(*discovery).error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("file discovery: destroyed while it reads, it answers no more", "[discovery]") {
  FileFixture fixture;
  fixture.file.write("10.0.0.1:1\n");
  auto discovery = make_file_discovery(fixture.file.path(), *fixture.workers);
  bool has_answered = false;
  discovery->find_peers([&](const Answer&) { has_answered = true; });
  discovery.reset();
  bool is_after = false;
  fixture.workers->run([] {}, [&] { is_after = true; });
  REQUIRE(fixture.run_until([&] { return is_after; }));
  CHECK_FALSE(has_answered);
}

}  // namespace
}  // namespace gossamer
