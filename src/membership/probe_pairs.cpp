#include "membership/probe_pairs.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace gossamer::membership {
namespace {

// Of the order: how far from its half the one that is asked stands. Exactly opposite, of an even
// number, each would ask the one that asks it.
constexpr std::size_t kAsidePart = 32;

}  // namespace

void ProbePairs::add(const NodeId& id) {
  if (order_) order_->add(id);
  if (before_) before_->add(id);
}

void ProbePairs::remove(const NodeId& id) {
  if (order_) order_->remove(id);
  if (before_) before_->remove(id);
}

void ProbePairs::draw_up(std::int64_t round, const ProbeRing& ring) {
  if (order_ && order_->round() == round) return;
  if (order_ && order_->round() + 1 == round) {
    before_ = std::move(order_);
  } else {
    before_.emplace(round - 1, ring);
  }
  order_.emplace(round, ring);
}

ProbePairs::Duties ProbePairs::in_round(std::int64_t round, const ProbeRing& ring) {
  const std::size_t n = ring.size();
  GOSSAMER_ASSERT(n >= kMembersMin);
  draw_up(round, ring);
  GOSSAMER_ASSERT(order_->size() == n && before_->size() == n);
  const std::size_t stride = n / 2 - n / kAsidePart;
  const std::size_t own = order_->place_of(self_, ring);
  const std::size_t own_before = before_->place_of(self_, ring);
  const auto moment_of = [&](std::size_t place) {
    return round_ * static_cast<Duration::rep>(place) / static_cast<Duration::rep>(n);
  };
  Duties duties;
  const auto ask = [&](std::size_t place) {
    const NodeId& asked = order_->at(place, ring);
    if (asked != self_) duties.asks.push_back({asked, moment_of(place)});
  };
  if (own_before + stride >= n) ask(own_before + stride - n);
  if (own + stride < n) ask(own + stride);
  const NodeId& prober =
      own >= stride ? order_->at(own - stride, ring) : before_->at(n - stride + own, ring);
  if (prober != self_) duties.asked_by = Meeting{prober, moment_of(own)};
  return duties;
}

}  // namespace gossamer::membership
