#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aws/wall_clock.hpp"
#include "base/random.hpp"
#include "gossamer/fake_cloud.hpp"

namespace gossamer::fakecloud {

/// What a machine was told of its end.
struct Notice {
  std::string action{};  ///< `terminate`, `stop`, `hibernate` or `rebalance`.
  aws::WallTime at{};    ///< When it comes.
  aws::WallTime given{};
};

struct Machine {
  FakeInstance instance{};
  std::uint64_t number = 0;  ///< In the order of launch.
  aws::WallTime launched{};
  std::string reservation{}, subnet{}, interface {
  }, mac{};
  std::optional<Notice> notice{}, rebalance{};
};

/// All machines, in the order in which they were launched. None goes: terminated ones are told so.
///
/// **Threads**: any.
class InstanceList {
 public:
  explicit InstanceList(std::uint64_t seed) : random_(seed) {}

  std::string add(FakeInstance instance, aws::WallTime now);
  /// Machines that are not known are let be: false.
  bool set_state(const std::string& id, const std::string& state);
  bool set_tag(const std::string& id, const std::string& key, const std::string& value);
  bool give_notice(const std::string& id, Notice notice);
  void clear();

  std::optional<Machine> find(const std::string& id) const;
  /// In order.
  std::vector<Machine> all() const;

 private:
  std::string draw_hex(std::size_t count);
  Machine* find_locked(const std::string& id);

  mutable std::mutex mutex_{};
  Random random_;
  std::vector<Machine> machines_{};
  std::map<std::string, std::size_t> places_{};
};

}  // namespace gossamer::fakecloud
