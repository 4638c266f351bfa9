#include "discovery/discovery_url.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "discovery/file_discovery.hpp"
#include "discovery/seed_text.hpp"
#include "loop/loop_fixture.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer {
namespace {

std::optional<std::string> no_environment(const std::string&) {
  return std::nullopt;
}

TEST_CASE("discovery: a static list answers at once what it was given", "[discovery]") {
  test::LoopFixture fixture;
  auto workers = UvWorkers::open(fixture.loop(), 1);
  REQUIRE(workers);
  aws::Session session{fixture.loop(), **workers, {}, 1, no_environment};
  auto discovery =
      make_discovery("static:10.0.0.1:7946,localhost:7947,[::1]:7948", **workers, session);
  REQUIRE(discovery);
  CHECK((*discovery)->name() == "static:10.0.0.1:7946,127.0.0.1:7947,[::1]:7948");
  std::vector<Endpoint> found;
  (*discovery)->find_peers([&](Result<std::vector<Endpoint>> answer) { found = answer.value(); });
  CHECK(found == std::vector<Endpoint>{{"10.0.0.1", 7946}, {"127.0.0.1", 7947}, {"::1", 7948}});
  CHECK_FALSE((*discovery)->problem());
}

TEST_CASE("discovery: a URL that cannot work is refused with the reason", "[discovery]") {
  struct Row {
    const char* url;
    const char* reason;
  };
  const auto row = GENERATE(values<Row>(
      {{"", "known are 'static:HOST:PORT,..', 'file:PATH', 'dns:NAME[:PORT]' and 'ec2:KEY"},
       {"10.0.0.1", "it has no scheme"},
       {"gce:role=node", "unknown scheme 'gce:'; known are 'static:HOST:PORT,..', 'file:PATH',"},
       {"ec2:role", "tag 'role' must be KEY=VALUE[|VALUE..]"},
       {"dns:", "'' is no name"},
       {"dns:example.org:0", "the port must be a number from 1 to 65535"},
       {"static:", "must be ADDRESS:PORT"},
       {"static:10.0.0.1", "must be ADDRESS:PORT"},
       {"static:10.0.0.1:7946,", "must be ADDRESS:PORT"},
       {"static:10.0.0.1:70000", "the port must be a number"},
       {"static:10.0.0.1:0", "nobody listens on port 0"},
       {"static:example.org:7946", "the address must be numeric"},
       {"file:", "it names no file"}}));
  test::LoopFixture fixture;
  auto workers = UvWorkers::open(fixture.loop(), 1);
  REQUIRE(workers);
  aws::Session session{fixture.loop(), **workers, {}, 1, no_environment};
  const auto discovery = make_discovery(row.url, **workers, session);
  CAPTURE(row.url);
  REQUIRE_FALSE(discovery);
  CHECK(discovery.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(discovery.error().detail, Catch::Contains(row.reason));
  CHECK_THAT(discovery.error().detail, Catch::Contains("'" + std::string{row.url} + "'"));
}

TEST_CASE("discovery: a static list has as many addresses as a file of seeds may have",
          "[discovery][bounds]") {
  test::LoopFixture fixture;
  auto workers = UvWorkers::open(fixture.loop(), 1);
  REQUIRE(workers);
  aws::Session session{fixture.loop(), **workers, {}, 1, no_environment};
  std::string url = "static:10.0.0.1:1";
  for (std::size_t i = 1; i < kSeedFileSeedsMax; ++i) url += ",10.0.0.1:1";
  CHECK(make_discovery(url, **workers, session));
  const auto refused = make_discovery(url + ",10.0.0.1:1", **workers, session);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().detail, Catch::EndsWith("more than 16384 addresses"));
}

TEST_CASE("discovery: what is refused of an ec2: URL is not shown", "[discovery]") {
  test::LoopFixture fixture;
  auto workers = UvWorkers::open(fixture.loop(), 1);
  REQUIRE(workers);
  aws::Session session{fixture.loop(), **workers, {}, 1, no_environment};
  const auto discovery =
      make_discovery("ec2:role=node?secret_access_key=HUSHHUSH", **workers, session);
  REQUIRE_FALSE(discovery);
  CHECK_THAT(discovery.error().detail, Catch::Contains("cannot discover by 'ec2:role=node':"));
  CHECK_THAT(discovery.error().detail, !Catch::Contains("HUSH"));
}

TEST_CASE("discovery: the lines of a text are addresses, comments or problems", "[discovery]") {
  struct Row {
    const char* why;
    std::string text;
    std::vector<Endpoint> endpoints;
    const char* problem;
  };
  const std::vector<Endpoint> one{{"10.0.0.1", 1}};
  const std::vector<Endpoint> two{{"10.0.0.1", 1}, {"10.0.0.2", 2}};
  const auto row = GENERATE_COPY(values<Row>(
      {{"nothing", "", {}, ""},
       {"a last line without an end", "10.0.0.1:1", one, ""},
       {"comments, blanks and the ends of other systems",
        "# seeds\r\n\r\n  10.0.0.1:1\t# the first\r\n#10.0.0.9:9\r\n10.0.0.2:2\r\n", two, ""},
       {"a bad line among good ones", "10.0.0.1:1\nnonsense\n10.0.0.2:2\n", two,
        "file 'seeds', line 2: endpoint 'nonsense': must be ADDRESS:PORT"},
       {"several", "x\n\n10.0.0.1:1\ny\nz\n", one,
        "file 'seeds', line 1: endpoint 'x': must be ADDRESS:PORT (2 more bad lines)"},
       {"too many", "10.0.0.1:1\n10.0.0.2:2\n# end\n10.0.0.3:3\n10.0.0.4:4\n", two,
        "file 'seeds', line 4: more than 2 addresses"},
       {"bytes of any kind", std::string{"\0\xff\n10.0.0.1:1", 13}, one, "file 'seeds', line 1"}}));
  CAPTURE(row.why);
  const SeedText parsed = parse_seed_text(row.text, "file 'seeds'", 2);
  CHECK(parsed.endpoints == row.endpoints);
  CHECK(parsed.problem.has_value() == (*row.problem != '\0'));
  if (parsed.problem) CHECK_THAT(parsed.problem->detail, Catch::StartsWith(row.problem));
}

}  // namespace
}  // namespace gossamer
