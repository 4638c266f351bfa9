#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/instant.hpp"

namespace gossamer {

/// So many of something from one address in each window of time, a second unless told: connections,
/// say, counted before anything of them is read. Those of a further address share one count, so a
/// flood from many cannot fill memory.
class AddressRate {
 public:
  static constexpr std::size_t kAddressesMax = 4096;  ///< Counted by themselves in one window.

  explicit AddressRate(std::size_t most, Duration window = std::chrono::seconds{1})
      : most_(most), window_(window) {}

  /// Counts one. False if it is one too many.
  bool take(Instant now, const std::string& address) {
    begin_window(now);
    const auto at = counts_.find(address);
    if (at == counts_.end() && counts_.size() == kAddressesMax) return ++shared_ <= most_;
    return ++(at == counts_.end() ? counts_[address] : at->second) <= most_;
  }

  /// Whether the next one would be too many. Counts nothing.
  bool is_spent(Instant now, const std::string& address) {
    begin_window(now);
    const auto at = counts_.find(address);
    if (at != counts_.end()) return at->second >= most_;
    return counts_.size() == kAddressesMax && shared_ >= most_;
  }

 private:
  void begin_window(Instant now) {
    if (now - began_ < window_) return;
    began_ = now;
    counts_.clear();
    shared_ = 0;
  }

  std::size_t most_;
  Duration window_;
  Instant began_{};
  std::unordered_map<std::string, std::size_t> counts_;
  std::size_t shared_ = 0;
};

}  // namespace gossamer
