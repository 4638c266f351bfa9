// What happens to the owners of the ledger: some are killed and their disks are lost, some stand
// still until they have been replaced, and wake up in the middle of their work.

#include <fmt/format.h>

#include <algorithm>

#include "demo.hpp"
#include "stale_writer.hpp"

namespace gossamer::demo {
namespace {

constexpr Milliseconds kTakeoverLimit{30'000};
constexpr Milliseconds kRestartAfter{2'000};
constexpr std::uint64_t kStaleWrites = 16;

}  // namespace

Result<void> Demo::let_things_happen(Writers& writers) {
  const std::size_t faults = std::max<std::size_t>(4, settings_.seconds / 6);
  std::vector<bool> is_pause(faults, false);
  std::fill_n(is_pause.begin(), std::max<std::size_t>(2, faults / 4), true);
  std::shuffle(is_pause.begin(), is_pause.end(), random_);
  const Time begun = now();
  const auto slot = Milliseconds{settings_.seconds * 1000} / faults;
  for (std::size_t i = 0; i < faults; ++i) {
    // At a random moment of its share of the time, or as soon as the one before has been overcome.
    const Milliseconds offset{
        static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(slot.count() / 3))};
    const Time due = begun + slot * static_cast<std::int64_t>(i) + offset;
    while (now() < due) listen(Milliseconds{20});
    if (auto done = is_pause[i] ? pause_owner(writers) : kill_owner(writers); !done) return done;
    audit();
  }
  while (now() < begun + Milliseconds{settings_.seconds * 1000}) listen(Milliseconds{50});
  return {};
}

Result<void> Demo::kill_owner(Writers& writers) {
  const auto owner = await_owner(writers);
  if (!owner) return tl::unexpected(owner.error());
  ChildNode& node = *nodes_[owner->node];
  dying_ = node.id();
  detected_.reset();
  const Time since = now();
  node.kill_and_wipe();
  ++killed_;
  if (cloud_) cloud_->terminate(machines_[owner->node]);
  story_.tell(fmt::format(
      "{}, owner of ledger/0 in epoch {}, is killed (SIGKILL), its data directory deleted",
      node.name(), owner->epoch));
  restarts_.push_back({owner->node, now() + kRestartAfter});
  const auto served = await_successor(writers, *owner, since);
  return served ? Result<void>{} : tl::unexpected(served.error());
}

Result<void> Demo::pause_owner(Writers& writers) {
  const auto owner = await_owner(writers);
  if (!owner) return tl::unexpected(owner.error());
  ChildNode& node = *nodes_[owner->node];
  auto stale = StaleWriter::connect(owner->endpoint, fmt::format("stale-{}", paused_));
  if (!stale) return pause_owner(writers);  // It has moved in this moment.
  const std::uint64_t refused_before = counter_of(node, "appends_refused");
  dying_ = node.id();
  detected_.reset();
  const Time since = now();
  node.pause();
  ++paused_;
  stale->write(kStaleWrites);
  story_.tell(
      fmt::format("{}, owner of ledger/0 in epoch {}, stands still (SIGSTOP), with {} writes on "
                  "their way to it",
                  node.name(), owner->epoch, kStaleWrites));
  const auto served = await_successor(writers, *owner, since);
  if (!served) return tl::unexpected(served.error());
  listen(Milliseconds{300});

  node.resume();
  const auto outcome = stale->collect(Milliseconds{5'000});
  stale_acknowledged_ += outcome.acknowledged;
  std::uint64_t refused = 0;
  // It finds out by its own append, or by gossip, whichever is first.
  for (const Time deadline = now() + Milliseconds{3'000}; refused == 0 && now() < deadline;) {
    listen(Milliseconds{50});
    const std::uint64_t counted = counter_of(node, "appends_refused");
    refused = counted > refused_before ? counted - refused_before : 0;
  }
  stale_refused_ += refused;
  story_.tell(
      fmt::format("{} goes on (SIGCONT): {} of its writes were refused, {} acknowledged; fencing "
                  "stopped it {} time(s)",
                  node.name(), outcome.refused, outcome.acknowledged, refused));
  return {};
}

Result<Time> Demo::await_successor(Writers& writers, const Owner& owner, Time since) {
  const Time deadline = since + kTakeoverLimit;
  while (writers.served().epoch <= owner.epoch && now() < deadline) listen(Milliseconds{10});
  const Writers::Served served = writers.served();
  if (served.epoch <= owner.epoch) {
    return tl::unexpected(broken(fmt::format("nobody took over from epoch {} within {} s",
                                             owner.epoch, kTakeoverLimit.count() / 1000)));
  }
  const double serving_ms = milliseconds_between(since, served.since);
  serving_again_ms_.add(serving_ms);
  std::string detection = "nobody said that it was down";
  if (detected_) {
    const double after_ms = milliseconds_between(since, *detected_);
    detected_ms_.add(after_ms);
    detection = fmt::format("{} knew after {:.0f} ms", detected_by_, after_ms);
  }
  dying_.clear();
  const auto successor = find_owner();
  story_.tell(fmt::format("{}; {} serves in epoch {} after {:.0f} ms", detection,
                          successor ? nodes_[successor->node]->name() : "somebody", served.epoch,
                          serving_ms));
  return served.since;
}

void Demo::restart_due() {
  for (auto at = restarts_.begin(); at != restarts_.end();) {
    if (now() < at->at) {
      ++at;
      continue;
    }
    ChildNode& node = *nodes_[at->node];
    if (cloud_) machines_[at->node] = cloud_->launch(ports_[at->node]);
    if (node.start()) {
      story_.tell(fmt::format("{} starts again, with nothing on its disk", node.name()));
    }
    at = restarts_.erase(at);
  }
}

}  // namespace gossamer::demo
