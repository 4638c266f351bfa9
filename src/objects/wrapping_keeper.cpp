#include "objects/wrapping_keeper.hpp"

#include <algorithm>
#include <utility>

namespace gossamer::objects {

WrappingKeeper::WrappingKeeper(ObjectStore& objects, Clock& clock, Place place, Callbacks callbacks,
                               std::uint64_t seed)
    : objects_(objects),
      clock_(clock),
      place_(std::move(place)),
      callbacks_(std::move(callbacks)),
      random_(seed) {}

void WrappingKeeper::on_ring(std::span<const wire::ClusterKey> keys) {
  ++ring_number_;
  to_try_.assign(keys.begin(), keys.end());
  failed_.clear();
  told_.clear();
  gap_ = kFirstGap;
  if (!is_under_way_) try_next();
}

void WrappingKeeper::on_due() {
  if (is_under_way_) return;
  to_try_.insert(to_try_.end(), failed_.begin(), failed_.end());
  failed_.clear();
  try_next();
}

void WrappingKeeper::try_next() {
  if (to_try_.empty()) return rest();
  const wire::ClusterKey under = to_try_.front();
  to_try_.pop_front();
  is_under_way_ = true;
  const NewDataKey key{place_.data_key, callbacks_.draw_nonce()};
  ensure_data_key_wrapped(
      objects_, {{&under, 1}, place_.cluster, place_.store_id}, key, under,
      [weak = std::weak_ptr{self_}, ring = ring_number_, under](const Result<void>& wrapped) {
        if (const auto self = weak.lock()) (*self)->on_answer(ring, under, wrapped);
      });
}

void WrappingKeeper::on_answer(std::uint64_t ring, const wire::ClusterKey& under,
                               const Result<void>& wrapped) {
  is_under_way_ = false;
  // Of a ring that has changed meanwhile: what is left of it is tried anew, and told anew.
  if (ring == ring_number_) {
    if (!wrapped) failed_.push_back(under);
    const bool is_news = wrapped ? told_.erase(under.id()) == 1 : told_.insert(under.id()).second;
    if (is_news && wrapped) callbacks_.on_mended(under.id());
    if (is_news && !wrapped) callbacks_.on_failed(under.id(), wrapped.error());
  }
  if (!is_under_way_) try_next();  // A callback may have changed the ring.
}

void WrappingKeeper::rest() {
  if (failed_.empty()) return;
  // Somewhere in the second half: nodes that lost their store together come back one by one.
  const auto half = gap_ / 2;
  callbacks_.wake_at(clock_.now() + half +
                     Duration{static_cast<Duration::rep>(
                         random_.below(static_cast<std::uint64_t>(half.count()) + 1))});
  gap_ = std::min(2 * gap_, kGapMax);
}

}  // namespace gossamer::objects
