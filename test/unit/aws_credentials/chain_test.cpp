// The chain by itself: sources that answer when the test says so, and a clock that stands still.

#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "aws/credentials.hpp"
#include "aws/environment.hpp"
#include "aws/fixed_credentials.hpp"

namespace gossamer::aws {
namespace {

using std::chrono::seconds;

/// What a test holds of a source that the chain owns.
struct Script {
  std::deque<CredentialsSource::Found> asked{};
  int times = 0;
  std::optional<seconds> recheck{};

  void answer(Result<std::optional<Credentials>> with) {
    REQUIRE_FALSE(asked.empty());
    CredentialsSource::Found found = std::move(asked.front());
    asked.pop_front();
    found(std::move(with));
  }
  void give(const std::string& key, std::optional<WallTime> expires = {}) {
    Credentials credentials;
    credentials.access_key_id = key;
    credentials.secret_access_key = Secret{"SECRET"};
    credentials.expires = expires;
    answer(std::optional{credentials});
  }
  void break_down() { answer(fail(ErrorCode::unavailable, "nobody there")); }
};

class ScriptedSource final : public CredentialsSource {
 public:
  ScriptedSource(std::string name, Script& script) : name_(std::move(name)), script_(script) {}
  std::string_view name() const noexcept override { return name_; }
  std::optional<seconds> recheck_after() const override { return script_.recheck; }
  void find(Found found) override {
    ++script_.times;
    script_.asked.push_back(std::move(found));
  }

 private:
  const std::string name_;
  Script& script_;
};

struct ChainFixture {
  ChainFixture() {
    std::vector<std::unique_ptr<CredentialsSource>> sources;
    sources.push_back(std::make_unique<ScriptedSource>("first", first));
    sources.push_back(std::make_unique<ScriptedSource>("second", second));
    chain = std::make_unique<CredentialsChain>(std::move(sources), [this] { return now; });
  }
  /// What callers were told: the key, or the error.
  void get() {
    chain->get([this](Result<Credentials> got) {
      told.push_back(got ? got->access_key_id : got.error().detail);
    });
  }
  std::vector<std::string> take() { return std::exchange(told, {}); }
  /// The first source gives a key for so long.
  void have(const std::string& key, seconds life) {
    get();
    first.give(key, now + life);
    REQUIRE(take() == std::vector{key});
  }

