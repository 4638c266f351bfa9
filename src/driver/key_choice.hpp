#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::driver {

/// Who is spoken to with another key than the primary: whoever was last heard with it may hold no
/// newer one. So a node that comes while keys are being changed, or was apart meanwhile, is
/// understood and understands, as long as its key is in the ring at all.
class KeyChoice {
 public:
  static constexpr std::size_t kSpeakersMax = 1024;  ///< Beyond, they are answered in the primary.
  static constexpr Duration kMemory = std::chrono::seconds{30};

  /// Of a frame whose seal held. `key_id` is the primary also if its sender is known to hold that:
  /// else two who answer each other in an old key would do so for ever.
  void on_heard(Instant now, const Endpoint& from, std::uint32_t key_id, std::uint32_t primary) {
    if (key_id == primary) {
      speakers_.erase(from);
      return;
    }
    if (speakers_.size() >= kSpeakersMax) {
      std::erase_if(speakers_, [now](const auto& item) { return item.second.until <= now; });
    }
    if (speakers_.size() < kSpeakersMax || speakers_.contains(from)) {
      speakers_[from] = {key_id, now + kMemory};
    }
  }
  /// Those who spoke in a key that is no longer in the ring get the primary.
  void keep_only(const std::vector<std::uint32_t>& ring) {
    std::erase_if(speakers_, [&ring](const auto& item) {
      return std::find(ring.begin(), ring.end(), item.second.key_id) == ring.end();
    });
  }
  /// Nothing: the primary.
  std::optional<std::uint32_t> key_for(Instant now, const Endpoint& to) const {
    const auto at = speakers_.find(to);
    if (at == speakers_.end() || at->second.until <= now) return std::nullopt;
    return at->second.key_id;
  }

 private:
  struct Speaker {
    std::uint32_t key_id;
    Instant until;
  };
  std::map<Endpoint, Speaker> speakers_;
};

}  // namespace gossamer::driver
