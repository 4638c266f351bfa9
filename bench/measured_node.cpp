#include "measured_node.hpp"

namespace gossamer::bench {
namespace {

MembershipOptions profile(const std::string& name) {
  if (name == "fast") return MembershipOptions::fast();
  if (name == "calm") return MembershipOptions::calm();
  return {};
}

}  // namespace

NodeOptions measured_node(const Settings& settings, const std::string& name,
                          const std::string& seed) {
  NodeOptions options;
  options.name = name;
  options.cluster = "bench";
  options.bind = {"127.0.0.1", 0};
  if (settings.is_insecure) {
    options.is_insecure = true;
  } else {
    options.key_bytes = std::string(32, 'k');
  }
  options.membership = profile(settings.profile);
  if (settings.probe_interval_ms > 0) {
    options.membership.probe_interval = std::chrono::milliseconds{settings.probe_interval_ms};
  }
  options.membership.stream_probes = settings.has_stream_probes();
  options.worker_count = 1;
  options.leave_timeout = std::chrono::milliseconds{0};
  if (!seed.empty()) options.discovery_urls = {"static:" + seed};
  return options;
}

}  // namespace gossamer::bench
