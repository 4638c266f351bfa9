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

double seconds_of(Duration duration) { return static_cast<double>(duration.count() / 1'000'000) / 1000; }

}  // namespace

std::string to_json(const Campaign& campaign, const CampaignReport& report, double wall_s,
                    double rss_mib) {
  const Figures& figures = report.figures;
  Json json;
  json["scenario"] = campaign.scenario;
  json["nodes"] = campaign.nodes;
  json["seed"] = campaign.first_seed;
  json["seeds"] = report.seeds_run;
  json["violations"] = report.failures.size();
  json["fingerprint"] = fmt::format("{:016x}", report.fingerprint);
  json["virtual_s"] = seconds_of(report.virtual_time);
  json["wall_s"] = wall_s;
  json["rss_mib"] = rss_mib;
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
  json["failures"] = Json::array();
  for (const Failure& failure : report.failures) {
    json["failures"].push_back({{"seed", failure.seed},
                                {"violation", failure.violations.front()},
                                {"replay", replay_line(campaign.scenario, campaign.nodes, failure.seed)}});
  }
  return json.dump();
}

std::string to_summary(const Campaign& campaign, const CampaignReport& report, double wall_s) {
  const Figures& figures = report.figures;
  return fmt::format(
      "{} x {}: {} seeds, {:.0f} virtual seconds in {:.1f} s; {} crashes, {} takeovers, {} writes "
      "acknowledged, {} lost, {} freezes, {} false downs; {} violations; fingerprint {:016x}",
      campaign.scenario, campaign.nodes, report.seeds_run, seconds_of(report.virtual_time), wall_s,
      figures.crashes, figures.takeovers, figures.acknowledged_writes, figures.lost_writes,
      figures.freezes, figures.false_downs, report.failures.size(), report.fingerprint);
}

}  // namespace gossamer::sim
