#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "fakecloud/operation.hpp"
#include "gossamer/fake_cloud.hpp"

namespace gossamer::fakecloud {

/// The faults that are on, in order.
///
/// **Threads**: any. Draws are in the order of requests: one seed gives one story to a client that
/// sends one request after the other.
class FaultList {
 public:
  explicit FaultList(std::uint64_t seed) : random_(seed) {}

  std::uint64_t add(FakeFault fault);
  void remove(std::uint64_t number);
  void clear();
  std::vector<std::pair<std::uint64_t, FakeFault>> all() const;

  /// The first that fits and that the draw wants. Counts it.
  std::optional<FakeFault> strike(const Operation& operation);

 private:
  struct Entry {
    std::uint64_t number = 0;
    FakeFault fault{};
    std::uint64_t struck = 0;
  };
  mutable std::mutex mutex_{};
  Random random_;
  std::vector<Entry> entries_{};
  std::uint64_t next_ = 1;
};

/// `status_after_success` and its like, as in FakeFault::Kind.
std::string_view to_string(FakeFault::Kind kind);
/// All of them, for messages.
std::string fault_kinds();
std::optional<FakeFault::Kind> fault_kind_of(std::string_view name);

}  // namespace gossamer::fakecloud
