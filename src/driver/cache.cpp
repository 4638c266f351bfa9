// What a restart may start from: members' statements as seeds (never as news), and records, which
// answer at once, marked stale.

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

// Only these two kinds are worth anything after a restart.
std::optional<std::string> cache_key(const gossip::EntryKey& key) {
  switch (key.kind) {
    case gossip::EntryKind::member: return "member/" + to_string(key.owner);
    case gossip::EntryKind::record: return "record/" + to_string(key.owner) + "/" + key.name;
    default: return std::nullopt;
  }
}

}  // namespace

void Driver::State::cache_entry(const gossip::Entry& entry) {
  const auto key = cache_key(entry.key);
  if (key) ports.node_store->cache({{*key, *entry.statement}});
}

void Driver::State::uncache_entry(const gossip::EntryKey& entry_key) {
  const auto key = cache_key(entry_key);
  if (key) ports.node_store->cache({{*key, std::nullopt}});
}

void Driver::State::load_cache(const std::vector<NodeStore::Write>& cached) {
  std::vector<Endpoint> seeds;
  for (const NodeStore::Write& write : cached) {
    if (!write.value) continue;
    const Result<wire::Statement> statement = wire::decode_statement(*write.value);
    if (!statement || statement->author == options.identity.id()) continue;
    if (const auto* member = std::get_if<membership::MemberStatement>(&statement->body)) {
      if (!member->is_leaving) seeds.push_back(member->endpoint);
    } else if (const auto* record = std::get_if<naming::RecordStatement>(&statement->body)) {
      naming.on_cached(statement->author, *record);
    }
  }
  if (!seeds.empty()) membership.on_seeds(now, std::move(seeds), membership_out);
}

}  // namespace gossamer::driver
