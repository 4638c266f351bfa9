#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/instant.hpp"

namespace gossamer {

/// So many of something from one address in each window of time, a second unless told: connections,
/// say, counted before anything of them is read. At the bound of addresses the one that came first
/// is forgotten: a flood from many fills no memory, and is not held against who has done nothing.
class AddressRate {
 public:
  static constexpr std::size_t kAddressesMax = 4096;  ///< Remembered in one window.

  explicit AddressRate(std::size_t most, Duration window = std::chrono::seconds{1})
      : most_(most), window_(window) {}

  /// Counts one, of an address as counted_as() tells it. False if it is one too many.
  bool take(Instant now, const std::string& address) {
    begin_window(now);
    const auto at = counts_.find(address);
    if (at != counts_.end()) return ++at->second <= most_;
    remember(address);
    return most_ > 0;
  }

  /// Whether the next one would be too many. Counts nothing.
  bool is_spent(Instant now, const std::string& address) {
    begin_window(now);
    const auto at = counts_.find(address);
    return at == counts_.end() ? most_ == 0 : at->second >= most_;
  }

  std::size_t address_count() const { return counts_.size(); }

 private:
  void begin_window(Instant now) {
    if (now - began_ < window_) return;
    began_ = now;
    counts_.clear();
    order_.clear();
    first_ = 0;
  }

  void remember(const std::string& address) {
    if (order_.size() < kAddressesMax) {
      order_.push_back(address);
    } else {
      counts_.erase(order_[first_]);
      order_[first_] = address;
      first_ = (first_ + 1) % kAddressesMax;
    }
    counts_.emplace(address, 1);
  }

  std::size_t most_;
  Duration window_;
  Instant began_{};
  std::unordered_map<std::string, std::size_t> counts_;
  std::vector<std::string> order_;  ///< A ring, once it is full.
  std::size_t first_ = 0;           ///< In the ring.
};

}  // namespace gossamer
