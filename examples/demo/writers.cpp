#include "writers.hpp"

#include <fmt/format.h>

#include <numeric>

namespace gossamer::demo {
namespace {

// Longer than any takeover: a write that is given up would be one whose fate the demo cannot tell.
constexpr Milliseconds kWriteTimeout{60'000};

}  // namespace

Writers::Writers(std::vector<std::string> admin_sockets, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) tallies_.push_back({fmt::format("counter-{}", i), 0, 0});
  for (std::size_t i = 0; i < count; ++i) {
    // Each begins with another node, so that no node's view is everybody's.
    std::vector<std::string> sockets = admin_sockets;
    std::rotate(sockets.begin(), sockets.begin() + static_cast<std::ptrdiff_t>(i % sockets.size()),
                sockets.end());
    threads_.emplace_back([this, i, sockets] { write(i, sockets); });
  }
}

void Writers::write(std::size_t number, const std::vector<std::string>& admin_sockets) {
  ledger::LedgerClient::Options options;
  options.admin_sockets = admin_sockets;
  options.client = fmt::format("writer-{}", number);
  ledger::LedgerClient client{options};
  const std::string key = fmt::format("counter-{}", number);
  std::uint64_t counted_retries = 0;
  while (!is_stopped_) {
    const auto reply = client.add(key, 1, Durability::frozen, kWriteTimeout);
    retries_ += client.retries() - std::exchange(counted_retries, client.retries());
    const std::lock_guard lock{mutex_};
    Tally& tally = tallies_[number];
    if (!reply) {
      ++tally.unknown;
      continue;
    }
    ++tally.acknowledged;
    if (reply->epoch > served_.epoch) served_ = {reply->epoch, now()};
  }
}

void Writers::stop() {
  is_stopped_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Writers::Served Writers::served() const {
  const std::lock_guard lock{mutex_};
  return served_;
}

std::vector<Writers::Tally> Writers::tallies() const {
  const std::lock_guard lock{mutex_};
  return tallies_;
}

std::uint64_t Writers::acknowledged() const {
  const auto all = tallies();
  return std::accumulate(
      all.begin(), all.end(), std::uint64_t{0},
      [](std::uint64_t sum, const Tally& tally) { return sum + tally.acknowledged; });
}

}  // namespace gossamer::demo
