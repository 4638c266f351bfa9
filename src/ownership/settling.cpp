// What follows from the facts of a unit: look, wait, ask, claim, or leave it alone.

#include "ownership/settling.hpp"

#include <algorithm>

#include "ownership/ranking.hpp"

namespace gossamer::ownership {
namespace {

constexpr std::size_t kObservesParallelMax = 64;
/// Orders are answered; should one be lost after all, it is given again after this.
constexpr Duration kObserveTime = std::chrono::seconds{30};
/// A user who has not answered for so long has said no.
constexpr Duration kAskTime = std::chrono::seconds{10};
/// How long a node that sees nobody gives membership to find the others.
constexpr Duration kAloneTime = std::chrono::seconds{2};

}  // namespace

Settling::Settling(Ownership::Options options, NodeId self)
    : options_{options},
      self_{self},
      history_{options.hesitation},
      observes_{kObservesParallelMax},
      claims_{std::max<std::size_t>(options.claims_parallel_max, 1)} {}

UnitWatch* Settling::find(const UnitId& unit) {
  const auto at = watches_.find(unit);
  return at == watches_.end() ? nullptr : &at->second;
}

UnitWatch* Settling::watch(const UnitId& unit, bool is_wanted) {
  if (UnitWatch* const held = find(unit)) return held;
  if (watches_.size() >= options_.units_max) {
    if (!is_wanted || unwanted_.empty()) return nullptr;
    const UnitId given_up = *unwanted_.begin();
    forget_owner(given_up, watches_[given_up]);
    rest(given_up, watches_[given_up]);
    unwanted_.erase(given_up);
    watches_.erase(given_up);
  }
  if (!is_wanted) unwanted_.insert(unit);
  return &watches_[unit];
}

void Settling::step(Instant now, const UnitId& unit, UnitWatch& watch, Outbox& outbox) {
  wakeups_.clear(unit);
  if (watch.is_claiming) return;
  if (is_stopped_ || !watch.is_wanted || watch.is_mine || watch.is_withdrawn()) {
    rest(unit, watch);
    return;
  }
  const std::optional<VacancyCause> cause = vacancy_cause(watch, members_, self_, now);
  std::optional<Instant> wake;
  if (!cause) {
    rest(unit, watch);
    if (!watch.is_published()) wake = watch.learned_at + watch.start_timeout;
  } else {
    if (!watch.vacancy) {
      watch.vacancy = Vacancy{};
      watch.vacancy->since = now;
    }
    unsettled_.insert(unit);
    wake = pursue(now, unit, watch, *cause, outbox);
  }
  if (wake) wakeups_.set(unit, std::max(*wake, now + std::chrono::milliseconds{1}));
}

void Settling::rest(const UnitId& unit, UnitWatch& watch) {
  watch.vacancy.reset();
  watch.observing_since.reset();
  watch.asking_since.reset();
  wakeups_.clear(unit);
  unsettled_.erase(unit);
  observes_.leave(unit);
  if (!watch.is_claiming) claims_.leave(unit);
}

std::optional<Duration> Settling::turn_of(const UnitId& unit, UnitWatch& watch, VacancyCause cause,
                                          bool is_exact) {
  const NodeId excluded = cause == VacancyCause::overdue ? watch.owner : NodeId{};
  const bool is_same_question = watch.rank.has_value() && watch.rank_excluded == excluded;
  const bool is_good = is_exact ? watch.rank_view == views_ : watch.rank_losses == losses_;
  if (!is_same_question || !is_good) {
    watch.rank = rank_of(unit, members_, self_, excluded);
    watch.rank_excluded = excluded;
    watch.rank_view = views_;
    watch.rank_losses = losses_;
  }
  if (!watch.rank) return std::nullopt;
  return static_cast<Duration::rep>(*watch.rank) * options_.rank_step;
}

std::optional<Instant> Settling::pursue(Instant now, const UnitId& unit, UnitWatch& watch,
                                        VacancyCause cause, Outbox& outbox) {
  for (const bool is_exact : {false, true}) {
    const std::optional<Duration> turn = turn_of(unit, watch, cause, is_exact);
    if (!turn) return std::nullopt;  // Not a live member: the next view tells.
    if (!watch.vacancy->is_tip_fresh) {
      const Instant at = observe_at(watch, *turn);
      if (now < at) return at;
    } else {
      const Instant at = std::max(claims_open_at(watch, cause) + *turn, watch.claim_rest);
      if (now < at) return at;
    }
  }
  if (!watch.vacancy->is_tip_fresh) return look(now, unit, watch, outbox);
  if (const auto later = wait_for_company(now, watch)) return later;
  return ask_or_claim(now, unit, watch, outbox);
}

std::optional<Instant> Settling::look(Instant now, const UnitId& unit, UnitWatch& watch,
                                      Outbox& outbox) {
  if (watch.observing_since) {
    if (now < *watch.observing_since + kObserveTime) return *watch.observing_since + kObserveTime;
    outbox.push_back(gossip::Trace{"ownership: an observation was never answered"});
    fail_observation(now, unit, watch);
    return watch.observe_rest;
  }
  if (!observes_.enter(unit, watch.vacancy->since)) return std::nullopt;
  watch.observing_since = now;
  outbox.push_back(Observe{unit});
  return now + kObserveTime;
}

std::optional<Instant> Settling::wait_for_company(Instant now, UnitWatch& watch) {
  if (members_.size() <= 1 && now < *started_at_ + kAloneTime) return *started_at_ + kAloneTime;
  if (!history_.is_minority(now, members_)) return std::nullopt;
  Vacancy& vacancy = *watch.vacancy;
  if (!vacancy.hesitating_since) vacancy.hesitating_since = now;
  const Instant until = *vacancy.hesitating_since + options_.hesitation;
  return now < until ? std::optional{until} : std::nullopt;
}

std::optional<Instant> Settling::ask_or_claim(Instant now, const UnitId& unit, UnitWatch& watch,
                                              Outbox& outbox) {
  if (watch.asking_since) {
    if (now < *watch.asking_since + kAskTime) return *watch.asking_since + kAskTime;
    outbox.push_back(gossip::Trace{"ownership: the user never said whether it may take a unit"});
    watch.asking_since.reset();
    claims_.leave(unit);
    watch.claim_rest = now + kAskTime;
    return watch.claim_rest;
  }
  if (!claims_.enter(unit, watch.vacancy->since)) return std::nullopt;
  if (!watch.vacancy->may_take) {
    watch.asking_since = now;
    outbox.push_back(AskMayTake{unit, watch.epoch, watch.owner});
    return now + kAskTime;
  }
  watch.vacancy->may_take = false;
  watch.vacancy->is_tip_fresh = false;
  watch.is_claiming = true;
  watch.claimed_version = watch.spec_version;
  outbox.push_back(Claim{unit, watch.spec_version, watch.vacancy->tip});
  return std::nullopt;
}

void Settling::admit(Instant now, Outbox& outbox) {
  // Each one called either takes the free place or wants it no more, so this ends.
  while (true) {
    std::optional<UnitId> unit = observes_.call_next();
    if (!unit) unit = claims_.call_next();
    if (!unit) return;
    step(now, *unit, watches_.at(*unit), outbox);
  }
}

void Settling::on_deadline(Instant now, Outbox& outbox) {
  begin(now);
  // Steps set wake-ups in the future only.
  while (const auto unit = wakeups_.take_due(now)) step(now, *unit, watches_.at(*unit), outbox);
  admit(now, outbox);
}

void Settling::stop_claiming() {
  is_stopped_ = true;
  for (auto& [unit, watch] : watches_) rest(unit, watch);
  wakeups_.clear_all();
}

void Settling::on_stall(Instant now, Duration gap) {
  if (gap <= Duration::zero()) return;
  const auto shift = [gap](std::optional<Instant>& at) {
    if (at) *at = *at + gap;
  };
  shift(started_at_);
  history_.shift(gap);
  wakeups_.shift(gap);
  for (auto& [unit, watch] : watches_) {
    watch.learned_at = watch.learned_at + gap;
    watch.observe_rest = watch.observe_rest + gap;
    watch.claim_rest = watch.claim_rest + gap;
    shift(watch.asking_since);
    // Whatever was seen before the stall is old: nothing is claimed on it.
    watch.observing_since.reset();
    observes_.leave(unit);
    if (!watch.vacancy) continue;
    watch.vacancy->since = watch.vacancy->since + gap;
    shift(watch.vacancy->hesitating_since);
    watch.vacancy->is_tip_fresh = false;
    watch.vacancy->may_take = false;
    if (!watch.is_claiming && !is_stopped_) wakeups_.set(unit, now);
  }
}

}  // namespace gossamer::ownership
