#include "sim/detection_figures.hpp"

#include <algorithm>

namespace gossamer::sim {

void Traffic::add(const Traffic& other) {
  datagrams += other.datagrams;
  bytes += other.bytes;
  frames += other.frames;
  node_seconds += other.node_seconds;
}

double Traffic::packets_per_node_second() const {
  return node_seconds > 0 ? static_cast<double>(datagrams) / node_seconds : 0;
}

double Traffic::bytes_per_node_second() const {
  return node_seconds > 0 ? static_cast<double>(bytes) / node_seconds : 0;
}

void DetectionFigures::add(const DetectionFigures& other) {
  first_down.add_all(other.first_down);
  all_down.add_all(other.all_down);
  each_down.add_all(other.each_down);
  crashes += other.crashes;
  undetected += other.undetected;
  burst_packets += other.burst_packets;
  false_downs += other.false_downs;
  false_downs_at_healthy += other.false_downs_at_healthy;
  victims += other.victims;
  afflicted_downs += other.afflicted_downs;
  suspicions += other.suspicions;
  stalls += other.stalls;
  stalls_down += other.stalls_down;
  afflicted += other.afflicted;
  state_changes += other.state_changes;
  state_changes_max = std::max(state_changes_max, other.state_changes_max);
  afflicted_views += other.afflicted_views;
  observers += other.observers;
  down_events += other.down_events;
  down_events_max = std::max(down_events_max, other.down_events_max);
  live_excess_max = std::max(live_excess_max, other.live_excess_max);
  live_excess.add_all(other.live_excess);
  restarts += other.restarts;
  pair_down.add_all(other.pair_down);
  split_known.add_all(other.split_known);
  healed.add_all(other.healed);
  disagreement += other.disagreement;
  joined.add_all(other.joined);
  joining.add(other.joining);
  steady.add(other.steady);
  measured.add(other.measured);
  events += other.events;
  verified += other.verified;
}

}  // namespace gossamer::sim
