#include "sim/checkers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "wire/packet.hpp"
#include "wire/storage.hpp"

namespace gossamer::sim {
namespace {

constexpr std::int64_t kOutstandingMax = 500;
constexpr std::size_t kViolationsMax = 20;
constexpr std::size_t kStoryMax = 100'000;

/// What an event was, for the fingerprint.
enum class Kind : std::uint64_t {
  delivered = 1,
  requested,
  landed,
  answered,
  recorded,
  started,
  stopped,
  acknowledged,
  event,
  trace,
  fault,
  link
};

}  // namespace

Checkers::Checkers(const EventQueue& queue, const std::vector<std::unique_ptr<SimHost>>& hosts)
    : queue_(queue), hosts_(hosts) {}

void Checkers::begin(const SimObjects& objects, const Scenario& scenario) {
  scenario_ = &scenario;
  data_key_ = data_key_of(scenario);
  const Complain complain = [this](const std::string& what) { this->complain(what); };
  journal_ = std::make_unique<JournalChecker>(objects, data_key_, complain);
  promises_ = std::make_unique<PromiseChecker>(*journal_, complain);
  beliefs_ = std::make_unique<BeliefChecker>(hosts_, *journal_, complain);
}

void Checkers::note(Instant now, const std::string& what) {
  if (!is_story_kept_ || story_.size() >= kStoryMax) return;
  const double seconds = static_cast<double>(now.since_origin.count() / 1000) / 1e6;
  story_.push_back(fmt::format("{:10.6f} {}", seconds, what));
}

void Checkers::complain(const std::string& what) {
  const double seconds = static_cast<double>(queue_.now().since_origin.count() / 1'000'000) / 1000;
  if (violations_.size() < kViolationsMax)
    violations_.push_back(fmt::format("at {:.3f} s: {}", seconds, what));
  note(queue_.now(), "VIOLATION: " + what);
}

void Checkers::on_sent(HostIndex from, ByteView bytes, bool by_stream) {
  const SimHost& host = *hosts_[from];
  constexpr std::size_t kVersionAt = 3;
  if (bytes.size() > kVersionAt && bytes[kVersionAt] == wire::kRehearsal) {
    ++figures_.marks["sim: a packet of the wire's next version"];
  }
  if (by_stream) {
    ++figures_.frames;
    if (bytes.size() > wire::kPacketBytesMax + wire::kFrameOverheadBytes) {
      complain(fmt::format("n{} sent a frame of {} bytes", from, bytes.size()));
    }
  } else {
    ++figures_.datagrams;
    figures_.datagram_bytes += bytes.size();
    if (bytes.size() > scenario_->membership.datagram_bytes_max) {
      complain(fmt::format("n{} sent a datagram of {} bytes", from, bytes.size()));
    }
  }
  const Bytes* boot = host.disk().durable("boot");
  if (boot == nullptr || std::strtoull(to_text(*boot).c_str(), nullptr, 10) < host.boot()) {
    complain(fmt::format("n{} sent something before its boot counter {} was durable", from,
                         host.boot()));
  }
}

void Checkers::on_delivered(HostIndex from, HostIndex to, ByteView bytes, bool by_stream) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::delivered), to);
  fingerprint_.add(std::uint64_t{from} << 1 | (by_stream ? 1U : 0U));
  fingerprint_.add(bytes);
}

void Checkers::on_link(HostIndex host, const Endpoint& peer, LinkEvent event) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::link), host);
  fingerprint_.add(as_bytes(to_string(peer)));
  fingerprint_.add(static_cast<std::uint64_t>(event));
  ++figures_.marks[event == LinkEvent::opened    ? "sim: a link or knock was opened"
                   : event == LinkEvent::closed  ? "sim: a link was closed"
                   : event == LinkEvent::refused ? "sim: a link or knock was refused"
                                                 : "sim: a link or knock told nothing"];
}

void Checkers::on_object_requested(HostIndex by, ObjectVerb verb, const std::string& key,
                                   ByteView content) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::requested), by);
  fingerprint_.add(as_bytes(key));
  if (outstanding_boot_[by] != hosts_[by]->boots()) outstanding_[by] = 0;
  outstanding_boot_[by] = hosts_[by]->boots();
  if (++outstanding_[by] > kOutstandingMax) {
    complain(fmt::format("n{} has {} requests under way", by, outstanding_[by]));
  }
  if (verb == ObjectVerb::create) check_durable_before_sent(by, key, content);
}

