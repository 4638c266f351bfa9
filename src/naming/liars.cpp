#include "naming/liars.hpp"

namespace gossamer::naming {

bool Liars::add(const Teller& teller) {
  if (knows(teller)) return false;
  if (caught_.size() >= liars_max_ && !order_.empty()) {
    caught_.erase(order_.begin()->second);
    order_.erase(order_.begin());
  }
  caught_[teller] = ++last_caught_;
  order_[last_caught_] = teller;
  return true;
}

void Liars::forgive(const Teller& teller) {
  const auto held = caught_.find(teller);
  if (held == caught_.end()) return;
  order_.erase(held->second);
  caught_.erase(held);
}

}  // namespace gossamer::naming
