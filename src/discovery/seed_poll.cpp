#include "discovery/seed_poll.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace gossamer {

SeedPoll::SeedPoll(UvLoop& loop, std::vector<std::unique_ptr<Discovery>> sources,
                   const Options& options, Found found, Failed failed, Sighted sighted)
    : options_(options),
      found_(std::move(found)),
      failed_(std::move(failed)),
      sighted_(std::move(sighted)),
      random_(options.seed),
      timer_(loop, [this] { on_due(); }) {
  for (std::unique_ptr<Discovery>& source : sources) sources_.push_back({std::move(source)});
}

void SeedPoll::ask() {
  ask_all_due(true);
}

void SeedPoll::on_due() {
  const Instant now = clock_.now();
  for (Source& source : sources_) put_off_if_company(source, now);
  ask_all_due(false);
}

/// A whole fleet boots at once, and its first few find each other: then the others join by them,
/// and need not ask soon, nor all in the same minute later.
void SeedPoll::put_off_if_company(Source& source, Instant now) {
  if (!has_company_ || source.was_asked || !source.is_scheduled || source.due > now) return;
  const Discovery::Pace pace = source.discovery->pace();
  if (pace.first_within.count() == 0) return;
  constexpr std::size_t kMembersMax = 1'000'000;
  const Duration needed =
      std::max<Duration>(pace.interval, std::chrono::seconds{std::min(members_, kMembersMax)});
  if (now - source.waits_since >= needed) return;
  source.due = source.waits_since + needed + Duration{random_.between(0, needed.count() / 2)};
}

void SeedPoll::ask_all_due(bool is_at_once) {
  if (is_closed_ || is_asking_) return;
  // Sources that answer at once are reported together.
  is_asking_ = true;
  bool has_answer = false;
  const Instant now = clock_.now();
  for (Source& source : sources_) {
    if (is_closed_) break;
    if (source.is_asked) continue;
    if (is_at_once && source.discovery->pace().first_within.count() > 0) {
      if (source.is_scheduled) continue;
      source.waits_since = now;
      schedule(source, first_pause(source));
      continue;
    }
    if (!is_at_once && !(source.is_scheduled && source.due <= now)) continue;
    source.is_asked = source.was_asked = true;
    source.is_scheduled = false;
    source.discovery->find_peers([this, &source](Result<std::vector<Endpoint>> answer) {
      on_answer(source, std::move(answer));
    });
    has_answer = has_answer || !source.is_asked;
  }
  is_asking_ = false;
  if (is_closed_) return;
  arm();
  if (has_answer) found_(merge());
}

void SeedPoll::on_answer(Source& source, Result<std::vector<Endpoint>> answer) {
  if (is_closed_ || !source.is_asked) return;
  source.is_asked = false;
  const bool is_good = answer.has_value();
  std::optional<Error> problem;
  if (is_good) {
    source.endpoints = std::move(*answer);
    problem = source.discovery->problem();
  } else {
    // What it said before is kept: seeds are hints, and an old hint beats none.
    problem = std::move(answer.error());
  }
  source.problem = problem;
  schedule(source, pause_after(source));
  if (problem) failed_(source.discovery->name(), *problem);
  if (is_good && sighted_ && !is_closed_) {
    sighted_(source.discovery->name(), source.discovery->sightings());
  }
  if (is_closed_ || is_asking_) return;
  arm();
  found_(merge());
}

void SeedPoll::on_company(bool has_company, std::size_t members) {
  members_ = members;
  if (is_closed_ || std::exchange(has_company_, has_company) == has_company || has_company) return;
  // Alone again: what could wait for company cannot wait now.
  for (Source& source : sources_) {
    if (!source.is_scheduled) continue;
    const bool is_first = !source.was_asked;
    if (!is_first && !source.endpoints.empty()) continue;
    const Instant due = source.due;
    schedule(source, is_first ? first_pause(source) : pause(source, true));
    source.due = std::min(source.due, due);
  }
  if (!is_asking_) arm();
}

/// One of each source in turn, so that none that lists very many crowds out the others.
std::vector<Endpoint> SeedPoll::merge() const {
  std::set<Endpoint> merged;
  bool goes_on = true;
  for (std::size_t i = 0; goes_on; ++i) {
    goes_on = false;
    for (const Source& source : sources_) {
      if (i >= source.endpoints.size() || merged.size() == options_.seeds_max) continue;
      merged.insert(source.endpoints[i]);
      goes_on = true;
    }
  }
  return {merged.begin(), merged.end()};
}

std::vector<SeedPoll::Problem> SeedPoll::problems() const {
  std::vector<Problem> all;
  for (const Source& source : sources_) {
    if (source.problem) all.push_back({std::string{source.discovery->name()}, *source.problem});
  }
  return all;
}

void SeedPoll::schedule(Source& source, Duration in) {
  source.is_scheduled = true;
  source.due = clock_.now() + in;
}

Duration SeedPoll::pause_after(const Source& source) {
  return pause(source, source.endpoints.empty() && !has_company_);
}

Duration SeedPoll::pause(const Source& source, bool is_unfound) {
  const Discovery::Pace pace = source.discovery->pace();
  if (pace == Discovery::Pace{}) {
    const Duration interval = is_unfound ? options_.interval_unfound : options_.interval;
    const std::int64_t fifth = interval.count() / 5;
    return interval + Duration{random_.between(-fifth, fifth)};
  }
  const Duration interval = is_unfound ? pace.interval_unfound : pace.interval;
  return interval + Duration{random_.between(0, interval.count() / 2)};
}

Duration SeedPoll::first_pause(const Source& source) {
  return Duration{random_.between(0, Duration{source.discovery->pace().first_within}.count())};
}

void SeedPoll::arm() {
  std::optional<Instant> next;
  for (const Source& source : sources_) {
    if (source.is_scheduled && (!next || source.due < *next)) next = source.due;
  }
  if (next) {
    timer_.arm(*next - clock_.now());
  } else {
    timer_.disarm();
  }
}

void SeedPoll::close() {
  is_closed_ = true;
  timer_.close();
}

}  // namespace gossamer
