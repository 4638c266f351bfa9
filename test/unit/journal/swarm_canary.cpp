// Linked with one wrong decision in the place of the right one: some seed must find it out.

#include <cstdio>
#include <cstdlib>

#include "swarm.hpp"

int main(int argc, char** argv) {
  const std::uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto result = gossamer::journal::run_swarm(seed);
    if (result.violations.empty()) continue;
    std::printf("found by seed %llu: %s\n", static_cast<unsigned long long>(seed),
                result.violations.front().c_str());
    return 0;
  }
  std::printf("not found by %llu seeds\n", static_cast<unsigned long long>(seeds));
  return 1;
}
