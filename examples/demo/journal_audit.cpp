#include "journal_audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "journal/entry.hpp"
#include "wire/storage.hpp"

namespace gossamer::demo {

Result<JournalAudit> audit_journal(ObjectsReader& objects, const wire::DataKey& data_key,
                                   const UnitId& unit) {
  // Slots are padded, so keys in order are slots in order.
  const auto keys = objects.list(journal::journal_prefix(unit));
  if (!keys) return tl::unexpected(keys.error());
  JournalAudit audit;
  for (const std::string& key : *keys) {
    if (journal::slot_of(unit, key) == 0) continue;
    const auto bytes = objects.get(key);
    if (!bytes) return tl::unexpected(bytes.error());
    if (!*bytes) continue;  // Pruned meanwhile: a freeze holds what it said.
    const auto entry = wire::decode_journal_entry(**bytes, {data_key, key});
    if (!entry) {
      return fail(ErrorCode::corrupted, fmt::format("{}: {}", key, entry.error().detail));
    }
    ++audit.slots;
    if (entry->type == journal::EntryType::claim) ++audit.claims;
    if (entry->epoch < audit.epoch) {
      ++audit.stale_effects;
      audit.stale_slots.push_back(key.substr(key.rfind('/') + 1));
    }
    audit.epoch = std::max(audit.epoch, entry->epoch);
  }
  return audit;
}

}  // namespace gossamer::demo
