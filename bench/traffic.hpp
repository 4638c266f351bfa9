#pragma once

#include <cstddef>
#include <cstdint>

#include "cluster.hpp"
#include "figures.hpp"

namespace gossamer::bench {

/// What all nodes have sent and used so far.
struct Spent {
  std::uint64_t packets = 0;  ///< Datagrams and frames.
  std::uint64_t bytes = 0;
  double cpu_s = 0;
};
Spent spent_by(const Cluster& cluster);

/// The same as samples, for each node and second, one a window.
class CostSamples {
 public:
  void add(const Spent& before, const Spent& after, double node_seconds);
  nlohmann::json packets() const { return packets_.to_json(); }
  nlohmann::json bytes() const { return bytes_.to_json(); }
  nlohmann::json cpu_us() const { return cpu_us_.to_json(); }

 private:
  Samples packets_;
  Samples bytes_;
  Samples cpu_us_;
};

/// Packets that something costs each node beyond those that it sends while nothing happens.
class BurstSamples {
 public:
  /// Nothing happens from `before` to `after`.
  void set_calm(const Spent& before, const Spent& after, double node_seconds);
  void add(const Spent& before, const Spent& after, std::size_t nodes, double seconds);
  nlohmann::json packets() const { return packets_.to_json(); }

 private:
  double calm_packets_per_node_s_ = 0;
  Samples packets_;
};

}  // namespace gossamer::bench
