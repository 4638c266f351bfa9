#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "aws/wall_clock.hpp"
#include "base/random.hpp"

namespace gossamer::fakecloud {

/// Session tokens of the metadata service. Each is good for one machine.
///
/// **Threads**: any.
class MetadataTokens {
 public:
  explicit MetadataTokens(std::uint64_t seed) : random_(seed) {}
  std::string issue(const std::string& instance, aws::WallTime until);
  bool is_good(const std::string& token, const std::string& instance, aws::WallTime now) const;

 private:
  struct Session {
    std::string instance{};
    aws::WallTime until{};
  };
  mutable std::mutex mutex_{};
  Random random_;
  std::map<std::string, Session> sessions_{};
};

}  // namespace gossamer::fakecloud