  WallTime now{seconds{1'700'000'000}};
  Script first, second;
  std::unique_ptr<CredentialsChain> chain;
  std::vector<std::string> told;
};

using Told = std::vector<std::string>;

TEST_CASE("credentials: sources are asked in turn, and the first that has some is kept", "[aws]") {
  ChainFixture fixture;
  CHECK(fixture.chain->source().empty());
  fixture.get();
  CHECK(fixture.first.times == 1);
  CHECK(fixture.second.times == 0);
  fixture.first.answer(std::optional<Credentials>{});
  CHECK(fixture.take().empty());
  fixture.second.give("A");
  CHECK(fixture.take() == Told{"A"});
  CHECK(fixture.chain->source() == "second");
  fixture.now += seconds{1'000'000'000};
  fixture.get();
  CHECK(fixture.take() == Told{"A"});
  CHECK(fixture.first.times + fixture.second.times == 2);
}

TEST_CASE("credentials: where there are none, every source and its reason is named", "[aws]") {
  ChainFixture fixture;
  fixture.get();
  fixture.first.answer(std::optional<Credentials>{});
  SECTION("nobody has any") {
    fixture.second.answer(std::optional<Credentials>{});
    CHECK(fixture.take() ==
          Told{"no AWS credentials: first: not configured; second: not configured"});
  }
  SECTION("one is configured and does not work") {
    fixture.second.break_down();
    CHECK(fixture.take() ==
          Told{"no AWS credentials: first: not configured; second: nobody there"});
  }
}

TEST_CASE("credentials: a source that fails ends the search", "[aws]") {
  ChainFixture fixture;
  fixture.get();
  fixture.first.break_down();
  CHECK(fixture.take() == Told{"no AWS credentials: first: nobody there"});
  CHECK(fixture.second.times == 0);
}

TEST_CASE("credentials: a failure is told for a second, then the sources are asked again",
          "[aws]") {
  ChainFixture fixture;
  fixture.get();
  fixture.first.break_down();
  fixture.get();
  CHECK(fixture.take().size() == 2);
  CHECK(fixture.first.times == 1);
  fixture.now += seconds{1};
  fixture.get();
  CHECK(fixture.take().empty());
  fixture.first.give("A");
  CHECK(fixture.take() == Told{"A"});
}

TEST_CASE("credentials: one renewal at a time, however many wait", "[aws]") {
  ChainFixture fixture;
  for (int i = 0; i < 100; ++i) fixture.get();
  CHECK(fixture.first.times == 1);
  fixture.first.give("A");
  CHECK(fixture.take() == Told(100, "A"));
}

TEST_CASE("credentials: no more wait than may", "[aws]") {
  ChainFixture fixture;
  for (int i = 0; i < 10'000; ++i) fixture.get();
  CHECK(fixture.take().empty());
  fixture.get();
  const Told told = fixture.take();
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0], Catch::StartsWith("10000 requests wait for AWS credentials already"));
  fixture.first.give("A");
  CHECK(fixture.take().size() == 10'000);
}

TEST_CASE("credentials: five minutes before the end they are renewed, and nobody waits", "[aws]") {
  ChainFixture fixture;
  fixture.have("A", seconds{3'600});
  fixture.now += seconds{3'299};
  fixture.get();
  CHECK(fixture.first.times == 1);
  fixture.now += seconds{1};
  fixture.get();
  fixture.get();
  CHECK(fixture.take() == Told{"A", "A", "A"});
  CHECK(fixture.first.times == 2);
  fixture.first.give("B", fixture.now + seconds{3'600});
  fixture.get();
  CHECK(fixture.take() == Told{"B"});
}

TEST_CASE("credentials: in the last minute callers wait for the new", "[aws]") {
  ChainFixture fixture;
  fixture.have("A", seconds{3'600});
  fixture.now += seconds{3'539};
  fixture.get();
  CHECK(fixture.take() == Told{"A"});
  fixture.now += seconds{1};
  fixture.get();
  CHECK(fixture.take().empty());
  fixture.first.give("B", fixture.now + seconds{3'600});
  CHECK(fixture.take() == Told{"B"});
}

TEST_CASE("credentials: while they cannot be renewed the old serve until they expire", "[aws]") {
  ChainFixture fixture;
  fixture.have("A", seconds{3'600});
  const WallTime end = fixture.now + seconds{3'600};
  int failures = 0;
  for (fixture.now += seconds{3'200}; fixture.now < end; fixture.now += seconds{1}) {
    fixture.get();
    if (!fixture.first.asked.empty()) {
      fixture.first.break_down();
      ++failures;
    }
    REQUIRE(fixture.take() == Told{"A"});
  }
  // Once a minute at first, then more often as the end comes near.
  CHECK(failures > 6);
  CHECK(failures < 30);
  fixture.now = end;
  fixture.get();
  if (!fixture.first.asked.empty()) fixture.first.break_down();
  CHECK(fixture.take() == Told{"no AWS credentials: first: nobody there"});
  fixture.now += seconds{1};
  fixture.get();
  fixture.first.give("B", fixture.now + seconds{3'600});
  CHECK(fixture.take() == Told{"B"});
}

TEST_CASE("credentials: what expired is waited for", "[aws]") {
  ChainFixture fixture;
  fixture.have("A", seconds{3'600});
  fixture.now += seconds{3'600};
  fixture.get();
  CHECK(fixture.take().empty());
  fixture.first.give("B", fixture.now + seconds{3'600});
  CHECK(fixture.take() == Told{"B"});
}

TEST_CASE("credentials: those that live for 20 s never fail a caller", "[aws]") {
  ChainFixture fixture;
  WallTime end{};
  int key = 0;
  const auto give = [&] {
    end = fixture.now + seconds{20};
    fixture.first.give(std::to_string(++key), end);
  };
  fixture.get();
  give();
  // Two minutes, ten callers in each second; a renewal takes one, and every second one fails.
  bool is_to_fail = false;
  for (int second = 0; second < 120; ++second, fixture.now += seconds{1}) {
    fixture.take();
    if (!fixture.first.asked.empty()) {
      is_to_fail = !is_to_fail;
      is_to_fail ? fixture.first.break_down() : give();
    }
    for (int i = 0; i < 10; ++i) fixture.get();
    const Told told = fixture.take();
    REQUIRE(told == Told(10, std::to_string(key)));
    REQUIRE(fixture.now < end);
  }
  CHECK(key >= 120 / 20);
  CHECK(key <= 120 / 13 + 1);
}

TEST_CASE("credentials: a refused key is not given again before the source was asked", "[aws]") {
  ChainFixture fixture;
  fixture.have("A", seconds{3'600});
  fixture.chain->refused("other");
  fixture.get();
  CHECK(fixture.take() == Told{"A"});
  fixture.chain->refused("A");
  fixture.get();
  CHECK(fixture.take().empty());
  CHECK(fixture.first.times == 2);
  SECTION("it has a new one") {
    fixture.first.give("B", fixture.now + seconds{3'600});
    CHECK(fixture.take() == Told{"B"});
    fixture.chain->refused("A");
    fixture.get();
    CHECK(fixture.take() == Told{"B"});
  }
  SECTION("it stands by the old, and is not asked for every request") {
    fixture.first.give("A", fixture.now + seconds{3'600});
    CHECK(fixture.take() == Told{"A"});
    fixture.chain->refused("A");
    fixture.get();
    CHECK(fixture.take() == Told{"A"});
    CHECK(fixture.first.times == 2);
    fixture.now += seconds{1};
    fixture.chain->refused("A");
    fixture.get();
    CHECK(fixture.take().empty());
    CHECK(fixture.first.times == 3);
  }
  SECTION("it fails, and the old are no good") {
    fixture.first.break_down();
    CHECK(fixture.take() == Told{"no AWS credentials: first: nobody there"});
  }
}

TEST_CASE("credentials: what comes from files is asked for again after a minute", "[aws]") {
  ChainFixture fixture;
  fixture.first.recheck = seconds{60};
  fixture.get();
  fixture.first.give("A");
  fixture.now += seconds{59};
  fixture.get();
  CHECK(fixture.first.times == 1);
  fixture.now += seconds{1};
  fixture.get();
  CHECK(fixture.take() == Told{"A", "A", "A"});
  CHECK(fixture.first.times == 2);
  SECTION("they were changed") {
    fixture.first.give("B");
    fixture.get();
    CHECK(fixture.take() == Told{"B"});
  }
  SECTION("they cannot be read just now") {
    fixture.first.break_down();
    for (int i = 0; i < 59; ++i, fixture.now += seconds{1}) fixture.get();
    CHECK(fixture.take() == Told(59, "A"));
    CHECK(fixture.first.times == 2);
  }
}

TEST_CASE("credentials: what a source gives although our clock calls it expired is tried",
          "[aws]") {
  ChainFixture fixture;
  fixture.get();
  fixture.first.give("A", fixture.now - seconds{600});
  CHECK(fixture.take() == Told{"A"});
  fixture.now += seconds{30};
  fixture.get();
  CHECK(fixture.take() == Told{"A"});
  CHECK(fixture.first.times == 1);
  fixture.now += seconds{15};
  fixture.get();
  CHECK(fixture.first.times == 2);
}

TEST_CASE("credentials: a clock that is set back does not keep them from being asked for",
          "[aws]") {
  ChainFixture fixture;
  fixture.get();
  fixture.first.break_down();
  fixture.take();
  fixture.now -= seconds{86'400};
  fixture.get();
  CHECK(fixture.first.times == 2);
}

TEST_CASE("credentials: a chain that is gone answers nobody", "[aws]") {
  ChainFixture fixture;
  SECTION("while it asks") {
    fixture.get();
    fixture.chain.reset();
    fixture.first.give("A");
    CHECK(fixture.take().empty());
  }
  SECTION("by the first of those that are answered") {
    fixture.chain->get([&](Result<Credentials>) {
      fixture.told.push_back("first");
      fixture.chain.reset();
    });
    fixture.get();
    fixture.first.give("A");
    CHECK(fixture.take() == Told{"first"});
  }
  SECTION("closed") {
    fixture.get();
    fixture.chain->close();
    fixture.get();
    fixture.first.give("A");
    CHECK(fixture.take().empty());
  }
}

TEST_CASE("credentials: one that is asked for from inside an answer is answered too", "[aws]") {
  ChainFixture fixture;
  fixture.chain->get([&](Result<Credentials>) { fixture.get(); });
  fixture.first.give("A");
  CHECK(fixture.take() == Told{"A"});
}

TEST_CASE("credentials: keys of the options and of the environment", "[aws]") {
  const auto ask = [](CredentialsSource& source) {
    std::optional<Result<std::optional<Credentials>>> answer;
    source.find([&](Result<std::optional<Credentials>> found) { answer = std::move(found); });
    REQUIRE(answer);
    return std::move(*answer);
  };
  const auto environment = [](const std::string& key, const std::string& secret) {
    return make_environment_credentials([=](const std::string& name) -> std::optional<std::string> {
      if (name == "AWS_ACCESS_KEY_ID" && !key.empty()) return key;
      if (name == "AWS_SECRET_ACCESS_KEY" && !secret.empty()) return secret;
      if (name == "AWS_SESSION_TOKEN") return "T";
      return std::nullopt;
    });
  };
  AwsOptions options;
  CHECK_FALSE(ask(*make_stated_credentials(options)).value());
  options.access_key_id = "K";
  CHECK(ask(*make_stated_credentials(options)).error().detail ==
        "access_key_id is set and secret_access_key is not; they come together");
  options.secret_access_key = "S";
  CHECK(ask(*make_stated_credentials(options)).value()->access_key_id == "K");

  CHECK_FALSE(ask(*environment("", "")).value());
  CHECK(ask(*environment("", "SECRET")).error().detail ==
        "AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not; they come together");
  CHECK(ask(*environment("K\r", "SECRET")).error().detail ==
        "AWS_ACCESS_KEY_ID has control characters in it, such as a line end");
  CHECK(ask(*environment("K", "SECRET\n")).error().detail ==
        "AWS_SECRET_ACCESS_KEY has control characters in it, such as a line end");
  options.session_token = "T\n";
  CHECK(ask(*make_stated_credentials(options)).error().detail ==
        "session_token has control characters in it, such as a line end");
  const auto all = ask(*environment("K", "S"));
  REQUIRE(all.value());
  CHECK((*all)->secret_access_key.reveal() == "S");
  CHECK((*all)->session_token.reveal() == "T");
}

}  // namespace
}  // namespace gossamer::aws
