// What a restart may start from: members' statements as seeds (never as news), and records, which
// answer at once, marked stale. What nobody has spoken of again after tombstone_time is gone for
// all others too, and is removed, lest churn while this node is down fill its disk.

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

// As much as members and records can be held.
constexpr std::size_t kCachedMax = 200'000;

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
  std::vector<std::pair<std::string, gossip::EntryKey>> recalled;
  std::map<NodeId, Bytes> given;  // Admissions; members come before records.
  for (const NodeStore::Write& write : cached) {
    if (!write.value) continue;
    const Result<wire::Statement> statement = wire::decode_statement(*write.value);
    if (!statement || recalled.size() >= kCachedMax) {
      ports.node_store->cache({{write.key, std::nullopt}});
      continue;
    }
    recalled.emplace_back(write.key, statement->key);
    if (statement->author == options.identity.id()) continue;
    if (const auto* member = std::get_if<membership::MemberStatement>(&statement->body)) {
      if (!member->is_leaving) seeds.push_back(member->endpoint);
      if (admissions.is_on()) given[statement->author] = member->admission;
    } else if (const auto* record = std::get_if<naming::RecordStatement>(&statement->body)) {
      if (!admissions.admit(statement->author, statement->author_key, given[statement->author],
                            ports.clock->wall_ms())) {
        continue;
      }
      naming.on_cached(statement->author, *record);
    }
  }
  if (!seeds.empty()) membership.on_seeds(now, std::move(seeds), membership_out);
  end_recall(std::move(recalled));
}

void Driver::State::end_recall(std::vector<std::pair<std::string, gossip::EntryKey>> recalled) {
  if (recalled.empty()) return;
  after(options.membership.tombstone_time, [recalled = std::move(recalled)](State& state) {
    // Alone, this node may be cut off: the addresses are all that leads back.
    if (state.membership.members().live_count() <= 1) return state.end_recall(recalled);
    for (const auto& [cached_under, key] : recalled) {
      if (state.gossip.replica().find(key) != nullptr) continue;
      state.ports.node_store->cache({{cached_under, std::nullopt}});
    }
  });
}

}  // namespace gossamer::driver
