#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sim/sim_host.hpp"

namespace gossamer::sim {

/// Somebody who holds the cluster's key, an identity of his own and those of some nodes, and says
/// that units have been claimed. Not even he writes into journals.
class Liar {
 public:
  Liar(World& world, const std::vector<std::unique_ptr<SimHost>>& hosts, std::uint64_t seed);

  /// Tells some of the running nodes of a claim that nobody made. Says what he told.
  std::string lie();

 private:
  wire::Identity draw_identity();
  ownership::ClaimAnnouncement draw_claim(const NodeId& author);

  World& world_;
  const std::vector<std::unique_ptr<SimHost>>& hosts_;
  Random random_;
  wire::Identity own_{};
  std::uint64_t frames_ = 0;
};

}  // namespace gossamer::sim
