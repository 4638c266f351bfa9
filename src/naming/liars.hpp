#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "naming/teller.hpp"

namespace gossamer::naming {

/// Who said of which unit what its journal does not bear out. At liars_max the one caught first is
/// forgotten, which costs another look into the journal if it lies again.
class Liars {
 public:
  explicit Liars(std::size_t liars_max) : liars_max_(liars_max) {}

  /// True if it is news.
  bool add(const Teller& teller);
  bool knows(const Teller& teller) const { return caught_.count(teller) == 1; }
  /// The journal holds a claim of its own there.
  void forgive(const Teller& teller);
  std::size_t size() const { return caught_.size(); }

 private:
  std::size_t liars_max_;
  std::map<Teller, std::uint64_t> caught_;  ///< When, in order.
  std::map<std::uint64_t, Teller> order_;
  std::uint64_t last_caught_ = 0;
};

}  // namespace gossamer::naming
