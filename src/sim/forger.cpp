#include "sim/forger.hpp"

#include <iterator>
#include <vector>

#include "journal/entry.hpp"
#include "sim/journal_checker.hpp"
#include "wire/storage.hpp"

namespace gossamer::sim {

Forger::Forger(SimObjects& objects, std::uint64_t seed) : objects_(objects), random_(seed) {
  for (std::uint8_t& byte : own_key_.bytes) byte = static_cast<std::uint8_t>(random_.below(256));
}

std::optional<std::string> Forger::newest_below(const std::string& prefix) const {
  const auto& all = objects_.contents();
  auto at = all.lower_bound(prefix + '~');
  if (at == all.begin()) return std::nullopt;
  --at;
  if (at->first.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
  return at->first;
}

// An epoch that would outbid everybody.
Bytes Forger::claim_for(const std::string& key) {
  journal::JournalEntry claim;
  claim.type = journal::EntryType::claim;
  for (std::uint8_t& byte : claim.writer.bytes)
    byte = static_cast<std::uint8_t>(random_.below(256));
  claim.epoch = 1'000'000;
  claim.spec_version = 1'000'000;
  return wire::encode_journal_entry(claim, {own_key_, key});
}

Bytes Forger::undeploy_for(const std::string& key) {
  const auto named = journal::spec_of(key);
  ownership::SpecVersion undeploy;
  undeploy.spec.name = named->service;
  undeploy.version = named->version;
  undeploy.is_undeploy = true;
  return wire::encode_spec(undeploy, {own_key_, key});
}

std::optional<std::string> Forger::forge() {
  const bool is_spec = random_.chance(1, 3);
  const auto newest = newest_below(is_spec ? "specs/" : "journal/");
  if (!newest) return std::nullopt;
  std::string key;
  if (is_spec) {
    const auto named = journal::spec_of(*newest);
    if (!named) return std::nullopt;
    key = journal::spec_key(named->service, named->version + 1);
  } else {
    const auto named = JournalChecker::unit_of(*newest);
    if (!named) return std::nullopt;
    key = journal::slot_key(named->first, journal::slot_of(named->first, *newest) + 1);
  }
  if (random_.chance(1, 2)) {
    objects_.plant(key, *objects_.contents().at(*newest));
  } else {
    objects_.plant(key, is_spec ? undeploy_for(key) : claim_for(key));
  }
  return key;
}

}  // namespace gossamer::sim
