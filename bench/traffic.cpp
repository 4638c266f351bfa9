#include "traffic.hpp"

namespace gossamer::bench {

Spent spent_by(const Cluster& cluster) {
  return {cluster.counted("datagrams_out") + cluster.counted("frames_out"),
          cluster.counted("datagram_bytes_out") + cluster.counted("frame_bytes_out"),
          usage_now().cpu_s};
}

void CostSamples::add(const Spent& before, const Spent& after, double node_seconds) {
  packets_.add(static_cast<double>(after.packets - before.packets) / node_seconds);
  bytes_.add(static_cast<double>(after.bytes - before.bytes) / node_seconds);
  cpu_us_.add((after.cpu_s - before.cpu_s) * 1e6 / node_seconds);
}

void BurstSamples::set_calm(const Spent& before, const Spent& after, double node_seconds) {
  calm_packets_per_node_s_ = static_cast<double>(after.packets - before.packets) / node_seconds;
}

void BurstSamples::add(const Spent& before, const Spent& after, std::size_t nodes, double seconds) {
  const auto sent = static_cast<double>(after.packets - before.packets);
  packets_.add(sent / static_cast<double>(nodes) - calm_packets_per_node_s_ * seconds);
}

}  // namespace gossamer::bench