void Checkers::check_durable_before_sent(HostIndex by, const std::string& key, ByteView content) {
  const auto named = JournalChecker::unit_of(key);
  if (!named || journal::slot_of(named->first, key) == 0) return;
  const Result<journal::JournalEntry> entry = wire::decode_journal_entry(content, {data_key_, key});
  if (!entry) return complain(fmt::format("n{} creates {}, which cannot be read", by, key));
  if (entry->type == journal::EntryType::claim) {
    claimed_by_[entry->nonce] = {by, hosts_[by]->boots()};
    if (on_claiming_) on_claiming_(by);
  }
  const auto place = hosts_[by]->volume().units.find(named->first);
  const StoreImage* store =
      place == hosts_[by]->volume().units.end() ? nullptr : place->second.store.get();
  if (entry->type == journal::EntryType::claim && store != nullptr &&
      std::find(store->claims.begin(), store->claims.end(), entry->nonce) == store->claims.end()) {
    complain(fmt::format("n{} puts a claim of {} that its store does not remember", by,
                         to_string(named->first)));
  }
  if (entry->type == journal::EntryType::batch && !entry->commits.empty() &&
      (store == nullptr || store->sequence < entry->commits.back().sequence)) {
    complain(fmt::format("n{} ships writes of {} that are not durable here", by,
                         to_string(named->first)));
  }
}

void Checkers::on_object_landed(HostIndex by, ObjectVerb verb, const std::string& key,
                                ByteView content, ObjectOutcome outcome) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::landed), by);
  fingerprint_.add(static_cast<std::uint64_t>(verb) << 8 | static_cast<std::uint64_t>(outcome));
  fingerprint_.add(content);
  if (outcome != ObjectOutcome::ok) return;
  if (verb == ObjectVerb::create) journal_->on_created(queue_.now(), key, content);
  if (verb == ObjectVerb::remove) journal_->on_removed(key);
}

void Checkers::on_object_answered(HostIndex by, ObjectVerb verb, const std::string& key,
                                  ObjectOutcome outcome, Instant landed_at) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::answered), by);
  fingerprint_.add(static_cast<std::uint64_t>(outcome));
  --outstanding_[by];
  if (verb == ObjectVerb::list && outcome == ObjectOutcome::ok) {
    journal_->on_listed(by, hosts_[by]->id(), key, landed_at);
  }
}

void Checkers::on_lie(const UnitId& unit, const NodeId& author) {
  if (beliefs_) beliefs_->on_lie(unit, author);
}

void Checkers::on_object_damaged(const std::string& key) {
  on_fault("damaged: " + key);
  journal_->on_damaged(key);
}

void Checkers::on_claim_recorded(HostIndex host, std::uint64_t volume, const UnitId&,
                                 const journal::Nonce& nonce) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::recorded), host);
  promises_->on_claim_recorded(volume, nonce);
  if (on_claiming_) on_claiming_(host);
}

void Checkers::on_service_started(HostIndex host, std::uint64_t volume, const UnitId& unit,
                                  Epoch epoch, const Store& store) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::started), host);
  fingerprint_.add(epoch);
  note(queue_.now(), fmt::format("n{} starts {} in epoch {}", host, to_string(unit), epoch));
  promises_->on_started(hosts_[host]->id(), volume, unit, epoch, store);
  if (epoch > 1) ++figures_.takeovers;
  const auto lost = owner_lost_at_.find(unit);
  if (lost == owner_lost_at_.end()) return;
  figures_.takeover.add(queue_.now() - lost->second);
  owner_lost_at_.erase(lost);
}

void Checkers::on_service_stopped(HostIndex host, const UnitId& unit, Epoch epoch) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::stopped), host);
  note(queue_.now(), fmt::format("n{} stops {} of epoch {}", host, to_string(unit), epoch));
}

void Checkers::on_acknowledged(HostIndex host, const Acknowledgement& promise) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::acknowledged), host);
  fingerprint_.add(as_bytes(promise.request));
  promises_->on_acknowledged(hosts_[host]->id(), promise);
}

