#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "objects_reader.hpp"

namespace gossamer::demo {

/// What a unit's journal in the object store shows to somebody who was no party to it.
struct JournalAudit {
  std::uint64_t slots = 0;
  std::uint64_t claims = 0;
  Epoch epoch = 0;                  ///< Of the newest claim.
  std::uint64_t stale_effects = 0;  ///< Entries of an epoch above the claim of a higher one.
  std::vector<std::string> stale_slots{};
};
/// Errors: io, corrupted.
Result<JournalAudit> audit_journal(ObjectsReader& objects, const wire::DataKey& data_key,
                                   const UnitId& unit);

}  // namespace gossamer::demo
