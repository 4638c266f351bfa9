// What discovery by EC2 tags needs.

#include <fmt/format.h>

#include "discovery/discovery_url.hpp"
#include "discovery/ec2_url.hpp"
#include "gossamer/doctor.hpp"
#include "node/cloud_steps.hpp"
#include "node/least_policy.hpp"
#include "node/own_loop.hpp"
#include "node/timeout.hpp"

namespace gossamer {
namespace {

using Found = Result<std::vector<Endpoint>>;

void examine_instances(node::OwnLoop& own, std::chrono::milliseconds timeout, Discovery& discovery,
                       DoctorReport& report) {
  const auto found =
      node::await<Found>(own, timeout, [&](auto done) { discovery.find_peers(std::move(done)); });
  DoctorStep& step = report.steps.emplace_back();
  step.operation = "DescribeInstances";
  if (!found) {
    step.detail = node::late_words(timeout);
    return;
  }
  if (!*found) {
    step.detail = found->error().detail;
    return;
  }
  step.is_ok = true;
  step.detail = fmt::format("{} machines with these tags, {} of them seeds",
                            discovery.sightings().size(), (*found)->size());
  if (const auto problem = discovery.problem()) step.detail += "; " + problem->detail;
}

}  // namespace

Result<DoctorReport> examine_ec2(const std::string& url, std::chrono::milliseconds timeout,
                                 const AwsOptions& aws) {
  constexpr std::string_view kScheme = "ec2:";
  if (!url.starts_with(kScheme)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is no ec2:KEY=VALUE URL",
                            url.substr(0, std::min<std::size_t>(url.find(':'), 32))));
  }
  const auto parsed = parse_ec2_url(std::string_view{url}.substr(kScheme.size()));
  if (!parsed) return tl::unexpected(parsed.error());
  timeout = node::within_a_day(timeout);
  const auto own = node::OwnLoop::open(aws);
  if (!own) return tl::unexpected(own.error());
  const auto discovery = make_discovery(url, (*own)->workers(), (*own)->session());
  if (!discovery) return tl::unexpected(discovery.error());
  DoctorReport report;
  report.subject = (*discovery)->name();
  report.iam_policy = node::least_ec2_policy();
  node::examine_metadata(**own, timeout, report);
  node::examine_region(**own, timeout, parsed->region, report);
  node::examine_credentials(**own, timeout, report);
  if (report.is_healthy()) examine_instances(**own, timeout, **discovery, report);
  return report;
}

}  // namespace gossamer
