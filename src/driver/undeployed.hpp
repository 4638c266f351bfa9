#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"

namespace gossamer::driver {

/// Services whose newest spec is an undeploy: what gossip holds of them is told for half of
/// tombstone_time and held for all of it, as the tombstones of members and records are. Who was late
/// to learn of it may then offer it anew, in vain. Beyond services_max the first is due early.
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
  bool is_told(const std::string& service) const;

  std::vector<Service> take_hushed(Instant now) { return take(hushes_, now); }
  std::vector<Service> take_forgotten(Instant now) { return take(forgets_, now); }
  std::optional<Instant> next_deadline() const;

 private:
  struct Due {
    std::map<std::string, std::pair<Instant, std::uint64_t>> by_name{};
    std::set<std::pair<Instant, std::string>> by_time{};
    void set(const std::string& service, Instant at, std::uint64_t version);
    void clear(const std::string& service);
  };
  std::vector<Service> take(Due& due, Instant now) const;

  Duration tombstone_time_;
  std::size_t services_max_;
  Due hushes_{};
  Due forgets_{};
};

}  // namespace gossamer::driver
