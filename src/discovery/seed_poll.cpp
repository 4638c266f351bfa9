#include "discovery/seed_poll.hpp"

#include <algorithm>
#include <utility>

namespace gossamer {

SeedPoll::SeedPoll(UvLoop& loop, std::vector<std::unique_ptr<Discovery>> sources,
                   const Options& options, Found found, Failed failed)
    : options_(options),
      found_(std::move(found)),
      failed_(std::move(failed)),
      random_(options.seed),
      timer_(loop, [this] { ask(); }) {
  for (std::unique_ptr<Discovery>& source : sources) sources_.push_back({std::move(source)});
}

void SeedPoll::ask() {
  if (is_closed_ || is_asking_) return;
  // Sources that answer at once are reported together.
  is_asking_ = true;
  bool has_answer = false;
  for (Source& source : sources_) {
    if (is_closed_) break;
    if (source.is_asked) continue;
    source.is_asked = true;
    source.discovery->find_peers([this, &source](Result<std::vector<Endpoint>> answer) {
      on_answer(source, std::move(answer));
    });
    has_answer = has_answer || !source.is_asked;
  }
  is_asking_ = false;
  if (is_closed_) return;
  std::vector<Endpoint> merged = merge();
  arm(!merged.empty());
  if (has_answer) found_(std::move(merged));
}

void SeedPoll::on_answer(Source& source, Result<std::vector<Endpoint>> answer) {
  if (is_closed_ || !source.is_asked) return;
  source.is_asked = false;
  std::optional<Error> problem;
  if (answer) {
    source.endpoints = std::move(*answer);
    problem = source.discovery->problem();
  } else {
    // What it said before is kept: seeds are hints, and an old hint beats none.
    problem = std::move(answer.error());
  }
  if (problem) failed_(source.discovery->name(), *problem);
  if (is_closed_ || is_asking_) return;
  std::vector<Endpoint> merged = merge();
  arm(!merged.empty());
  found_(std::move(merged));
}

std::vector<Endpoint> SeedPoll::merge() const {
  std::vector<Endpoint> merged;
  for (const Source& source : sources_) {
    merged.insert(merged.end(), source.endpoints.begin(), source.endpoints.end());
  }
  std::sort(merged.begin(), merged.end());
  merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
  if (merged.size() > options_.seeds_max) merged.resize(options_.seeds_max);
  return merged;
}

void SeedPoll::arm(bool is_anything_found) {
  const Duration interval = is_anything_found ? options_.interval : options_.interval_unfound;
  const std::int64_t jitter = interval.count() / 5;
  timer_.arm(interval + Duration{random_.between(-jitter, jitter)});
}

void SeedPoll::close() {
  is_closed_ = true;
  timer_.close();
}

}  // namespace gossamer
