#include "ownership/view_history.hpp"

namespace gossamer::ownership {
namespace {

constexpr Duration kSampleTime = std::chrono::seconds{1};

}  // namespace

void ViewHistory::note(Instant now, const MemberView& members) {
  std::erase_if(gone_, [&](const NodeId& id) {
    const Member* const member = members.find(id);
    if (member == nullptr) return true;
    const Member* const before = samples_.empty() ? nullptr : samples_.back().last.find(id);
    return member->is_live() && before != nullptr && !before->is_live();
  });
  if (!samples_.empty() && now < samples_.back().at + kSampleTime) {
    Sample& sample = samples_.back();
    if (members.live_count() > sample.peak.live_count()) sample.peak = members;
    sample.last = members;
  } else {
    samples_.push_back({now, members, members});
  }
  // The one that held at the beginning of the window stays.
  while (samples_.size() > 1 && samples_[1].at <= now - depth_) samples_.pop_front();
}

const MemberView* ViewHistory::reference(Instant now) const {
  const Instant then = now - depth_;
  const MemberView* found = nullptr;
  for (const Sample& sample : samples_) {
    if (sample.at > then) break;
    found = then < sample.at + kSampleTime ? &sample.peak : &sample.last;
  }
  if (found != nullptr) return found;
  for (const Sample& sample : samples_) {
    if (found == nullptr || sample.peak.live_count() > found->live_count()) found = &sample.peak;
  }
  return found;
}

bool ViewHistory::is_minority(Instant now, const MemberView& members) const {
  const MemberView* const before = reference(now);
  if (before == nullptr) return false;
  std::size_t held = 0;
  std::size_t heard = 0;
  for (const Member& member : *before) {
    if (!member.is_live()) continue;
    const Member* const today = members.find(member.id);
    // Whoever said goodbye is not lost.
    if (today != nullptr && today->state == MemberState::left) continue;
    const bool is_heard = today != nullptr && today->is_live();
    if (!is_heard && gone_.contains(member.id)) continue;
    ++held;
    if (is_heard) ++heard;
  }
  return 2 * heard < held;
}

void ViewHistory::shift(Duration gap) {
  for (Sample& sample : samples_) sample.at = sample.at + gap;
}

}  // namespace gossamer::ownership
