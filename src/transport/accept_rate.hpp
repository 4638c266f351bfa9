#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/instant.hpp"

namespace gossamer {

/// So many connections of one address in a second, counted before anything of them is read. Those
/// of a further address share one count, so a flood from many cannot fill memory.
class AcceptRate {
 public:
  static constexpr std::size_t kAddressesMax = 4096;  ///< Counted by themselves in one second.

  explicit AcceptRate(std::size_t per_second_max) : most_(per_second_max) {}

  bool take(Instant now, const std::string& address) {
    if (now - began_ >= std::chrono::seconds{1}) {
      began_ = now;
      counts_.clear();
      shared_ = 0;
    }
    const auto at = counts_.find(address);
    if (at == counts_.end() && counts_.size() == kAddressesMax) return ++shared_ <= most_;
    return ++(at == counts_.end() ? counts_[address] : at->second) <= most_;
  }

 private:
  std::size_t most_;
  Instant began_{};
  std::unordered_map<std::string, std::size_t> counts_;
  std::size_t shared_ = 0;
};

}  // namespace gossamer
