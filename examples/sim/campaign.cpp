#include "campaign.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "sim/fingerprint.hpp"

namespace gossamer::sim {
namespace {

thread_local std::uint64_t current_seed = 0;

}  // namespace

std::uint64_t seed_of_this_thread() noexcept { return current_seed; }

CampaignReport run_campaign(const Campaign& campaign) {
  std::mutex mutex;
  std::map<std::uint64_t, std::uint64_t> fingerprints;
  CampaignReport total;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> is_stopped{false};

  const auto work = [&] {
    while (!is_stopped) {
      const std::uint64_t number = next++;
      if (number >= campaign.seeds) return;
      const std::uint64_t seed = campaign.first_seed + number;
      current_seed = seed;
      const Result<Scenario> scenario = draw_scenario(campaign.scenario, campaign.nodes, seed);
      if (!scenario) return;
      Report report = run(*scenario, {campaign.keep_story});
      current_seed = 0;
      const std::lock_guard lock{mutex};
      ++total.seeds_run;
      fingerprints[seed] = report.fingerprint;
      total.virtual_time += report.virtual_time;
      total.figures.add(report.figures);
      if (campaign.keep_story) total.story = std::move(report.story);
      if (report.violations.empty()) continue;
      total.failures.push_back({seed, std::move(report.violations)});
      if (campaign.stop_at_first) is_stopped = true;
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < campaign.jobs; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();

  std::sort(total.failures.begin(), total.failures.end(),
            [](const Failure& a, const Failure& b) { return a.seed < b.seed; });
  if (fingerprints.size() == 1) {
    total.fingerprint = fingerprints.begin()->second;
  } else {
    Fingerprint all;
    for (const auto& [seed, fingerprint] : fingerprints) all.add(fingerprint);
    total.fingerprint = all.value();
  }
  return total;
}

}  // namespace gossamer::sim
