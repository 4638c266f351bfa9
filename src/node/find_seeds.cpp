// Discovery without a node: to see what a URL finds before anything depends on it.

#include "gossamer/find_seeds.hpp"

#include <fmt/format.h>
#include <uv.h>

#include <memory>

#include "base/assert.hpp"
#include "discovery/discovery_url.hpp"
#include "node/timeout.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_timer.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer {
namespace {

/// Runs until everybody has answered or it is too late. Everything is closed when this returns, but
/// not yet freed by libuv.
Result<std::vector<SeedAnswer>> ask_all(UvLoop& loop, const std::vector<std::string>& urls,
                                        std::chrono::milliseconds timeout) {
  auto workers = UvWorkers::open(loop, 1);
  if (!workers) return tl::unexpected(workers.error());
  std::vector<std::unique_ptr<Discovery>> sources;
  std::vector<SeedAnswer> answers;
  for (const std::string& url : urls) {
    auto source = make_discovery(url, **workers);
    if (!source) return tl::unexpected(source.error());
    sources.push_back(std::move(*source));
    answers.push_back({url, fail(ErrorCode::timed_out, fmt::format("{} did not answer within {} ms",
                                                                   url, timeout.count()))});
  }
  bool is_late = false;
  UvTimer timer{loop, [&is_late] { is_late = true; }};
  timer.arm(timeout);
  std::size_t owed = sources.size();
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i]->find_peers([&answers, &owed, i](Result<std::vector<Endpoint>> found) {
      answers[i].seeds = std::move(found);
      --owed;
    });
  }
  while (owed > 0 && !is_late) uv_run(loop.get(), UV_RUN_ONCE);
  return answers;
}

}  // namespace

Result<std::vector<SeedAnswer>> find_seeds(const std::vector<std::string>& discovery_urls,
                                           std::chrono::milliseconds timeout) {
  uv_loop_t uv;
  if (const int rc = uv_loop_init(&uv); rc != 0) {
    return fail(ErrorCode::io, fmt::format("cannot make a loop: {}", uv_strerror(rc)));
  }
  UvLoop loop{&uv};
  auto answers = ask_all(loop, discovery_urls, node::within_a_day(timeout));
  uv_run(&uv, UV_RUN_DEFAULT);
  const int closed = uv_loop_close(&uv);
  GOSSAMER_ASSERT(closed == 0);
  return answers;
}

}  // namespace gossamer
