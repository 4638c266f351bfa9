#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "figures.hpp"
#include "settings.hpp"

namespace gossamer::bench {

/// Which node got which update, and how late. Each counts once for each node.
///
/// **Threads**: any.
class Deliveries {
 public:
  /// Forgets all, and makes room.
  void expect(std::size_t nodes, std::size_t updates);
  /// Update `id` was to be published at `when`. Before anybody can get it.
  void offered(std::size_t id, SteadyTime when);
  void arrived(std::size_t node, std::size_t id, SteadyTime when);

  std::size_t count() const;
  std::size_t wanted() const;
  /// The samples of all expectations so far go there.
  void add_latency_to(Samples& samples) const;

 private:
  mutable std::mutex mutex_;
  std::size_t nodes_ = 0;
  std::vector<SteadyTime> offered_;
  std::vector<bool> has_;  // By update, then node.
  std::vector<double> latency_ms_;
};

}  // namespace gossamer::bench
