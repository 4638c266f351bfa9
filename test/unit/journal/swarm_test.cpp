#include "swarm.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

namespace gossamer::journal {
namespace {

#ifdef NDEBUG
constexpr std::uint64_t kSeeds = 1'500;
#else
constexpr std::uint64_t kSeeds = 300;
#endif

/// GOSSAMER_SEED=n runs that seed alone, GOSSAMER_SEEDS=n runs so many.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST_CASE("journal: no run of the swarm breaks an invariant", "[journal][swarm]") {
  const std::uint64_t only = from_environment("GOSSAMER_SEED", 0);
  const std::uint64_t last = only != 0 ? only : from_environment("GOSSAMER_SEEDS", kSeeds);
  std::map<std::string, int> marks;
  std::size_t acknowledged = 0;
  for (std::uint64_t seed = only != 0 ? only : 1; seed <= last; ++seed) {
    const SwarmResult result = run_swarm(seed);
    INFO("replay: GOSSAMER_SEED=" << seed);
    CAPTURE(result.violations);
    REQUIRE(result.violations.empty());
    for (const auto& [mark, count] : result.marks) marks[mark] += count;
    acknowledged += result.acknowledged;
  }
  if (only != 0 || last < 300) return;
  // A swarm that never gets into trouble proves nothing.
  CHECK(acknowledged > last);
  CHECK(marks["journal: an append had landed before its answer"] > 0);
  CHECK(marks["journal: answer to an order of a dead phase"] > 0);
  CHECK(marks["journal: claim is void"] > 0);
  CHECK(marks["journal: claim met another entry"] > 0);
  CHECK(marks["journal: unknown outcome"] > 0);
  CHECK(marks["thaw: builds afresh"] > 0);
  CHECK(marks["thaw: keeps the local store"] > 0);
  CHECK(marks["thaw: journals the tail of a kept store"] > 0);
}

TEST_CASE("journal: one seed gives one story", "[journal][swarm]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CHECK(run_swarm(seed).fingerprint == run_swarm(seed).fingerprint);
  }
  CHECK(run_swarm(1).fingerprint != run_swarm(2).fingerprint);
}

}  // namespace
}  // namespace gossamer::journal
