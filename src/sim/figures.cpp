#include "sim/figures.hpp"

#include <algorithm>

namespace gossamer::sim {

double Durations::percentile_ms(unsigned percent) const {
  if (values_.empty()) return 0;
  std::vector<Duration> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t at = std::min(sorted.size() - 1, sorted.size() * percent / 100);
  return static_cast<double>(sorted[at].count() / 1000) / 1000;
}

void Figures::add(const Figures& other) {
  first_detection.add_all(other.first_detection);
  all_detection.add_all(other.all_detection);
  takeover.add_all(other.takeover);
  agreement.add_all(other.agreement);
  false_downs += other.false_downs;
  takeovers += other.takeovers;
  acknowledged_writes += other.acknowledged_writes;
  lost_writes += other.lost_writes;
  fenced += other.fenced;
  freezes += other.freezes;
  journal_entries += other.journal_entries;
  object_requests += other.object_requests;
  datagrams += other.datagrams;
  datagram_bytes += other.datagram_bytes;
  frames += other.frames;
  events += other.events;
  crashes += other.crashes;
  for (const auto& [mark, count] : other.marks) marks[mark] += count;
}

}  // namespace gossamer::sim
