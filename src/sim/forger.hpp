#pragma once

#include <optional>
#include <string>

#include "base/random.hpp"
#include "sim/sim_objects.hpp"
#include "wire/data_key.hpp"

namespace gossamer::sim {

/// Somebody who can write into the object store, knows all there is to know of gossamer, and does
/// not hold the data key.
class Forger {
 public:
  Forger(SimObjects& objects, std::uint64_t seed);

  /// Puts something in the place of a unit's next slot, or of a service's next version: made under
  /// a key of its own, or copied from an earlier one. Gives its key; nothing if there is nothing to
  /// follow.
  std::optional<std::string> forge();

 private:
  std::optional<std::string> newest_below(const std::string& prefix) const;
  Bytes claim_for(const std::string& key);
  Bytes undeploy_for(const std::string& key);

  SimObjects& objects_;
  Random random_;
  wire::DataKey own_key_{};
};

}  // namespace gossamer::sim
