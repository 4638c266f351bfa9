#pragma once

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

}  // namespace gossamer::bench
