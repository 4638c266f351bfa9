#pragma once

#include <chrono>
#include <memory>

#include "aws/instance_metadata.hpp"
#include "gossamer/error.hpp"
#include "gossamer/unique_function.hpp"
#include "transport/uv_loop.hpp"

namespace gossamer::aws {

/// Asks the machine again and again whether it is to be taken away.
///
/// Where the service has never answered it is asked less and less often, down to once a minute:
/// this machine is likely not in EC2.
///
/// **Threads**: the loop thread only. **Lifetime**: `metadata` outlives it. The callbacks may close
/// or destroy it; none runs after that.
class TerminationWatch {
 public:
  struct Options {
    std::chrono::milliseconds interval{5'000};  ///< Spot notices come two minutes ahead.
    std::chrono::milliseconds interval_absent_max{60'000};
  };
  /// Once for each new notice: a repeated one is told once, one with another time or kind again.
  using Noticed = UniqueFunction<void(const TerminationNotice&)>;
  /// Once for each stretch without an answer.
  using Failed = UniqueFunction<void(const Error&)>;

  TerminationWatch(UvLoop& loop, InstanceMetadata& metadata, Options options, Noticed noticed,
                   Failed failed);
  ~TerminationWatch();

  void start();  ///< Idempotent. The first question goes out at once.
  void close();  ///< Idempotent.

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gossamer::aws
