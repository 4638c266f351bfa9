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

// Those that are down keep their place, so that nobody else takes it who hears of it a moment later.
std::vector<const Member*> Canaries::chosen(Schema schema, const MemberView& members) const {
  std::vector<std::pair<std::uint64_t, const Member*>> weighed;
  for (const Member& member : members) {
    if (member.state != MemberState::left) weighed.emplace_back(weight(schema, member.id), &member);
  }
  const std::size_t count = std::min(options_.count, weighed.size());
  std::partial_sort(weighed.begin(), weighed.begin() + static_cast<std::ptrdiff_t>(count), weighed.end(),
                    [](const auto& a, const auto& b) {
                      return a.first != b.first ? a.first > b.first : a.second->id < b.second->id;
                    });
  std::vector<const Member*> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(weighed[i].second);
  return chosen;
}

Canaries::Trial Canaries::begin(Instant now, Schema schema, const MemberView& members) const {
  Trial trial;
  trial.until = now + options_.survival;
  trial.is_begun = true;
  for (const Member* member : chosen(schema, members)) {
    if (member->id == self_) trial.is_passed = true;
    if (member->is_live()) trial.canaries[member->id] = boot_of(member->incarnation);
  }
  return trial;
}

bool Canaries::on_heard(Instant now, Schema schema, const MemberView& members) {
  if (is_read(schema) || trials_.contains(schema)) return true;
  if (trials_.size() >= kSchemasMax) return false;
  if (settled_at_ && now >= *settled_at_) {
    trials_.emplace(schema, begin(now, schema, members));
  } else {
    Trial later;
    later.until = settled_at_.value_or(now + options_.settling);
    trials_.emplace(schema, later);
  }
  return true;
}

void Canaries::on_members(Instant now, const MemberView& members) {
  if (!settled_at_) settled_at_ = now + options_.settling;
  for (auto& [schema, trial] : trials_) {
    if (trial.is_passed || !trial.casualty.empty()) continue;
    for (const auto& [id, boot] : trial.canaries) {
      const Member* member = members.find(id);
      // Who says goodbye was not killed.
      if (member != nullptr && member->state == MemberState::left) continue;
      if (member != nullptr && member->is_live() && boot_of(member->incarnation) == boot) continue;
      trial.casualty = member == nullptr ? to_short_string(id) : member->name + " (" + to_short_string(id) + ")";
      break;
    }
  }
}

std::vector<Canaries::Ended> Canaries::take_ended(Instant now, const MemberView& members) {
  std::vector<Ended> ended;
  for (auto& [schema, trial] : trials_) {
    if (trial.is_passed || now < trial.until) continue;
    if (!trial.is_begun) {
      trial = begin(now, schema, members);
      if (trial.is_passed) ended.push_back({schema, true, {}, false});
      continue;
    }
    const bool is_witnessed = std::any_of(trial.canaries.begin(), trial.canaries.end(), [&](const auto& one) {
      return members.is_live(one.first);
    });
    if (is_witnessed && trial.casualty.empty()) {
      trial.is_passed = true;
      ended.push_back({schema, true, {}, false});
      continue;
    }
    ended.push_back({schema, false, trial.casualty, !trial.has_failed_before});
    trial = begin(now, schema, members);
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
