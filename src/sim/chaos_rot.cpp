// Objects that are not any more what was written.

#include <algorithm>

#include "base/hash.hpp"
#include "sim/chaos.hpp"
#include "wire/storage.hpp"

namespace gossamer::sim {
namespace {

/// A freeze that the store holds, and the objects that it needs.
struct HeldFreeze {
  std::vector<std::string> keys{};
  bool is_sound = false;
};

HeldFreeze held_freeze(const journal::JournalEntry& freeze, const SimObjects& objects,
                       const wire::DataKey& data_key) {
  HeldFreeze held;
  const auto manifest = objects.contents().find(freeze.manifest_key);
  if (manifest == objects.contents().end()) return held;
  held.keys.push_back(freeze.manifest_key);
  const auto decoded = wire::decode_manifest(*manifest->second, {data_key, freeze.manifest_key});
  if (!decoded) return held;
  const auto is_as_written = [&](const journal::ManifestFile& file) {
    const auto object = objects.contents().find(file.key);
    return object != objects.contents().end() && content_hash(*object->second) == file.hash;
  };
  held.is_sound = std::all_of(decoded->files.begin(), decoded->files.end(), is_as_written);
  for (const journal::ManifestFile& file : decoded->files) held.keys.push_back(file.key);
  return held;
}

/// What the newest freeze of the unit needs and the one before it does not. Nothing unless both are
/// there and sound: with one left, a damaged one leaves none.
std::vector<std::string> only_in_newest_freeze(const SimObjects& objects,
                                               const wire::DataKey& data_key, const UnitId& unit) {
  std::vector<HeldFreeze> freezes;
  const std::string prefix = journal::journal_prefix(unit);
  auto at = objects.contents().lower_bound(prefix + '~');
  while (at != objects.contents().begin() && freezes.size() < 2) {
    --at;
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    const auto entry = wire::decode_journal_entry(*at->second, {data_key, at->first});
    if (entry && entry->type == journal::EntryType::freeze) {
      freezes.push_back(held_freeze(*entry, objects, data_key));
    }
  }
  if (freezes.size() < 2 || !freezes[0].is_sound || !freezes[1].is_sound) return {};
  std::vector<std::string> only;
  const std::vector<std::string>& before = freezes[1].keys;
  for (const std::string& key : freezes[0].keys) {
    if (std::find(before.begin(), before.end(), key) == before.end()) only.push_back(key);
  }
  return only;
}

}  // namespace

bool Chaos::believes_to_own(const SimHost& host, const UnitId& unit) const {
  if (!host.is_running()) return false;
  const auto units = host.driver()->units();
  return std::any_of(units.begin(), units.end(), [&](const auto& status) {
    return status.unit == unit && status.owner == host.id();
  });
}

// An owner that lived on would descend from what is damaged, and nobody promises to survive that.
// So of two that believe to own a unit neither loses anything.
void Chaos::rot() {
  SimHost* host = pick_owner();
  if (host == nullptr) return;
  const wire::DataKey data_key = data_key_of(world_.scenario);
  std::vector<std::string> victims;
  for (const auto& status : host->driver()->units()) {
    const auto owners = std::count_if(hosts_.begin(), hosts_.end(), [&](const auto& other) {
      return believes_to_own(*other, status.unit);
    });
    if (status.owner != host->id() || owners != 1) continue;
    const auto of_unit = only_in_newest_freeze(world_.objects, data_key, status.unit);
    victims.insert(victims.end(), of_unit.begin(), of_unit.end());
  }
  if (victims.empty()) return;
  end_machine(*host);
  world_.objects.damage(victims[random_.below(victims.size())]);
  host->lose_disks();
  boot_later(*host);
}

}  // namespace gossamer::sim
