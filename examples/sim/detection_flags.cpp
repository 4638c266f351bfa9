#include "detection_flags.hpp"

namespace gossamer::sim {
namespace {

constexpr const char* kGroup = "Scenarios of detection";

}  // namespace

void add_detection_flags(CLI::App& command, DetectionSwitches& switches) {
  const auto number = [&command](const char* name, std::int64_t& into, std::int64_t most,
                                 const char* help) {
    command.add_option(name, into, help)->check(CLI::Range(std::int64_t{0}, most))->group(kGroup);
  };
  constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
  command
      .add_option("--protocol", switches.protocol,
                  "swim, lifeguard, or gossamer with all that it does")
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--with", switches.with, "A mechanism beside the protocol's; may be repeated")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(kGroup);
  command.add_option("--without", switches.without, "One taken out of it; may be repeated")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(kGroup);
  command.add_option("--profile", switches.profile, "fast, default or calm")
      ->capture_default_str()
      ->group(kGroup);
  number("--blocked", switches.afflicted, 20'000, "Nodes that are blocked, cut off, or killed");
  number("--blocked-ms", switches.blocked_ms, kDayMs, "For so long at a time");
  number("--running-ms", switches.running_ms, kDayMs, "And then run for so long");
  command.add_flag("--random-phase", switches.is_random_phase, "Not all at the same moment")
      ->group(kGroup);
  number("--drain-us", switches.drain_us, 1'000'000,
         "What a woken process needs for each queued packet");
  number("--stall-ms", switches.stall_ms, kDayMs, "How long healthy nodes stall");
  number("--loss-percent", switches.loss_percent, 100, "Of datagrams");
  number("--regions", switches.regions, 100, "The nodes are in so many, in turn");
  number("--apart-ms", switches.apart_ms, 10'000, "One way from one region to another");
  command
      .add_flag("--process-death", switches.is_process_death,
                "Only the processes of the crashed die")
      ->group(kGroup);
  command.add_flag("--no-stream-probes", switches.has_no_stream_probes, "Nobody is asked over TCP")
      ->group(kGroup);
  number("--crashes", switches.crashes, 10'000, "Or stalls, one after the other");
  number("--restarts", switches.restarts, 1'000'000, "One after the other");
  command
      .add_flag("--keep-identity", switches.keeps_identity, "No restart loses its data directory")
      ->group(kGroup);
  command
      .add_flag("--no-sharing", switches.has_no_sharing,
                "Each node holds for itself what is equal at all")
      ->group(kGroup);
  number("--replaced-per-mille", switches.replaced_per_mille, 1000,
         "Of the nodes, in each second of churn");
  number("--seconds", switches.seconds, 10'000'000,
         "How long the measured part lasts, or the split");
  number("--suspicion-floor-ms", switches.suspicion_floor_ms, kDayMs, "In place of the profile's");
  number("--probe-timeout-ms", switches.probe_timeout_ms, kDayMs, "In place of the profile's");
}

std::string given_detection_flags(const CLI::App& command) {
  std::string given;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group() != kGroup || option->count() == 0) continue;
    if (option->get_items_expected_max() == 0) {
      given += (given.empty() ? "" : " ") + option->get_name();
      continue;
    }
    for (const std::string& value : option->results()) {
      given += (given.empty() ? "" : " ") + option->get_name() + " " + value;
    }
  }
  return given;
}

}  // namespace gossamer::sim
