#include "sim/detection_observer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::sim {
namespace {

enum Kind : std::uint64_t { sent = 1, held_live, held_down };

}  // namespace

DetectionObserver::DetectionObserver(const EventQueue& queue, std::uint32_t nodes)
    : queue_(queue), hosts_(nodes) {}

void DetectionObserver::on_running(HostIndex host, const NodeId& id) {
  note_running_time();
  const auto [at, is_new] = subject_of_.try_emplace(id, subjects_.size());
  if (is_new) subjects_.emplace_back();
  subjects_[at->second] = Subject{host};
  Host& here = hosts_[host];
  here.subject = at->second;
  here.seen = {};
  here.holds_live.clear();
  here.too_many_since.reset();
  ++running_;
}

void DetectionObserver::on_ended(HostIndex host, bool is_crash) {
  note_running_time();
  Host& here = hosts_[host];
  Subject& subject = subjects_[*here.subject];
  subject.is_running = false;
  subject.has_crashed = is_crash;
  subject.died = queue_.now();
  here.subject.reset();
  here.seen = {};
  here.holds_live.clear();
  --running_;
}

void DetectionObserver::begin_split(std::vector<bool> sides) {
  sides_ = std::move(sides);
  split_at_ = queue_.now();
  is_aware_.assign(hosts_.size(), std::vector<bool>(subjects_.size(), false));
}

void DetectionObserver::on_sent(HostIndex from, ByteView bytes, bool by_stream) {
  fingerprint_.add(queue_.now(), Kind::sent, from);
  fingerprint_.add(bytes.size());
  if (by_stream) {
    ++traffic_.frames;
  } else {
    ++traffic_.datagrams;
    traffic_.bytes += bytes.size();
  }
}

void DetectionObserver::on_event(HostIndex host, const Event& event) {
  if (!is_counting_ || !std::holds_alternative<MembersDown>(event)) return;
  ++hosts_[host].down_events;
}

void DetectionObserver::look(HostIndex host, const MemberView& view) {
  Host& here = hosts_[host];
  if (!here.subject || view.is_same_as(here.seen)) return;
  const MemberView before = std::exchange(here.seen, view);
  for_each_change(before, view, [&](const Member* was, const Member* is) {
    if (is == nullptr) {
      Member gone = *was;
      gone.state = MemberState::left;
      changed(host, gone, was);
    } else if (was == nullptr || was->state != is->state) {
      changed(host, *is, was);
    }
  });
  count_live(here, view.live_count());
}

void DetectionObserver::changed(HostIndex observer, const Member& member, const Member* before) {
  const auto known = subject_of_.find(member.id);
  if (known == subject_of_.end()) return;
  const std::size_t number = known->second;
  const Subject& subject = subjects_[number];
  Host& here = hosts_[observer];
  if (member.state == MemberState::suspect && is_counting_ && subject.is_running &&
      !hosts_[subject.host].is_afflicted) {
    ++figures_.suspicions;
  }
  const bool was_live = before != nullptr && before->is_live();
  if (member.is_live() == was_live) return;
  if (here.holds_live.size() <= number) here.holds_live.resize(subjects_.size());
  here.holds_live[number] = member.is_live();
  last_change_ = queue_.now();
  note(member.is_live() ? Kind::held_live : Kind::held_down, observer, number);
  if (is_counting_ && hosts_[subject.host].is_afflicted && !here.is_afflicted) {
    const std::uint64_t count = ++changes_[{observer, number}];
    ++figures_.state_changes;
    figures_.state_changes_max = std::max(figures_.state_changes_max, count);
  }
  if (member.state == MemberState::down) went_down(observer, number);
}

