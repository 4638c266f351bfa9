#include "driver/admissions.hpp"

#include <algorithm>
#include <utility>

namespace gossamer::driver {

Admissions::Admissions(AdmissionPolicy policy, const NodeId& self, std::string cluster,
                       std::size_t remembered_max)
    : policy_(std::move(policy)),
      self_(self),
      cluster_(std::move(cluster)),
      remembered_max_(remembered_max) {}

namespace {

bool ends_before(const wire::Admission& a, const wire::Admission& b) {
  if (a.not_after_s == 0) return false;
  return b.not_after_s == 0 || a.not_after_s < b.not_after_s;
}

}  // namespace

bool Admissions::is_listed(const NodeId& id) const {
  return id == self_ || policy_.allowed_nodes.contains(id);
}

bool Admissions::has(const NodeId& id, std::uint64_t wall_ms) const {
  if (!is_on() || is_listed(id)) return true;
  const auto at = remembered_.find(id);
  return at != remembered_.end() && !at->second.admission.has_ended(wall_ms);
}

// What needs no signature to be refused comes first.
bool Admissions::admit(const NodeId& id, const wire::PublicKey& key, ByteView admission,
                       std::uint64_t wall_ms) {
  if (!is_on() || is_listed(id)) return true;
  const auto at = remembered_.find(id);
  if (at != remembered_.end() && std::equal(admission.begin(), admission.end(),
                                            at->second.bytes.begin(), at->second.bytes.end())) {
    return !at->second.admission.has_ended(wall_ms);
  }
  const auto given = wire::decode_admission(admission);
  if (!given || given->has_ended(wall_ms)) return false;
  // Anybody may bring an earlier one up again: of two that hold, the one that ends later counts.
  if (at != remembered_.end() && !at->second.admission.has_ended(wall_ms) &&
      ends_before(*given, at->second.admission)) {
    return true;
  }
  const auto& known = policy_.authorities;
  if (std::find(known.begin(), known.end(), given->authority) == known.end()) return false;
  if (at == remembered_.end() && is_full()) return false;
  ++verified_count_;
  if (!wire::verify_admission(*given, key, cluster_)) return false;
  remembered_[id] = {Bytes{admission.begin(), admission.end()}, *given};
  return true;
}

void Admissions::keep_only(const MemberView& members) {
  std::erase_if(remembered_, [&](const auto& one) { return members.find(one.first) == nullptr; });
}

std::vector<NodeId> Admissions::take_ended(std::uint64_t wall_ms) {
  std::vector<NodeId> ended;
  std::erase_if(remembered_, [&](const auto& one) {
    const bool has_ended = one.second.admission.has_ended(wall_ms);
    if (has_ended) ended.push_back(one.first);
    return has_ended;
  });
  return ended;
}

bool Strangers::on_heard(Instant now, const NodeId& id, bool is_certain) {
  auto at = strangers_.find(id);
  if (at != strangers_.end() && now - at->second.since >= kMemory) {
    strangers_.erase(at);
    at = strangers_.end();
  }
  if (at == strangers_.end()) {
    if (strangers_.size() >= kStrangersMax) {
      std::erase_if(strangers_, [&](const auto& one) { return now - one.second.since >= kMemory; });
    }
    if (strangers_.size() >= kStrangersMax) return false;
    at = strangers_.emplace(id, Stranger{now}).first;
  }
  Stranger& stranger = at->second;
  if (stranger.is_told || (!is_certain && now - stranger.since < kGrace)) return false;
  return stranger.is_told = true;
}

}  // namespace gossamer::driver
