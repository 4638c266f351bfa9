#pragma once

#include <uv.h>

#include <chrono>
#include <functional>
#include <memory>

#include "aws/session.hpp"
#include "gossamer/aws_options.hpp"
#include "gossamer/result.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::node {

/// A loop with workers and a session, for a question that is asked without a node and waited for.
///
/// **Threads**: one. **Lifetime**: whatever uses it goes before it; the destructor runs the loop
/// until libuv has closed everything.
class OwnLoop {
 public:
  static Result<std::unique_ptr<OwnLoop>> open(const AwsOptions& aws);
  ~OwnLoop();
  OwnLoop(const OwnLoop&) = delete;
  OwnLoop& operator=(const OwnLoop&) = delete;

  UvLoop& loop() { return *loop_; }
  UvWorkers& workers() { return *workers_; }
  aws::Session& session() { return *session_; }
  /// False if it is not over by then.
  bool run_until(const std::function<bool()>& is_over, std::chrono::milliseconds timeout);

 private:
  OwnLoop() = default;

  uv_loop_t uv_{};
  std::unique_ptr<UvLoop> loop_;
  std::unique_ptr<UvWorkers> workers_;
  std::unique_ptr<aws::Session> session_;
};

}  // namespace gossamer::node
