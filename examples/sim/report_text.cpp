#include "report_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Durations& durations) {
  return {{"p50", durations.percentile_ms(50)},
          {"p99", durations.percentile_ms(99)},
          {"max", durations.percentile_ms(100)},
          {"count", durations.count()}};
}

double seconds_of(Duration duration) {
  return static_cast<double>(duration.count() / 1'000'000) / 1000;
}

Json to_json(const Traffic& traffic) {
  return {{"packets_per_node_s", traffic.packets_per_node_second()},
          {"bytes_per_node_s", traffic.bytes_per_node_second()},
          {"datagrams", traffic.datagrams},
          {"frames", traffic.frames},
          {"node_s", traffic.node_seconds}};
}

double share(double of, std::uint64_t in) {
  return in == 0 ? 0 : of / static_cast<double>(in);
}

void add_detection(const Campaign& campaign, const DetectionFigures& figures, Json& json) {
  json["flags"] = campaign.detection_flags;
  json["crashes"] = figures.crashes;
  json["undetected"] = figures.undetected;
  json["first_down_ms"] = to_json(figures.first_down);
  json["all_down_ms"] = to_json(figures.all_down);
  json["each_down_ms"] = to_json(figures.each_down);
  json["burst_packets_per_node"] = share(figures.burst_packets, figures.crashes);
  json["disagreement"] = share(figures.disagreement, figures.crashes);
  json["false_downs"] = figures.false_downs;
  json["false_downs_at_healthy"] = figures.false_downs_at_healthy;
  json["victims"] = figures.victims;
  json["afflicted_downs"] = figures.afflicted_downs;
  json["suspicions"] = figures.suspicions;
  json["stalls"] = figures.stalls;
  json["stalls_down"] = figures.stalls_down;
  json["afflicted"] = figures.afflicted;
  json["state_changes_per_afflicted"] =
      share(static_cast<double>(figures.state_changes), figures.afflicted_views);
  json["state_changes_max"] = figures.state_changes_max;
  json["down_events_per_observer"] =
      share(static_cast<double>(figures.down_events), figures.observers);
  json["down_events_max"] = figures.down_events_max;
  json["restarts"] = figures.restarts;
  json["live_excess_max"] = figures.live_excess_max;
  json["live_excess_ms"] = to_json(figures.live_excess);
  json["pair_down_ms"] = to_json(figures.pair_down);
  json["split_known_ms"] = to_json(figures.split_known);
  json["healed_ms"] = to_json(figures.healed);
  json["joined_ms"] = to_json(figures.joined);
  json["joining"] = to_json(figures.joining);
  json["steady"] = to_json(figures.steady);
  json["measured"] = to_json(figures.measured);
  json["events"] = figures.events;
  json["verified"] = figures.verified;
}

void add_chaos(const Figures& figures, Json& json) {
  json["first_detection_ms"] = to_json(figures.first_detection);
  json["all_detection_ms"] = to_json(figures.all_detection);
  json["serving_again_ms"] = to_json(figures.takeover);
  json["agreement_ms"] = to_json(figures.agreement);
  json["crashes"] = figures.crashes;
  json["false_downs"] = figures.false_downs;
  json["takeovers"] = figures.takeovers;
  json["fenced"] = figures.fenced;
  json["freezes"] = figures.freezes;
  json["acknowledged_writes"] = figures.acknowledged_writes;
  json["lost_writes"] = figures.lost_writes;
  json["journal_entries"] = figures.journal_entries;
  json["object_requests"] = figures.object_requests;
  json["datagrams"] = figures.datagrams;
  json["datagram_bytes"] = figures.datagram_bytes;
  json["frames"] = figures.frames;
  json["events"] = figures.events;
  json["marks"] = Json::object();
  for (const auto& [mark, count] : figures.marks) json["marks"][mark] = count;
}

std::string to_detection_summary(const Campaign& campaign, const CampaignReport& report,
                                 double wall_s, double rss_mib) {
  const DetectionFigures& figures = report.detection;
  const std::string joined = figures.joined.count() == 0
                                 ? std::string{}
                                 : fmt::format("all knew all {:.0f} ms after the last began; ",
                                               figures.joined.percentile_ms(100));
  return fmt::format(
      "{} x {}: {} seeds, {:.0f} virtual seconds in {:.1f} s and {:.0f} MiB; {}{} crashes, first "
      "down "
      "{:.0f}/{:.0f} ms, all down {:.0f}/{:.0f}/{:.0f} ms (p50/p99/max), {} false downs ({} at "
      "healthy), {} of {} stalls down, "
      "{:.2f} packets/node/s; {} violations; fingerprint {:016x}",
      campaign.scenario, campaign.nodes, report.seeds_run, seconds_of(report.virtual_time), wall_s,
      rss_mib, joined, figures.crashes, figures.first_down.percentile_ms(50),
      figures.first_down.percentile_ms(99), figures.all_down.percentile_ms(50),
      figures.all_down.percentile_ms(99), figures.all_down.percentile_ms(100), figures.false_downs,
      figures.false_downs_at_healthy, figures.stalls_down, figures.stalls,
      figures.steady.packets_per_node_second(), report.failures.size(), report.fingerprint);
}

}  // namespace

std::string to_json(const Campaign& campaign, const CampaignReport& report, double wall_s,
                    double rss_mib) {
  Json json;
  json["scenario"] = campaign.scenario;
  json["nodes"] = campaign.nodes;
  json["seed"] = campaign.seeds.first;
  json["seeds"] = report.seeds_run;
  json["violations"] = report.failures.size();
  json["fingerprint"] = fmt::format("{:016x}", report.fingerprint);
  json["virtual_s"] = seconds_of(report.virtual_time);
  json["wall_s"] = wall_s;
  json["rss_mib"] = rss_mib;
  if (is_detection_scenario(campaign.scenario)) {
    add_detection(campaign, report.detection, json);
  } else {
    add_chaos(report.figures, json);
  }
  json["failures"] = Json::array();
  for (const Failure& failure : report.failures) {
    json["failures"].push_back({{"seed", failure.seed},
                                {"violation", failure.violations.front()},
                                {"replay", replay_line(campaign, failure.seed)}});
  }
  return json.dump();
}

std::string to_summary(const Campaign& campaign, const CampaignReport& report, double wall_s,
                       double rss_mib) {
  if (is_detection_scenario(campaign.scenario)) {
    return to_detection_summary(campaign, report, wall_s, rss_mib);
  }
  const Figures& figures = report.figures;
  return fmt::format(
      "{} x {}: {} seeds, {:.0f} virtual seconds in {:.1f} s; {} crashes, {} takeovers, {} writes "
      "acknowledged, {} lost, {} freezes, {} false downs; {} violations; fingerprint {:016x}",
      campaign.scenario, campaign.nodes, report.seeds_run, seconds_of(report.virtual_time), wall_s,
      figures.crashes, figures.takeovers, figures.acknowledged_writes, figures.lost_writes,
      figures.freezes, figures.false_downs, report.failures.size(), report.fingerprint);
}

}  // namespace gossamer::sim
