#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/deadlines.hpp"

namespace gossamer::driver {

/// Services whose newest spec is an undeploy: what gossip holds of them is told for half of
/// tombstone_time and held for all of it, as the tombstones of members and records are. Who was
/// late to learn of it may then offer it anew, in vain. Beyond services_max the first is due early.
class Undeployed {
 public:
  explicit Undeployed(Duration tombstone_time, std::size_t services_max = 10'000)
      : tombstone_time_(tombstone_time), services_max_(services_max) {}

  struct Service {
    std::string name;
    std::uint64_t version = 0;  ///< Of the undeploy.
  };
  /// Keeps its time if that version is buried already.
  void bury(Instant now, const std::string& service, std::uint64_t version);
  /// It was deployed anew.
  void raise(const std::string& service);
  /// Still told of.
  bool is_told(const std::string& service) const { return hushes_.is_set(service); }

  /// Before take_forgotten.
  std::vector<Service> take_hushed(Instant now);
  std::vector<Service> take_forgotten(Instant now);
  std::optional<Instant> next_deadline() const;

 private:
  Duration tombstone_time_;
  std::size_t services_max_;
  Deadlines<std::string> hushes_{};
  Deadlines<std::string> forgets_{};
  std::map<std::string, std::uint64_t> versions_{};  ///< Of those that are not forgotten.
};

}  // namespace gossamer::driver
