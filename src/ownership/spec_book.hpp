#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ownership/announcement.hpp"

namespace gossamer::ownership {

/// The newest version heard of each spec, undeployed ones included.
class SpecBook {
 public:
  static constexpr std::size_t kSpecsMax = 10'000;
  explicit SpecBook(std::size_t specs_max = kSpecsMax) : specs_max_(specs_max) {}

  enum class Added : std::uint8_t {
    newer,    ///< Held now.
    stale,    ///< That version or a newer one was held.
    invalid,  ///< Out of its bounds.
    full,     ///< specs_max deployed services are held.
  };
  /// At the bound an undeployed service gives way: its version is in the object store.
  Added add(const SpecVersion& spec);

  /// Null if unknown.
  const SpecVersion* find(const std::string& service) const;
  /// How many units the newest version asks for; 0 if it is an undeploy, or unknown.
  std::uint32_t instances(const std::string& service) const;
  /// By name.
  std::vector<SpecVersion> all() const;

 private:
  std::size_t specs_max_;
  std::map<std::string, SpecVersion> specs_;
  std::set<std::string> undeployed_;
};

}  // namespace gossamer::ownership
