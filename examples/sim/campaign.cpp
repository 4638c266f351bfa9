#include "campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "campaign_progress.hpp"
#include "sim/fingerprint.hpp"

namespace gossamer::sim {
namespace {

/// What seeds made, in whatever order they end.
struct Gathering {
  explicit Gathering(const Seeds& seeds) : progress(seeds) {}

  CampaignProgress progress;
  std::mutex mutex{};
  std::map<std::uint64_t, std::uint64_t> fingerprints{};
  CampaignReport total{};

  /// False if something did not hold.
  bool add(std::uint64_t seed, std::uint64_t fingerprint, Duration virtual_time,
           std::vector<std::string> violations) {
    progress.tell(++total.seeds_run);
    fingerprints[seed] = fingerprint;
    total.virtual_time += virtual_time;
    if (violations.empty()) return true;
    total.failures.push_back({seed, std::move(violations)});
    return false;
  }
};

bool play_chaos(const Campaign& campaign, std::uint64_t seed, Gathering& gathering) {
  const Result<Scenario> scenario = draw_scenario(campaign.scenario, campaign.nodes, seed);
  if (!scenario) return false;
  Report report = run(*scenario, {campaign.keep_story});
  const std::lock_guard lock{gathering.mutex};
  gathering.total.figures.add(report.figures);
  if (campaign.keep_story) gathering.total.story = std::move(report.story);
  return gathering.add(seed, report.fingerprint, report.virtual_time, std::move(report.violations));
}

bool play_detection(const Campaign& campaign, std::uint64_t seed, Gathering& gathering) {
  const Result<DetectionPlan> plan =
      make_detection_plan(campaign.scenario, campaign.nodes, seed, campaign.detection);
  if (!plan) return false;
  DetectionReport report = run_detection(
      *plan, [&](const DetectionProgress& now) { gathering.progress.tell(seed, now); });
  const std::lock_guard lock{gathering.mutex};
  gathering.total.detection.add(report.figures);
  return gathering.add(seed, report.fingerprint, report.virtual_time, std::move(report.violations));
}

}  // namespace

Result<void> check(const Campaign& campaign) {
  if (is_detection_scenario(campaign.scenario)) {
    const auto plan = make_detection_plan(campaign.scenario, campaign.nodes, 1, campaign.detection);
    if (!plan) return tl::unexpected(plan.error());
    return {};
  }
  const auto& names = scenario_names();
  if (std::find(names.begin(), names.end(), campaign.scenario) == names.end()) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("unknown scenario '{}'; known are {}, {}", campaign.scenario,
                            fmt::join(names, ", "), fmt::join(detection_scenario_names(), ", ")));
  }
  const auto scenario = draw_scenario(campaign.scenario, campaign.nodes, 1);
  if (!scenario) return tl::unexpected(scenario.error());
  if (campaign.detection_flags.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              fmt::format("{} is for scenarios of detection, which {} is not",
                          campaign.detection_flags, campaign.scenario));
}

CampaignReport run_campaign(const Campaign& campaign) {
  Gathering gathering{campaign.seeds};
  const auto play = is_detection_scenario(campaign.scenario) ? play_detection : play_chaos;
  play_seeds(campaign.seeds, [&](std::uint64_t seed) {
    return play(campaign, seed, gathering) || !campaign.stop_at_first;
  });
  CampaignReport& total = gathering.total;
  std::sort(total.failures.begin(), total.failures.end(),
            [](const Failure& a, const Failure& b) { return a.seed < b.seed; });
  if (gathering.fingerprints.size() == 1) {
    total.fingerprint = gathering.fingerprints.begin()->second;
  } else {
    Fingerprint all;
    for (const auto& [seed, fingerprint] : gathering.fingerprints) all.add(fingerprint);
    total.fingerprint = all.value();
  }
  return std::move(total);
}

std::string replay_line(const Campaign& campaign, std::uint64_t seed) {
  const std::string flags = campaign.detection_flags.empty() ? "" : " " + campaign.detection_flags;
  return fmt::format("gossamer-sim run --scenario {} --nodes {} --seed {}{}", campaign.scenario,
                     campaign.nodes, seed, flags);
}

}  // namespace gossamer::sim
