#pragma once

#include <cstdint>
#include <optional>

#include "gossamer/membership.hpp"
#include "ownership/unit_watch.hpp"

namespace gossamer::ownership {

/// Why a unit has no live owner here.
enum class VacancyCause : std::uint8_t {
  unknown,   ///< Nobody told us of an owner. Look.
  unowned,   ///< The journal is empty, or withdrawn.
  own,       ///< Claimed by this node in an earlier run, or stopped since.
  left,      ///< The owner said goodbye.
  down,      ///< The owner is down.
  stranger,  ///< The owner is in no view of ours (yet).
  overdue,   ///< The owner lives, but has not published the unit in time.
};

/// Nothing while a live owner runs it, or has time left to start it. Suspects are live.
std::optional<VacancyCause> vacancy_cause(const UnitWatch& watch, const MemberView& members,
                                          const NodeId& self, Instant now);

/// From when on the first in rank may claim. A stranger may only not have been heard of yet: it is
/// given 5 s, so that a cluster that starts together does not move everything. One that took the
/// unit from this node is given twice as long with every time, up to 2 min: the two do not hear
/// each other and may both live, and the unit would change hands without end.
Instant claims_open_at(const UnitWatch& watch, VacancyCause cause);

/// When the tip is to be looked at, by a node that waits `turn` for those before it in rank. At
/// once by the first 20, so that what the owner writes after its death is noticed; not yet by
/// others, so that a death does not make everybody read the journals of all its units.
Instant observe_at(const UnitWatch& watch, Duration turn);

/// `first`, doubled with every failure, up to 30 s.
Duration backoff(Duration first, std::uint32_t failures);

}  // namespace gossamer::ownership
