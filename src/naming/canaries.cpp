#include "naming/canaries.hpp"

#include <algorithm>

#include "base/boot.hpp"
#include "base/hash.hpp"

namespace gossamer::naming {
namespace {

std::uint64_t weight(Schema schema, const NodeId& id) {
  const std::uint8_t bytes[] = {
      static_cast<std::uint8_t>(schema), static_cast<std::uint8_t>(schema >> 8U),
      static_cast<std::uint8_t>(schema >> 16U), static_cast<std::uint8_t>(schema >> 24U)};
  return hash64({ByteView{bytes, sizeof(bytes)}, ByteView{id.bytes}});
}

}  // namespace

bool Canaries::is_read(Schema schema) const {
  if (schema == 0 || options_.known.contains(schema)) return true;
  const auto at = trials_.find(schema);
  return at != trials_.end() && at->second.is_passed;
}

bool Canaries::is_newcomer(Instant now, const NodeId& id) const {
  const auto at = presence_.find(id);
  return at != presence_.end() && at->second.come_at && now - *at->second.come_at < kProbation;
}

// Those that have just gone down keep their place, so that nobody else takes it who hears of the
// schema a moment later; and once it has shown that it kills, all do.
bool Canaries::has_place(Instant now, const Trial& trial, const Member& member) const {
  if (member.state == MemberState::left) return false;
  if (member.is_live() || trial.dead.size() >= kDeathsMax) return true;
  const auto at = presence_.find(member.id);
  return at == presence_.end() || !at->second.down_since ||
         now - *at->second.down_since < options_.survival;
}

std::vector<const Member*> Canaries::chosen(Instant now, Schema schema, const Trial& trial,
                                            const MemberView& members) const {
  struct Weighed {
    bool is_newcomer;
    std::uint64_t weight;
    const Member* member;
  };
  std::vector<Weighed> weighed;
  for (const Member& member : members) {
    if (!has_place(now, trial, member)) continue;
    weighed.push_back({is_newcomer(now, member.id), weight(schema, member.id), &member});
  }
  const std::size_t count = std::min(options_.count, weighed.size());
  std::partial_sort(weighed.begin(), weighed.begin() + static_cast<std::ptrdiff_t>(count),
                    weighed.end(), [](const Weighed& a, const Weighed& b) {
                      if (a.is_newcomer != b.is_newcomer) return b.is_newcomer;
                      return a.weight != b.weight ? a.weight > b.weight
                                                  : a.member->id < b.member->id;
                    });
  std::vector<const Member*> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(weighed[i].member);
  return chosen;
}

void Canaries::begin(Instant now, Schema schema, const MemberView& members, Trial& trial) const {
  trial.until = now + options_.survival;
  trial.is_begun = true;
  trial.canaries.clear();
  trial.casualty.clear();
  for (const Member* member : chosen(now, schema, trial, members)) {
    if (member->id == self_) trial.is_passed = true;
    if (member->is_live()) trial.canaries[member->id] = boot_of(member->incarnation);
  }
}

bool Canaries::give_up_gone(const NodeId* author) {
  const auto gone = std::find_if(trials_.begin(), trials_.end(), [&](const auto& one) {
    if (!one.second.is_gone) return false;
    return author == nullptr || (one.second.author == *author && !one.second.is_passed);
  });
  if (gone == trials_.end()) return false;
  trials_.erase(gone);
  return true;
}

bool Canaries::make_room(const NodeId& author) {
  const auto unfinished = std::count_if(trials_.begin(), trials_.end(), [&](const auto& one) {
    return one.second.author == author && !one.second.is_passed;
  });
  if (static_cast<std::size_t>(unfinished) >= kTrialsPerAuthorMax && !give_up_gone(&author))
    return false;
  if (trials_.size() < kSchemasMax || give_up_gone(nullptr)) return true;
  std::map<NodeId, std::size_t> trials_of;
  for (const auto& [schema, trial] : trials_) ++trials_of[trial.author];
  const auto most =
      std::max_element(trials_of.begin(), trials_of.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most->second <= trials_of[author] + 1) return false;
  trials_.erase(std::find_if(trials_.begin(), trials_.end(),
                             [&](const auto& one) { return one.second.author == most->first; }));
  return true;
}

bool Canaries::on_heard(Instant now, Schema schema, const NodeId& author,
                        const MemberView& members) {
  if (const auto at = trials_.find(schema); at != trials_.end()) at->second.is_gone = false;
  if (is_read(schema) || trials_.contains(schema)) return true;
  if (!make_room(author)) return false;
  Trial& trial = trials_[schema];
  trial.author = author;
  if (settled_at_ && now >= *settled_at_) {
    begin(now, schema, members, trial);
  } else {
    trial.until = settled_at_.value_or(now + options_.settling);
  }
  return true;
}

void Canaries::on_gone(Schema schema) {
  if (const auto at = trials_.find(schema); at != trials_.end()) at->second.is_gone = true;
}

void Canaries::note_presence(Instant now, const MemberView& members) {
  for_each_change(seen_, members, [&](const Member* was, const Member* is) {
    if (is == nullptr) {
      presence_.erase(was->id);
      return;
    }
    if (was == nullptr && now > *settled_at_) presence_[is->id].come_at = now;
    if (!is->is_live()) {
      std::optional<Instant>& down_since = presence_[is->id].down_since;
      if (!down_since) down_since = now;
    } else if (const auto at = presence_.find(is->id); at != presence_.end()) {
      at->second.down_since.reset();
    }
  });
  seen_ = members;
  std::erase_if(presence_, [&](const auto& one) {
    return !one.second.down_since &&
           (!one.second.come_at || now - *one.second.come_at >= kProbation);
  });
}

void Canaries::on_members(Instant now, const MemberView& members) {
  if (!settled_at_) settled_at_ = now + options_.settling;
  note_presence(now, members);
  for (auto& [schema, trial] : trials_) {
    if (trial.is_passed) continue;
    for (const auto& [id, boot] : trial.canaries) {
      const Member* member = members.find(id);
      // Who says goodbye was not killed.
      if (member != nullptr && member->state == MemberState::left) continue;
      if (member != nullptr && member->is_live() && boot_of(member->incarnation) == boot) continue;
      if (trial.dead.size() < kDeathsMax) trial.dead.insert(id);
      if (!trial.casualty.empty()) continue;
      trial.casualty =
          member == nullptr ? to_short_string(id) : member->name + " (" + to_short_string(id) + ")";
    }
  }
}

std::vector<Canaries::Ended> Canaries::take_ended(Instant now, const MemberView& members) {
  std::vector<Ended> ended;
  for (auto& [schema, trial] : trials_) {
    if (trial.is_passed || now < trial.until) continue;
    if (!trial.is_begun) {
      begin(now, schema, members, trial);
      if (trial.is_passed) ended.push_back({schema, true, {}, false});
      continue;
    }
    const bool is_witnessed =
        std::any_of(trial.canaries.begin(), trial.canaries.end(),
                    [&](const auto& one) { return members.is_live(one.first); });
    if (is_witnessed && trial.casualty.empty()) {
      trial.is_passed = true;
      ended.push_back({schema, true, {}, false});
      continue;
    }
    ended.push_back({schema, false, trial.casualty, !trial.has_failed_before});
    begin(now, schema, members, trial);
    trial.has_failed_before = true;
    if (trial.is_passed) ended.push_back({schema, true, {}, false});
  }
  return ended;
}

std::optional<Instant> Canaries::next_deadline() const {
  std::optional<Instant> next;
  for (const auto& [schema, trial] : trials_) {
    if (!trial.is_passed && (!next || trial.until < *next)) next = trial.until;
  }
  return next;
}

}  // namespace gossamer::naming
