#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/ports/discovery.hpp"
#include "gossamer/unique_function.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer {

/// Asks all sources of seeds, for ever: a node that asked only once could not heal a split.
///
/// **Threads**: the loop thread only.
/// **Lifetime**: `loop` outlives it. A callback may close it, but not destroy it.
class SeedPoll {
 public:
  struct Options {
    Duration interval = std::chrono::seconds{30};         ///< Give or take a fifth.
    Duration interval_unfound = std::chrono::seconds{5};  ///< While nothing is found.
    std::size_t seeds_max = 16384;                        ///< What is beyond is dropped.
    std::uint64_t seed = 0;                               ///< For the jitter.
  };
  /// Sorted, each once: the latest good answer of every source. Called whenever answers came, even
  /// if they say the same as before, and with nothing in it if nothing was found.
  using Found = UniqueFunction<void(std::vector<Endpoint>)>;
  /// Called for every answer that failed or has a problem; it is up to the called to be brief.
  using Failed = UniqueFunction<void(std::string_view source, const Error& error)>;

  SeedPoll(UvLoop& loop, std::vector<std::unique_ptr<Discovery>> sources, const Options& options,
           Found found, Failed failed);

  /// Asks at once, then again and again. A source that has not answered yet is not asked again.
  void ask();
  /// Idempotent. No callback follows.
  void close();

 private:
  struct Source {
    std::unique_ptr<Discovery> discovery{};
    bool is_asked = false;
    std::vector<Endpoint> endpoints{};
  };
  void on_answer(Source& source, Result<std::vector<Endpoint>> answer);
  std::vector<Endpoint> merge() const;
  void report(std::vector<Endpoint> merged);
  void arm(bool is_anything_found);

  const Options options_;
  Found found_;
  Failed failed_;
  Random random_;
  bool is_asking_ = false;
  bool is_closed_ = false;
  UvTimer timer_;
  std::vector<Source> sources_;  // Last: no answer comes once they are destroyed.
};

}  // namespace gossamer
