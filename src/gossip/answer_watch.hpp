#pragma once

#include <cstddef>
#include <optional>

#include "base/instant.hpp"

namespace gossamer::gossip {

/// Whether others' answers to comparisons reach this node. It asks by datagrams and by connections
/// that it makes; answers come by connections that others make, which a firewall may keep out. Then
/// it lacks what only a comparison brings: members, names, claims.
class AnswerWatch {
 public:
  /// Keys of buckets that differ were sent, which is answered even if rumours were faster.
  void on_asked(Instant now) {
    if (!asked_at_ || now - *asked_at_ > kForgottenAfter) {
      first_asked_at_ = now;
      asked_ = 0;
    }
    asked_at_ = now;
    ++asked_;
  }
  /// A step of a comparison came by stream, from whomever, or one found nothing to tell.
  void on_answered() { asked_at_.reset(); }
  bool is_missing_answers(Instant now) const {
    return asked_at_ && asked_ >= kAskedMin && now - first_asked_at_ >= kAnswerTime &&
           now - *asked_at_ <= kForgottenAfter;
  }

  static constexpr std::size_t kAskedMin = 3;
  static constexpr Duration kAnswerTime = std::chrono::seconds{3};
  static constexpr Duration kForgottenAfter = std::chrono::seconds{60};

 private:
  std::size_t asked_ = 0;
  Instant first_asked_at_{};
  std::optional<Instant> asked_at_{};
};

}  // namespace gossamer::gossip