void DetectionObserver::went_down(HostIndex observer, std::size_t number) {
  Subject& subject = subjects_[number];
  Host& accused = hosts_[subject.host];
  const bool is_healthy_observer = !hosts_[observer].is_afflicted;
  if (!subject.is_running) {
    if (!subject.has_crashed || !is_counting_) return;
    const Duration after = queue_.now() - subject.died;
    if (!std::exchange(subject.is_missed, true)) figures_.first_down.add(after);
    if (is_healthy_observer) figures_.each_down.add(after);
    return;
  }
  if (!sides_.empty() && sides_[observer] != sides_[subject.host]) {
    if (is_aware_[observer].size() <= number) is_aware_[observer].resize(subjects_.size());
    if (!is_aware_[observer][number]) figures_.pair_down.add(queue_.now() - split_at_);
    is_aware_[observer][number] = true;
    return;
  }
  if (!is_counting_) return;
  if (accused.is_afflicted) {
    ++figures_.afflicted_downs;
    ++accused.false_downs;
    return;
  }
  ++figures_.false_downs;
  if (is_healthy_observer) ++figures_.false_downs_at_healthy;
  if (accused.false_downs++ == 0) ++figures_.victims;
  last_false_down_ = fmt::format("n{} held n{} down, which ran", observer, subject.host);
}

void DetectionObserver::count_live(Host& host, std::size_t live) {
  const std::uint64_t most = hosts_.size();
  if (live > most) {
    figures_.live_excess_max = std::max<std::uint64_t>(figures_.live_excess_max, live - most);
    if (!host.too_many_since) host.too_many_since = queue_.now();
  } else if (host.too_many_since) {
    figures_.live_excess.add(queue_.now() - *std::exchange(host.too_many_since, std::nullopt));
  }
}

void DetectionObserver::note_running_time() {
  traffic_.node_seconds += static_cast<double>(running_) *
                           std::chrono::duration<double>(queue_.now() - running_noted_).count();
  running_noted_ = queue_.now();
}

Traffic DetectionObserver::take_traffic() {
  note_running_time();
  return std::exchange(traffic_, {});
}

std::size_t DetectionObserver::holders_of(HostIndex host) const {
  std::size_t holders = 0;
  for (std::size_t number = 0; number < subjects_.size(); ++number) {
    if (subjects_[number].host != host) continue;
    for (HostIndex other = 0; other < hosts_.size(); ++other) {
      const Host& here = hosts_[other];
      if (other == host || !here.subject || here.is_afflicted) continue;
      holders += holds(here, number) ? 1 : 0;
    }
  }
  return holders;
}

std::size_t DetectionObserver::pairs_unaware() const {
  std::size_t pairs = 0;
  for (HostIndex one = 0; one < hosts_.size(); ++one) {
    for (HostIndex other = 0; other < hosts_.size(); ++other) {
      if (sides_[one] == sides_[other] || !hosts_[one].subject || !hosts_[other].subject) continue;
      pairs += holds(hosts_[one], *hosts_[other].subject) ? 1 : 0;
    }
  }
  return pairs;
}

bool DetectionObserver::is_one_view() const {
  // To count is cheap, and mostly tells.
  for (const Host& host : hosts_) {
    if (host.subject && host.seen.live_count() != running_) return false;
  }
  for (const Host& host : hosts_) {
    if (!host.subject) continue;
    for (std::size_t number = 0; number < subjects_.size(); ++number) {
      if (holds(host, number) != subjects_[number].is_running) return false;
    }
  }
  return true;
}

double DetectionObserver::disagreement() const {
  std::size_t missing = 0;
  for (const Host& host : hosts_) {
    if (!host.subject) continue;
    for (std::size_t number = 0; number < subjects_.size(); ++number) {
      if (subjects_[number].is_running && !holds(host, number)) ++missing;
    }
  }
  return static_cast<double>(missing) / static_cast<double>(running_) /
         static_cast<double>(running_);
}

void DetectionObserver::note(std::uint64_t kind, HostIndex observer, std::size_t subject) {
  fingerprint_.add(queue_.now(), kind, observer);
  fingerprint_.add(subject);
}

DetectionFigures DetectionObserver::figures() const {
  DetectionFigures figures = figures_;
  for (const Host& host : hosts_) {
    if (host.is_afflicted) ++figures.afflicted;
    if (host.subject && !host.is_afflicted) ++figures.observers;
    figures.down_events += host.down_events;
    figures.down_events_max = std::max(figures.down_events_max, host.down_events);
  }
  figures.afflicted_views = figures.afflicted * figures.observers;
  figures.events = queue_.events_run();
  return figures;
}

}  // namespace gossamer::sim
