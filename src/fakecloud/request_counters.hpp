#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "fakecloud/operation.hpp"

namespace gossamer::fakecloud {

/// Requests by `service.Operation`, and by `service.Operation.STATUS` once they are answered.
///
/// **Threads**: any. Names are the fake's own, so that the table is bounded.
class RequestCounters {
 public:
  void count(const Operation& operation) { add(name_of(operation)); }
  void count(const Operation& operation, int status) {
    add(name_of(operation) + "." + std::to_string(status));
  }
  std::map<std::string, std::uint64_t> all() const {
    const std::lock_guard lock{mutex_};
    return counts_;
  }
  void reset() {
    const std::lock_guard lock{mutex_};
    counts_.clear();
  }

 private:
  static std::string name_of(const Operation& operation) {
    return std::string{to_string(operation.service)} + "." + operation.name;
  }
  void add(const std::string& name) {
    const std::lock_guard lock{mutex_};
    constexpr std::size_t kNamesMax = 4'096;  // A query API's Action is what the client says.
    if (counts_.size() < kNamesMax || counts_.count(name) == 1) ++counts_[name];
  }
  mutable std::mutex mutex_{};
  std::map<std::string, std::uint64_t> counts_{};
};

}  // namespace gossamer::fakecloud
