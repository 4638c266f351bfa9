#include "campaign_progress.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace gossamer::sim {
namespace {

using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTellInterval{10};

}  // namespace

void CampaignProgress::tell(std::uint64_t seed, const DetectionProgress& progress) {
  const std::lock_guard lock{mutex_};
  if (!is_due()) return;
  print(fmt::format("seed {}: {}, {:.2f} s simulated, ", seed, progress.part,
                    Seconds{progress.virtual_time}.count()));
}

void CampaignProgress::tell(std::uint64_t seeds_run) {
  const std::lock_guard lock{mutex_};
  seeds_run_ = seeds_run;
  if (seeds_run < seeds_.count && is_due()) print("");
}

bool CampaignProgress::is_due() {
  return SteadyClock::now() >= next_;
}

void CampaignProgress::print(const std::string& line) {
  const SteadyClock::time_point now = SteadyClock::now();
  next_ = now + kTellInterval;
  const std::string seeds =
      seeds_.count > 1 ? fmt::format("{} of {} seeds done, ", seeds_run_, seeds_.count) : "";
  const std::string text = fmt::format("gossamer-sim: {}{}{:.0f} s of wall time\n", seeds, line,
                                       Seconds{now - start_}.count());
  std::fputs(text.c_str(), stderr);  // What cannot be told ends no run.
}

}  // namespace gossamer::sim
