#include "node/own_loop.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/assert.hpp"
#include "node/private_file.hpp"
#include "transport/uv_handle.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::node {

Result<std::unique_ptr<OwnLoop>> OwnLoop::open(const AwsOptions& aws) {
  std::unique_ptr<OwnLoop> own{new OwnLoop};
  if (const int rc = uv_loop_init(&own->uv_); rc != 0) {
    return fail(ErrorCode::io, fmt::format("cannot make a loop: {}", uv_strerror(rc)));
  }
  own->loop_ = std::make_unique<UvLoop>(&own->uv_);
  auto workers = UvWorkers::open(*own->loop_, 2);
  if (!workers) return tl::unexpected(workers.error());
  own->workers_ = std::move(*workers);
  std::uint64_t seed = 0;
  const Bytes drawn = draw_random_bytes(sizeof(seed));
  std::memcpy(&seed, drawn.data(), sizeof(seed));
  own->session_ = std::make_unique<aws::Session>(*own->loop_, *own->workers_, aws, seed);
  return own;
}

OwnLoop::~OwnLoop() {
  if (loop_ == nullptr) return;
  session_.reset();
  workers_.reset();
  uv_run(&uv_, UV_RUN_DEFAULT);
  loop_.reset();
  const int closed = uv_loop_close(&uv_);
  GOSSAMER_ASSERT(closed == 0);
}

bool OwnLoop::run_until(const std::function<bool()>& is_over, std::chrono::milliseconds timeout) {
  bool is_late = false;
  UvTimer timer{*loop_, [&is_late] { is_late = true; }};
  timer.arm(timeout);
  // A turn runs timers and then sleeps: if a timer has brought the answer, it must not.
  using Watch = UvHandle<uv_prepare_t, std::function<bool()>>;
  Watch before_sleep;
  const int opened = before_sleep.open(
      *loop_, [&] { return is_late || is_over(); }, uv_prepare_init);
  GOSSAMER_ASSERT(opened == 0);
  uv_prepare_start(before_sleep.get(), [](uv_prepare_t* watch) {
    if (Watch::state_of(watch)()) uv_stop(watch->loop);
  });
  while (!is_over() && !is_late) uv_run(&uv_, UV_RUN_ONCE);
  return is_over();
}

}  // namespace gossamer::node
