// Ranges of what users may set. The first bad field is named with its range.

#include <fmt/format.h>

#include "gossamer/membership_options.hpp"
#include "gossamer/service_spec.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;

struct Checker {
  std::string problem{};

  void range(std::string_view field, std::int64_t value, std::int64_t low, std::int64_t high,
             std::string_view unit = "") {
    if (!problem.empty() || (value >= low && value <= high)) return;
    problem = fmt::format("{} is {}{}; it must be {} to {}{}", field, value, unit, low, high, unit);
  }
  void range(std::string_view field, milliseconds value, std::int64_t low, std::int64_t high) {
    range(field, value.count(), low, high, " ms");
  }
  void range(std::string_view field, std::size_t value, std::int64_t low, std::int64_t high) {
    const auto capped =
        value > static_cast<std::size_t>(INT64_MAX) ? INT64_MAX : static_cast<std::int64_t>(value);
    range(field, capped, low, high, "");
  }
  void require(bool holds, std::string_view message) {
    if (problem.empty() && !holds) problem = std::string{message};
  }
  Result<void> result() const {
    if (problem.empty()) return {};
    return fail(ErrorCode::invalid_argument, problem);
  }
};

}  // namespace

Result<void> MembershipOptions::validate() const {
  Checker check;
  check.range("probe_interval", probe_interval, 50, 60'000);
  check.range("probe_timeout", probe_timeout, 10, 10'000);
  if (check.problem.empty()) {  // Else 3 x probe_timeout may overflow.
    check.require(probe_interval > 3 * probe_timeout,
                  "probe_interval must exceed 3 x probe_timeout");
  }
  check.range("indirect_probe_count", indirect_probe_count, 0, 16);
  check.range("suspicion_floor", suspicion_floor, 50, 600'000);
  check.range("gossip_delay", gossip_delay, 0, 1'000);
  check.range("gossip_interval", gossip_interval, 10, 60'000);
  check.range("gossip_fanout", gossip_fanout, 1, 16);
  check.range("retransmit_multiplier", retransmit_multiplier, 1, 16);
  check.range("sync_interval", sync_interval, 100, 3'600'000);
  check.range("reconnect_interval", reconnect_interval, 100, 3'600'000);
  check.range("tombstone_time", tombstone_time, 1'000, 86'400'000);
  if (replay_window.count() != 0) check.range("replay_window", replay_window, 10'000, 3'600'000);
  check.range("datagram_bytes_max", datagram_bytes_max, 576, 65'000);
  check.range("members_max", members_max, 1, 100'000);
  return check.result();
}

MembershipOptions MembershipOptions::fast() {
  MembershipOptions options;
  options.probe_timeout = milliseconds{50};
  options.suspicion_floor = milliseconds{500};
  return options;
}

MembershipOptions MembershipOptions::calm() {
  MembershipOptions options;
  options.probe_timeout = milliseconds{200};
  options.suspicion_floor = milliseconds{4400};
  return options;
}

Result<void> ServiceSpec::validate() const {
  Checker check;
  check.range("the length of name", name.size(), 1, 64);
  check.require(
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos,
      "name may hold only a-z 0-9 - _ .");
  check.require(!name.empty() && name[0] != '-' && name[0] != '_' && name[0] != '.',
                "name must begin with a letter or digit");
  check.range("the length of factory", factory.size(), 0, 64);
  check.range("the length of arguments", arguments.size(), 0, 65'536);
  check.range("instances", std::int64_t{instances}, 1, 1'000);
  check.range("takeover_delay", takeover_delay, 0, 3'600'000);
  check.range("start_timeout", start_timeout, 1'000, 3'600'000);
  check.range("ship_interval", ship_interval, 10, 3'600'000);
  check.range("freeze_after_entries", std::int64_t{freeze_after_entries}, 0, 1'000'000);
  return check.result();
}

}  // namespace gossamer
