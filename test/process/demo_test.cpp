// The demo itself, short: a change that loses writes is not to wait for somebody to run it.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace gossamer::test;

TEST_CASE("demo: nothing acknowledged is lost, and fencing had something to refuse") {
  const Ended ended =
      run_program({"gossamer-demo", "--nodes", "4", "--seconds", "15"}, Milliseconds{110'000});
  CAPTURE(ended.out, ended.err);
  REQUIRE(ended.status == 0);
  const std::string text = ended.out.substr(0, ended.out.find_last_not_of('\n') + 1);
  const auto figures = nlohmann::json::parse(text.substr(text.rfind('\n') + 1));
  for (const char* key :
       {"nodes", "killed", "paused", "detected_ms", "serving_again_ms", "acknowledged_writes",
        "lost_writes", "stale_effects", "stale_refused", "epoch"}) {
    CAPTURE(key);
    CHECK(figures.contains(key));
  }
  CHECK(figures["lost_writes"] == 0);
  CHECK(figures["stale_effects"] == 0);
  CHECK(figures["stale_refused"] > 0);
  CHECK(figures["paused"] >= 2);
  CHECK(figures["acknowledged_writes"] > 0);
}
