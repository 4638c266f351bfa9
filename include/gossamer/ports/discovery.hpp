#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

/// Finds addresses of nodes that might be in the cluster. Implement this to teach a node about your
/// own inventory.
///
/// Answers are hints: stale, duplicate and unreachable addresses are all fine.
/// **Threads**: called on the loop thread. Must not block; answer later if you must.
class Discovery {
 public:
  virtual ~Discovery() = default;

  /// For logs and `gossamer seeds`, e.g. `static:10.0.0.1:7946`. Outlives no longer than *this.
  virtual std::string_view name() const noexcept = 0;

  using Found = UniqueFunction<void(Result<std::vector<Endpoint>>)>;

  /// Calls `found` exactly once, on the loop thread, possibly before returning; not after *this is
  /// destroyed.
  virtual void find_peers(Found found) = 0;

  /// What was wrong with the latest answer although it was one, e.g. a bad line among good ones.
  virtual std::optional<Error> problem() const { return std::nullopt; }
};

}  // namespace gossamer
