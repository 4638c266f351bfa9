// Reads the journal as it lies on disk. This is the one part of the examples that looks behind the
// public interface: a judge must not ask the accused.

#include "journal_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "journal/entry.hpp"
#include "wire/storage.hpp"

namespace gossamer::demo {

Result<JournalAudit> audit_journal(const std::string& objects_directory, const UnitId& unit) {
  namespace fs = std::filesystem;
  const std::string prefix = journal::journal_prefix(unit);
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator at{objects_directory + "/" + prefix, error}, end; !error && at != end;
       at.increment(error)) {
    if (journal::slot_of(unit, prefix + at->path().filename().string()) > 0) {
      paths.push_back(at->path());
    }
  }
  if (error) {
    return fail(ErrorCode::io, fmt::format("cannot read the journal {}: {}", prefix, error.message()));
  }
  std::sort(paths.begin(), paths.end());  // Slots are padded, so names sort as numbers.
  JournalAudit audit;
  for (const fs::path& path : paths) {
    std::ifstream file{path, std::ios::binary};
    if (!file.is_open()) continue;  // Pruned meanwhile: a freeze holds what it said.
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const auto entry = wire::decode_journal_entry(as_bytes(bytes));
    if (!entry) {
      return fail(ErrorCode::corrupted, fmt::format("{}: {}", path.string(), entry.error().detail));
    }
    ++audit.slots;
    if (entry->type == journal::EntryType::claim) ++audit.claims;
    if (entry->epoch < audit.epoch) {
      ++audit.stale_effects;
      audit.stale_slots.push_back(path.filename().string());
    }
    audit.epoch = std::max(audit.epoch, entry->epoch);
  }
  return audit;
}

}  // namespace gossamer::demo
