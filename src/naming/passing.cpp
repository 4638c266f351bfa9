#include "naming/passing.hpp"

namespace gossamer::naming {

void PassingClock::set(const RecordId& id, Instant at) {
  clear(id);
  at_[id] = at;
  order_.insert({at, id});
}

void PassingClock::clear(const RecordId& id) {
  const auto held = at_.find(id);
  if (held == at_.end()) return;
  order_.erase({held->second, id});
  at_.erase(held);
}

std::vector<RecordId> PassingClock::due(Instant now) const {
  std::vector<RecordId> ids;
  for (const auto& [at, id] : order_) {
    if (at > now) break;
    ids.push_back(id);
  }
  return ids;
}

std::optional<Instant> PassingClock::next_deadline() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

void Graves::add(Instant now, const RecordId& id, std::uint64_t version, bool is_withdrawn) {
  const auto held = graves_.find(id);
  if (held != graves_.end()) {
    order_.erase({held->second.until, id});
    graves_.erase(held);
  }
  // The oldest is the least likely to be heard again.
  if (graves_.size() >= graves_max_ && !order_.empty()) erase_first();
  graves_[id] = {version, is_withdrawn, now + keep_};
  order_.insert({now + keep_, id});
}

bool Graves::refuses(Instant now, const RecordId& id, std::uint64_t version,
                     bool is_author_known) const {
  const auto held = graves_.find(id);
  if (held == graves_.end() || held->second.until <= now) return false;
  if (version > held->second.version) return false;
  return held->second.is_withdrawn || !is_author_known;
}

void Graves::drop_old(Instant now) {
  while (!order_.empty() && order_.begin()->first <= now) erase_first();
}

void Graves::erase_first() {
  const auto first = order_.begin();
  graves_.erase(first->second);
  order_.erase(first);
}

}  // namespace gossamer::naming
