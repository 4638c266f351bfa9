#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "aws/wall_clock.hpp"
#include "base/random.hpp"

namespace gossamer::fakecloud {

/// Credentials that the fake cloud gave out. They are for tests alone, so nothing hides them.
struct AccessKey {
  std::string id{}, secret{}, token{};
  std::optional<aws::WallTime> expires{};  ///< Empty: never.
};

/// The keys that are known: one for ever, and temporary ones, of which the newest 65,536 are kept.
///
/// **Threads**: any.
class KeyRing {
 public:
  KeyRing(AccessKey for_ever, std::chrono::seconds life, std::uint64_t seed);

  AccessKey issue(aws::WallTime now);
  std::optional<AccessKey> find(const std::string& id) const;
  /// Whoever has a temporary key gets no further with it.
  void expire_all(aws::WallTime now);
  /// `count` characters that suit identifiers.
  std::string make_text(std::size_t count);

 private:
  std::string draw(std::size_t count, std::string_view letters);

  const AccessKey for_ever_;
  const std::chrono::seconds life_;
  mutable std::mutex mutex_{};
  Random random_;
  std::map<std::string, AccessKey> temporary_{};
  std::deque<std::string> order_{};  // Oldest first.
};

}  // namespace gossamer::fakecloud
