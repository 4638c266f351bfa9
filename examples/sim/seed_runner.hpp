#pragma once

#include <cstdint>
#include <functional>

namespace gossamer::sim {

/// Which seeds are played, and how many at a time.
struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
  unsigned jobs = 1;
};

/// Which seed this thread runs, for whoever must say so when the program aborts. 0: none.
std::uint64_t seed_of_this_thread() noexcept;

/// Calls `play` for each seed, on as many threads as there are jobs. Once it says false no further
/// seeds are begun.
void play_seeds(const Seeds& seeds, const std::function<bool(std::uint64_t seed)>& play);

}  // namespace gossamer::sim
