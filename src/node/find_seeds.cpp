// Discovery without a node: to see what a URL finds before anything depends on it.

#include "gossamer/find_seeds.hpp"

#include <fmt/format.h>

#include <memory>

#include "discovery/discovery_url.hpp"
#include "node/own_loop.hpp"
#include "node/timeout.hpp"

namespace gossamer {

Result<std::vector<SeedAnswer>> find_seeds(const std::vector<std::string>& discovery_urls,
                                           std::chrono::milliseconds timeout,
                                           const AwsOptions& aws) {
  timeout = node::within_a_day(timeout);
  const auto own = node::OwnLoop::open(aws);
  if (!own) return tl::unexpected(own.error());
  std::vector<SeedAnswer> answers;
  std::vector<std::unique_ptr<Discovery>> sources;
  for (const std::string& url : discovery_urls) {
    auto source = make_discovery(url, (*own)->workers(), (*own)->session());
    if (!source) return tl::unexpected(source.error());
    sources.push_back(std::move(*source));
    SeedAnswer& answer = answers.emplace_back();
    answer.source = url;
    answer.seeds = fail(ErrorCode::timed_out,
                        fmt::format("{} did not answer within {} ms", url, timeout.count()));
  }
  std::size_t owed = sources.size();
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i]->find_peers([&answers, &owed, i](Result<std::vector<Endpoint>> found) {
      answers[i].seeds = std::move(found);
      --owed;
    });
  }
  (*own)->run_until([&] { return owed == 0; }, timeout);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!answers[i].seeds) continue;
    answers[i].sightings = sources[i]->sightings();
    answers[i].problem = sources[i]->problem();
  }
  return answers;
}

}  // namespace gossamer
