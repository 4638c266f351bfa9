// Where members are looked for, and what becomes of the answers: seeds for the driver, sightings
// for the witness.

#include <fmt/format.h>

#include <utility>

#include "discovery/discovery_url.hpp"
#include "node/shell.hpp"

namespace gossamer::node {

Result<void> Shell::open_discovery() {
  std::vector<std::unique_ptr<Discovery>> sources = std::move(options_.discovery);
  for (const std::string& url : options_.discovery_urls) {
    auto source = make_discovery(url, *workers_, *session_);
    if (!source) return tl::unexpected(source.error());
    sources.push_back(std::move(*source));
  }
  joins_ = std::make_unique<Joins>(
      uv_, id(), std::vector<Endpoint>{endpoint_, bound_},
      AddressRanges::parse(options_.allowed_peers).value_or(AddressRanges{}), !sources.empty());
  if (sources.empty()) return {};
  witness_.emplace(id());
  SeedPoll::Options poll;
  poll.seed = seed_;
  seed_poll_ = std::make_unique<SeedPoll>(
      uv_, std::move(sources), poll,
      [this](std::vector<Endpoint> seeds) { on_seeds(std::move(seeds)); },
      [this](std::string_view source, const Error& error) { on_discovery_failed(source, error); },
      [this](std::string_view source, std::vector<Sighting> sightings) {
        on_sighted(std::string{source}, std::move(sightings));
      });
  return {};
}

void Shell::on_seeds(std::vector<Endpoint> seeds) {
  seeds_found_ = seeds;
  joins_->on_seeds(seeds);
  if (driver_) driver_->on_seeds(std::move(seeds));
}

void Shell::on_discovery_failed(std::string_view source, const Error& error) {
  joins_->on_discovery_failed(error.detail);
  std::string& told = discovery_problems_[std::string{source}];
  if (std::exchange(told, error.detail) == error.detail) return;  // Asked for ever; told once.
  log(LogLevel::warning, fmt::format("discovery {}: {}", source, error.detail));
}

void Shell::on_sighted(const std::string& source, std::vector<Sighting> sightings) {
  if (sightings.empty()) {
    sightings_.erase(source);
    return;
  }
  sightings_[source] = std::move(sightings);
  if (!driver_) return;
  const Witness::Findings findings =
      witness_->compare(source, sightings_[source], seeds_found_, driver_->members());
  for (const DiscoveryDifference& difference : findings.differences) on_event(difference);
  if (findings.gone.empty()) return;
  driver_->on_gone(findings.gone);
  wakeups_->refresh();
}

}  // namespace gossamer::node
