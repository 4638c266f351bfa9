// This machine is to be taken away: what is here is frozen, then the node goes politely, by itself.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "node/shell.hpp"

namespace gossamer::node {
namespace {

using std::chrono::milliseconds;

// EC2 gives two minutes. Of those, some are over when we hear of it.
constexpr milliseconds kTimeUnsaid{90'000};
constexpr milliseconds kTimeLeast{2'000};
constexpr milliseconds kGoodbyeMost{20'000};

TerminationNotice event_of(const aws::TerminationNotice& notice) {
  TerminationNotice event;
  switch (notice.kind) {
    case aws::TerminationNotice::Kind::spot_terminate:
      event.kind = TerminationNotice::Kind::spot_terminate;
      break;
    case aws::TerminationNotice::Kind::spot_stop:
      event.kind = TerminationNotice::Kind::spot_stop;
      break;
    case aws::TerminationNotice::Kind::spot_hibernate:
      event.kind = TerminationNotice::Kind::spot_hibernate;
      break;
    case aws::TerminationNotice::Kind::rebalance:
      event.kind = TerminationNotice::Kind::rebalance;
      break;
  }
  if (notice.at) event.at_unix_s = notice.at->time_since_epoch().count();
  return event;
}

}  // namespace

Result<void> Shell::open_termination_watch() {
  if (!options_.watches_termination) return {};
  auto metadata = session_->metadata();
  if (!metadata) return tl::unexpected(metadata.error());
  termination_watch_ = std::make_unique<aws::TerminationWatch>(
      uv_, **metadata, aws::TerminationWatch::Options{},
      [this](const aws::TerminationNotice& notice) { on_termination_notice(notice); },
      [this](const Error& error) {
        log(LogLevel::warning, fmt::format("termination notices: {}", error.detail));
      });
  termination_watch_->start();
  return {};
}

void Shell::on_termination_notice(const aws::TerminationNotice& notice) {
  on_event(event_of(notice));
  if (notice.kind == aws::TerminationNotice::Kind::rebalance) return;
  milliseconds left = kTimeUnsaid;
  if (notice.at) left = *notice.at - aws::system_wall_time();
  depart(std::clamp(left, kTimeLeast, kTimeUnsaid));
}

// A freeze is not needed for safety, since what is written is shipped by the goodbye. It spares the
// heirs the replay of a long journal, so it gets half of the time; units keep serving meanwhile.
void Shell::depart(milliseconds time_left) {
  if (stage_ == Stage::closing || stage_ == Stage::closed || is_leaving_ || departure_) return;
  departure_ = std::make_unique<Departure>(uv_, [this] { end_departure(); });
  departure_->goodbye = std::min(time_left / 2, kGoodbyeMost);
  if (stage_ != Stage::begun) return end_departure();
  driver_->stop_claiming();
  const std::vector<UnitId> units = driver_->owned_units();
  departure_->owed = units.size();
  departure_->timer.arm(units.empty() ? Duration{0} : Duration{time_left / 2});
  for (const UnitId& unit : units) {
    driver_->freeze(unit, callbacks_->answering<Sequence>([weak = weak_from_this(),
                                                           unit](const Result<Sequence>& frozen) {
      const auto self = weak.lock();
      if (self == nullptr || !self->departure_) return;
      if (!frozen) {
        self->log(LogLevel::warning, fmt::format("{} is left with its journal unfrozen: {}",
                                                 to_string(unit), frozen.error().detail));
      }
      if (--self->departure_->owed == 0) self->end_departure();
    }));
  }
  wakeups_->refresh();
}

void Shell::end_departure() {
  if (is_leaving_) return;
  const milliseconds goodbye = departure_->goodbye;
  departure_->timer.close();
  leave(goodbye, [](const Result<void>&) {});
}

}  // namespace gossamer::node
