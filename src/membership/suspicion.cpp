#include "membership/suspicion.hpp"

#include <algorithm>

namespace gossamer::membership {
namespace {

constexpr std::size_t kConfirmationsNeeded = 2;
constexpr int kLongestPeriods = 4;
constexpr int kLifeguardRatio = 6;
constexpr int kSwimPeriods = 4;

}  // namespace

std::uint64_t log10_milli(std::uint64_t n) {
  n = std::min<std::uint64_t>(n, 0x7fffffff);
  if (n < 2) return 0;
  // log2 by squaring: a mantissa in [1, 2) with 31 binary places; each squaring yields one bit.
  std::uint64_t whole = 0;
  while ((n >> (whole + 1)) != 0) ++whole;
  std::uint64_t mantissa = n << (31 - whole);
  std::uint64_t log2 = whole;
  constexpr int kPlaces = 24;
  for (int place = 0; place < kPlaces; ++place) {
    mantissa = (mantissa * mantissa) >> 31;
    log2 <<= 1;
    if (mantissa >> 32 != 0) {
      mantissa >>= 1;
      log2 |= 1;
    }
  }
  // log10(2) is 0.301029996.
  constexpr std::uint64_t kHalf = std::uint64_t{1} << (kPlaces - 1);
  return (log2 * 301'029'996 / 1'000'000 + kHalf) >> kPlaces;
}

Duration SuspicionTimes::after(std::size_t confirmed) const {
  if (confirmed >= confirmations) return floor;
  const auto share = static_cast<Duration::rep>(1000 * log10_milli(confirmed + 1) /
                                                log10_milli(confirmations + 1));
  return longest - (longest - floor) / 1000 * share;
}

SuspicionTimes suspicion_times(const MembershipOptions& options, const Mechanisms& mechanisms,
                               std::size_t live_count) {
  const auto grown = [&](int periods) {
    const std::uint64_t milli = std::max<std::uint64_t>(1000, log10_milli(live_count));
    return periods * Duration{options.probe_interval} * static_cast<Duration::rep>(milli) / 1000;
  };
  SuspicionTimes times;
  times.confirmations =
      std::min(kConfirmationsNeeded, live_count > 2 ? live_count - 2 : std::size_t{0});
  if (mechanisms.has(Mechanism::floor)) {
    times.floor = options.suspicion_floor;
    times.longest = std::max(times.floor, grown(kLongestPeriods));
  } else if (mechanisms.has(Mechanism::confirmations)) {
    times.floor = grown(kLongestPeriods);
    times.longest = kLifeguardRatio * times.floor;
  } else {
    times.floor = times.longest = grown(kSwimPeriods);
  }
  if (!mechanisms.has(Mechanism::confirmations)) times.confirmations = 0;
  return times;
}

bool Suspicion::confirm(const NodeId& by) {
  if (confirmers.size() >= kConfirmersMax ||
      std::find(confirmers.begin(), confirmers.end(), by) != confirmers.end()) {
    return false;
  }
  confirmers.push_back(by);
  return true;
}

Instant Suspicion::deadline(const SuspicionTimes& times) const {
  Instant end = since + damping * times.after(confirmers.size());
  if (confirmed_at) end = std::max(end, *confirmed_at + damping * times.floor * 7 / 10);
  if (limit) end = std::min(end, *limit);
  return end;
}

}  // namespace gossamer::membership
