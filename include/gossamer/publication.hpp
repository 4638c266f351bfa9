#pragma once

#include <map>
#include <string>
#include <utility>

#include "gossamer/result.hpp"
#include "gossamer/subscription.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

/// Keeps a name published by this node. Destroying it withdraws the record. May outlive the node.
///
/// **Threads**: confined to the node's loop.
class [[nodiscard]] Publication {
 public:
  using Update = UniqueFunction<Result<void>(std::map<std::string, std::string>)>;

  Publication() = default;
  Publication(Subscription kept, Update update)
      : kept_(std::move(kept)), update_(std::move(update)) {}

  /// Other attributes from now on, in the place of all that there were. Others have the older until
  /// they hear the newer: never none. What changes again within gossip_delay is told once.
  /// Errors: invalid_argument, cancelled (nothing is published, or the node has closed).
  Result<void> update(std::map<std::string, std::string> attributes) {
    if (update_) return update_(std::move(attributes));
    return fail(ErrorCode::cancelled, "nothing is published");
  }

 private:
  Subscription kept_;
  Update update_;
};

}  // namespace gossamer
