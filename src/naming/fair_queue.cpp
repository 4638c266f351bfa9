#include "naming/fair_queue.hpp"

namespace gossamer::naming {

bool FairQueue::erase(const Teller& teller) {
  const auto at = waiting_.find(teller.author);
  if (at == waiting_.end() || at->second.erase(teller.unit) == 0) return false;
  if (at->second.empty()) waiting_.erase(at);
  return true;
}

Teller FairQueue::pop() {
  auto at = waiting_.upper_bound(last_);
  if (at == waiting_.end()) at = waiting_.begin();
  last_ = at->first;
  const Teller next{*at->second.begin(), at->first};
  erase(next);
  return next;
}

}  // namespace gossamer::naming
