#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/instant.hpp"

namespace gossamer {

/// So many of something from one source (source_of) in each window of time, a second unless told:
/// connections, say, counted before anything of them is read. When a flood from very many has
/// filled the table, all are counted anew: it gains by that, but neither fills memory nor keeps
/// anybody out.
class AddressRate {
 public:
  static constexpr std::size_t kAddressesMax = 4096;  ///< Counted by themselves in one window.

  explicit AddressRate(std::size_t most, Duration window = std::chrono::seconds{1})
      : most_(most), window_(window) {}

  /// Counts one. False if it is one too many.
  bool take(Instant now, const std::string& address) {
    begin_window(now);
    const auto at = counts_.find(address);
    if (at != counts_.end()) return ++at->second <= most_;
    if (counts_.size() == kAddressesMax) counts_.clear();
    return ++counts_[address] <= most_;
  }

  /// Whether the next one would be too many. Counts nothing.
  bool is_spent(Instant now, const std::string& address) { return count(now, address) >= most_; }
  /// In this window up to now.
  std::size_t count(Instant now, const std::string& address) {
    begin_window(now);
    const auto at = counts_.find(address);
    return at == counts_.end() ? 0 : at->second;
  }

 private:
  void begin_window(Instant now) {
    if (now - began_ < window_) return;
    began_ = now;
    counts_.clear();
  }

  std::size_t most_;
  Duration window_;
  Instant began_{};
  std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace gossamer
