#include "http/time_bounds.hpp"

#include <fmt/format.h>

#include "base/deadlines.hpp"

namespace gossamer::http {
namespace {

std::optional<Instant> after(Instant from, std::chrono::milliseconds bound) {
  if (bound.count() <= 0) return std::nullopt;
  return from + bound;
}

}  // namespace

std::optional<Instant> TimeBounds::phase_deadline() const {
  switch (phase_) {
    case Phase::waiting:
    case Phase::over: return std::nullopt;
    case Phase::connecting: return after(moved_, timeouts_.connect);
    case Phase::awaiting: return after(moved_, timeouts_.first_byte);
    case Phase::sending:
    case Phase::receiving:
      if (is_held_) return std::nullopt;
      return after(moved_, timeouts_.stall);
  }
  return std::nullopt;
}

std::optional<Instant> TimeBounds::whole_deadline() const {
  if (phase_ == Phase::over) return std::nullopt;
  return after(began_, timeouts_.whole);
}

std::optional<Instant> TimeBounds::next() const {
  std::optional<Instant> next = phase_deadline();
  earlier(next, whole_deadline());
  return next;
}

std::string TimeBounds::exceeded(Instant now) const {
  if (const auto whole = whole_deadline(); whole && *whole <= now) {
    return fmt::format("not over within {} ms (bound of the whole)", timeouts_.whole.count());
  }
  const auto deadline = phase_deadline();
  if (!deadline || *deadline > now) return {};
  if (phase_ == Phase::connecting) {
    return fmt::format("no connection within {} ms (connect bound)", timeouts_.connect.count());
  }
  if (phase_ == Phase::awaiting) {
    return fmt::format("no answer began within {} ms of the request (first byte bound)",
                       timeouts_.first_byte.count());
  }
  return fmt::format("no byte was {} for {} ms (stall bound)",
                     phase_ == Phase::sending ? "taken" : "received", timeouts_.stall.count());
}

}  // namespace gossamer::http
