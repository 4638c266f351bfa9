#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "gossamer/bytes.hpp"

namespace gossamer::fakecloud {

/// How many bytes may be held at once, over all threads.
///
/// **Threads**: any.
class Quota {
 public:
  explicit Quota(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  /// A share, given back when it goes.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : quota_(std::move(other.quota_)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(quota_, other.quota_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (quota_ != nullptr) quota_->held_ -= bytes_;
    }

   private:
    friend class Quota;
    Share(std::shared_ptr<Quota> quota, std::uint64_t bytes)
        : quota_(std::move(quota)), bytes_(bytes) {}
    std::shared_ptr<Quota> quota_{};
    std::uint64_t bytes_ = 0;
  };

  /// Empty if there is not as much left.
  static std::optional<Share> take(const std::shared_ptr<Quota>& quota, std::uint64_t bytes) {
    std::uint64_t held = quota->held_;
    do {
      if (bytes > quota->bytes_max_ || held > quota->bytes_max_ - bytes) return std::nullopt;
    } while (!quota->held_.compare_exchange_weak(held, held + bytes));
    return Share{quota, bytes};
  }
  std::uint64_t bytes_max() const { return bytes_max_; }
  std::uint64_t held() const { return held_; }

 private:
  const std::uint64_t bytes_max_;
  std::atomic<std::uint64_t> held_{0};
};

/// Bytes, and the share of the quota that they take up.
struct HeldBytes {
  Bytes bytes{};
  Quota::Share share{};
};
using SharedBody = std::shared_ptr<const HeldBytes>;

}  // namespace gossamer::fakecloud
