#pragma once

#include <map>
#include <optional>
#include <utility>

#include "base/instant.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer::driver {

/// Things of the driver's own to do later, such as asking the object store again. In order of time,
/// then of arrival.
class Delays {
 public:
  void add(Instant at, UniqueFunction<void()> task) { tasks_.emplace(at, std::move(task)); }

  std::optional<Instant> next() const {
    return tasks_.empty() ? std::nullopt : std::optional{tasks_.begin()->first};
  }
  /// The next task that is due, or an empty one.
  UniqueFunction<void()> take_due(Instant now) {
    if (tasks_.empty() || tasks_.begin()->first > now) return {};
    UniqueFunction<void()> task = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    return task;
  }

 private:
  std::multimap<Instant, UniqueFunction<void()>> tasks_;
};

}  // namespace gossamer::driver