void Checkers::on_event(HostIndex host, const Event& event) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::event), host);
  fingerprint_.add(event.index());
  if (beliefs_) beliefs_->on_event(host);
  if (const auto* down = std::get_if<MembersDown>(&event)) return on_members_down(host, *down);
  if (const auto* fenced = std::get_if<UnitFenced>(&event)) {
    ++figures_.fenced;
    note(queue_.now(), fmt::format("n{} is fenced from {} in epoch {}: {}", host,
                                   to_string(fenced->unit), fenced->epoch, fenced->detail));
  }
  if (const auto* freeze = std::get_if<FreezeEnded>(&event)) {
    if (freeze->detail.empty()) ++figures_.freezes;
    note(queue_.now(),
         fmt::format("n{} ends a freeze of {} in epoch {}: {}", host, to_string(freeze->unit),
                     freeze->epoch, freeze->detail.empty() ? "ok" : freeze->detail));
  }
  if (const auto* alarm = std::get_if<Alarm>(&event)) {
    note(queue_.now(), fmt::format("n{} alarm: {}: {}", host, alarm->subject, alarm->detail));
  }
  if (const auto* up = std::get_if<MembersUp>(&event)) {
    for (const Member& member : up->members) {
      note(queue_.now(), fmt::format("n{} sees {} up ({})", host, member.name, member.incarnation));
    }
  }
  if (const auto* changed = std::get_if<OwnershipChanged>(&event)) {
    check_own_claim(host, *changed);
    note(queue_.now(),
         fmt::format("n{} hears that {} owns {} in epoch {}", host, to_short_string(changed->owner),
                     to_string(changed->unit), changed->epoch));
  }
}

void Checkers::check_own_claim(HostIndex index, const OwnershipChanged& changed) {
  // Whoever tells that it owns something must have seen that nothing lies above its claim.
  const NodeId self = hosts_[index]->id();
  if (changed.owner != self) return;
  const JournalChecker::Claim* claim = journal_->claim(changed.unit, changed.epoch);
  const std::string who = fmt::format("n{} believes to own {} in epoch {}", index,
                                      to_string(changed.unit), changed.epoch);
  if (claim == nullptr || claim->writer != self)
    return complain(who + " without a claim that counts");
  const auto by = claimed_by_.find(claim->nonce);
  const bool is_of_this_boot =
      by != claimed_by_.end() && by->second == std::pair{index, hosts_[index]->boots()};
  if (is_of_this_boot && !claim->is_confirmed) {
    complain(who + " and has not seen that nothing lies above its claim");
  }
}

void Checkers::on_members_down(HostIndex observer, const MembersDown& event) {
  const Instant now = queue_.now();
  for (const Member& member : event.members) {
    note(now, fmt::format("n{} holds {} down ({})", observer, member.name, member.incarnation));
    const auto crashed = crashed_at_.find(member.id);
    if (crashed != crashed_at_.end()) {
      if (detected_.insert(member.id).second) figures_.first_detection.add(now - crashed->second);
      if (detected_by_.insert({observer, member.id}).second) {
        figures_.all_detection.add(now - crashed->second);
      }
      continue;
    }
    const auto host = std::find_if(hosts_.begin(), hosts_.end(),
                                   [&](const auto& other) { return other->id() == member.id; });
    if (host == hosts_.end() || !(*host)->is_running() || (*host)->is_stopped()) continue;
    ++figures_.false_downs;
    if (scenario_->forbids_false_downs) {
      complain(fmt::format("n{} holds n{} down, which runs", observer, (*host)->index()));
    }
  }
}

void Checkers::on_trace(HostIndex host, const char* mark) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::trace), host);
  ++figures_.marks[mark];
  // Nobody is to be called a liar who is none.
  if (!scenario_->faults.lie && std::string_view{mark}.rfind("naming: a made-up", 0) == 0) {
    complain(fmt::format("n{} refutes, and nobody lies: {}", host, mark));
  }
  note(queue_.now(), fmt::format("n{} trace: {}", host, mark));
}

void Checkers::on_turn(HostIndex host) {
  beliefs_->on_turn(host);
}

void Checkers::on_fault(const std::string& what) {
  fingerprint_.add(queue_.now(), static_cast<std::uint64_t>(Kind::fault), 0);
  fingerprint_.add(as_bytes(what));
  note(queue_.now(), what);
}

void Checkers::on_boot(HostIndex host) {
  crashed_at_.erase(hosts_[host]->id());
}

void Checkers::on_crash(HostIndex index) {
  const SimHost& host = *hosts_[index];
  const NodeId node = host.id();
  ++figures_.crashes;
  crashed_at_[node] = queue_.now();
  detected_.erase(node);
  for (auto at = detected_by_.begin(); at != detected_by_.end();) {
    at = at->second == node ? detected_by_.erase(at) : std::next(at);
  }
  for (const auto& status : host.driver()->units()) {
    if (status.owner == node) owner_lost_at_.emplace(status.unit, queue_.now());
  }
}

}  // namespace gossamer::sim
