#include "seed_runner.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace gossamer::sim {
namespace {

thread_local std::uint64_t current_seed = 0;

}  // namespace

std::uint64_t seed_of_this_thread() noexcept {
  return current_seed;
}

void play_seeds(const Seeds& seeds, const std::function<bool(std::uint64_t)>& play) {
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> is_stopped{false};
  const auto work = [&] {
    while (!is_stopped) {
      const std::uint64_t number = next++;
      if (number >= seeds.count) return;
      current_seed = seeds.first + number;
      if (!play(current_seed)) is_stopped = true;
      current_seed = 0;
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < seeds.jobs; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
}

}  // namespace gossamer::sim
