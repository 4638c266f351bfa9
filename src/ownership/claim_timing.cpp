#include "ownership/claim_timing.hpp"

#include <algorithm>

namespace gossamer::ownership {
namespace {

constexpr Duration kStrangerTime = std::chrono::seconds{5};
constexpr Duration kStrangerTimeMax = std::chrono::minutes{2};
constexpr Duration kObserveAhead = std::chrono::seconds{10};
constexpr Duration kBackoffMax = std::chrono::seconds{30};

Duration doubled(Duration first, std::uint32_t times, Duration most) {
  Duration wait = first;
  for (std::uint32_t i = 0; i < times && wait < most; ++i) wait = wait + wait;
  return std::min(wait, most);
}

}  // namespace

std::optional<VacancyCause> vacancy_cause(const UnitWatch& watch, const MemberView& members,
                                          const NodeId& self, Instant now) {
  if (watch.is_mine) return std::nullopt;
  if (!watch.is_known) return VacancyCause::unknown;
  if (watch.owner.is_zero()) return VacancyCause::unowned;
  if (watch.owner == self) return VacancyCause::own;
  const Member* const owner = members.find(watch.owner);
  if (owner == nullptr) return VacancyCause::stranger;
  if (owner->state == MemberState::left) return VacancyCause::left;
  if (owner->state == MemberState::down) return VacancyCause::down;
  if (!watch.is_published() && now >= watch.learned_at + watch.start_timeout) {
    return VacancyCause::overdue;
  }
  return std::nullopt;
}

Instant claims_open_at(const UnitWatch& watch, VacancyCause cause) {
  const Instant since = watch.vacancy->since;
  switch (cause) {
    case VacancyCause::down: return since + watch.takeover_delay;
    case VacancyCause::stranger:
      return since + std::max(watch.takeover_delay,
                              doubled(kStrangerTime, watch.stranger_losses, kStrangerTimeMax));
    case VacancyCause::unknown:
    case VacancyCause::unowned:
    case VacancyCause::own:
    case VacancyCause::left:
    case VacancyCause::overdue: return since;
  }
  return since;
}

Instant observe_at(const UnitWatch& watch, Duration turn) {
  return std::max(watch.observe_rest, watch.vacancy->since + turn - kObserveAhead);
}

Duration backoff(Duration first, std::uint32_t failures) {
  return doubled(first, failures, std::max(first, kBackoffMax));
}

}  // namespace gossamer::ownership
