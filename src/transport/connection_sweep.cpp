#include "transport/connection_sweep.hpp"

#include <chrono>
#include <utility>

namespace gossamer {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds{250};
constexpr Duration kSlack = std::chrono::milliseconds{32};
// A loop is late by a little all the time.
constexpr Duration kStallMin = std::chrono::milliseconds{250};

}  // namespace

ConnectionSweep::ConnectionSweep(UvLoop& loop, Clock& clock, OnSweep on_sweep)
    : clock_(clock), on_sweep_(std::move(on_sweep)), timer_(loop, [this] { on_due(); }) {}

void ConnectionSweep::start() {
  if (timer_.is_armed()) return;
  due_ = clock_.now() + kPeriod;
  timer_.arm(kPeriod, kSlack);
}

void ConnectionSweep::on_due() {
  const Instant now = clock_.now();
  const Duration late = now - due_;
  // First, so that on_sweep may stop it.
  start();
  on_sweep_(now, late > kStallMin ? late : Duration{0});
}

}  // namespace gossamer
