#include "gossamer/membership_options.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace gossamer {
namespace {

using Catch::Matchers::Contains;
using Options = MembershipOptions;
using std::chrono::milliseconds;

struct Row {
  std::string field;
  std::string range;
  std::function<void(Options&)> break_it;
};

void check_refused(const Row& row) {
  Options options;
  row.break_it(options);
  const auto valid = options.validate();
  INFO("field " << row.field << ", range " << row.range);
  REQUIRE_FALSE(valid.has_value());
  CHECK(valid.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(valid.error().detail, Contains(row.field) && Contains(row.range));
}

TEST_CASE("membership options: the three profiles are valid") {
  CHECK(Options{}.validate().has_value());
  CHECK(Options::fast().validate().has_value());
  CHECK(Options::calm().validate().has_value());
}

TEST_CASE("membership options: the profiles survive the stalls that they state") {
  const auto stall = [](const Options& o) { return 3 * o.probe_timeout + o.suspicion_floor; };
  CHECK(stall(Options::fast()) == milliseconds{650});
  CHECK(stall(Options{}) == milliseconds{1700});
  CHECK(stall(Options::calm()) == milliseconds{5000});
}

TEST_CASE("membership options: the first bad field is named with its range") {
  const std::vector<Row> rows = {
      {"probe_interval", "50 to 60000 ms", [](Options& o) { o.probe_interval = milliseconds{49}; }},
      {"probe_interval", "50 to 60000 ms",
       [](Options& o) { o.probe_interval = milliseconds{60'001}; }},
      {"probe_timeout", "10 to 10000 ms", [](Options& o) { o.probe_timeout = milliseconds{9}; }},
      {"probe_timeout", "10 to 10000 ms",
       [](Options& o) { o.probe_timeout = milliseconds::max(); }},
      {"probe_interval", "3 x probe_timeout",
       [](Options& o) { o.probe_timeout = milliseconds{334}; }},
      {"indirect_probe_count", "0 to 16", [](Options& o) { o.indirect_probe_count = 17; }},
      {"suspicion_floor", "50 to 600000 ms",
       [](Options& o) { o.suspicion_floor = milliseconds{49}; }},
      {"gossip_delay", "0 to 1000 ms", [](Options& o) { o.gossip_delay = milliseconds{-1}; }},
      {"gossip_interval", "10 to 60000 ms",
       [](Options& o) { o.gossip_interval = milliseconds{0}; }},
      {"gossip_fanout", "1 to 16", [](Options& o) { o.gossip_fanout = 0; }},
      {"gossip_fanout", "1 to 16",
       [](Options& o) { o.gossip_fanout = std::numeric_limits<std::size_t>::max(); }},
      {"retransmit_multiplier", "1 to 16", [](Options& o) { o.retransmit_multiplier = 0; }},
      {"sync_interval", "100 to 3600000 ms",
       [](Options& o) { o.sync_interval = milliseconds{99}; }},
      {"reconnect_interval", "100 to 3600000 ms",
       [](Options& o) { o.reconnect_interval = milliseconds{0}; }},
      {"tombstone_time", "1000 to 86400000 ms",
       [](Options& o) { o.tombstone_time = milliseconds{999}; }},
      {"datagram_bytes_max", "576 to 65000", [](Options& o) { o.datagram_bytes_max = 575; }},
      {"datagram_bytes_max", "576 to 65000", [](Options& o) { o.datagram_bytes_max = 65'001; }},
      {"replay_window", "10000 to 3600000 ms",
       [](Options& o) { o.replay_window = milliseconds{9'999}; }},
      {"replay_window", "10000 to 3600000 ms",
       [](Options& o) { o.replay_window = milliseconds::max(); }},
      {"replay_window", "10000 to 3600000 ms",
       [](Options& o) { o.replay_window = milliseconds{-1}; }},
      {"members_max", "1 to 100000", [](Options& o) { o.members_max = 0; }},
      {"members_max", "1 to 100000",
       [](Options& o) { o.members_max = std::numeric_limits<std::size_t>::max(); }},
      {"probe_timeout", "10 to 10000 ms",
       [](Options& o) { o.probe_timeout = milliseconds::min(); }},
      {"suspicion_floor", "50 to 600000 ms",
       [](Options& o) { o.suspicion_floor = milliseconds::max(); }},
      {"gossip_delay", "0 to 1000 ms", [](Options& o) { o.gossip_delay = milliseconds{1'001}; }},
      {"gossip_interval", "10 to 60000 ms",
       [](Options& o) { o.gossip_interval = milliseconds{60'001}; }},
      {"retransmit_multiplier", "1 to 16", [](Options& o) { o.retransmit_multiplier = 17; }},
      {"sync_interval", "100 to 3600000 ms",
       [](Options& o) { o.sync_interval = milliseconds{-1}; }},
      {"sync_interval", "100 to 3600000 ms",
       [](Options& o) { o.sync_interval = milliseconds::max(); }},
      {"reconnect_interval", "100 to 3600000 ms",
       [](Options& o) { o.reconnect_interval = milliseconds::max(); }},
      {"tombstone_time", "1000 to 86400000 ms",
       [](Options& o) { o.tombstone_time = milliseconds::max(); }},
  };
  for (const Row& row : rows) check_refused(row);
}

TEST_CASE("membership options: both ends of a range are in it") {
  Options options;
  options.indirect_probe_count = 0;
  options.gossip_delay = milliseconds{0};
  options.datagram_bytes_max = 576;
  options.members_max = 1;
  CHECK(options.validate().has_value());
  options.indirect_probe_count = 16;
  options.datagram_bytes_max = 65'000;
  options.members_max = 100'000;
  CHECK(options.validate().has_value());
}

}  // namespace
}  // namespace gossamer
