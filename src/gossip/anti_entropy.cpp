#include "gossip/anti_entropy.hpp"

#include <array>
#include <map>
#include <set>
#include <utility>

namespace gossamer::gossip {
namespace {

// A key with its version, as packed at most: numbers, owner, pointers, and the name.
std::size_t packed_bytes(const EntryKey& key) {
  return 64 + key.name.size();
}

// Sends `entries` in packets of bounded size, the first with as many of the wanted keys as fit; the
// rest of these follow in packets of their own.
void send_entries(const Endpoint& to, const std::vector<const Entry*>& entries,
                  const std::vector<EntryKey>& wanted, Outbox& outbox) {
  std::size_t bytes = 0;
  Send send{to, true, SyncWants{}, {}};
  const auto close = [&] {
    outbox.push_back(std::exchange(send, Send{to, true, SyncWants{}, {}}));
    bytes = 0;
  };
  for (const EntryKey& key : wanted) {
    auto& keys = std::get<SyncWants>(send.message).keys;
    keys.push_back(key);
    bytes += packed_bytes(key);
    if (keys.size() >= kSyncKeysMax || bytes >= kSyncBytesMax) close();
  }
  for (const Entry* entry : entries) {
    if (bytes + packed_bytes(*entry) > kSyncBytesMax) close();
    send.entries.push_back(*entry);
    bytes += packed_bytes(*entry);
  }
  if (bytes > 0) close();
}

bool are_ascending_buckets(const std::vector<std::uint16_t>& buckets) {
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i] >= kBucketCount || (i > 0 && buckets[i] <= buckets[i - 1])) return false;
  }
  return true;
}

}  // namespace

std::size_t packed_bytes(const Entry& entry) {
  return (entry.statement ? entry.statement->size() : 0) + kEntryOverheadBytes;
}

void answer_digest(const Replica& replica, const Endpoint& to, const SyncDigest& message,
                   const Entry* own, std::size_t datagram_bytes_max, Outbox& outbox) {
  if (message.digest == replica.digest() && message.entry_count == replica.told_count()) return;
  const std::size_t bytes = kMessageOverheadBytes + kBucketCount * sizeof(std::uint64_t);
  Send send{to, bytes > datagram_bytes_max, SyncBuckets{replica.bucket_digests()}, {}};
  // Who cannot be reached by stream learns of us at least.
  const bool has_room = own != nullptr && bytes + packed_bytes(*own) <= datagram_bytes_max;
  if (own != nullptr && (send.by_stream || has_room)) send.entries.push_back(*own);
  outbox.push_back(std::move(send));
}

void answer_buckets(const Replica& replica, const Endpoint& to, const SyncBuckets& message,
                    const Entry* own, Outbox& outbox) {
  const std::vector<std::uint64_t> held = replica.bucket_digests();
  if (message.buckets.size() != held.size()) {
    outbox.push_back(Trace{"gossip: buckets of another count"});
    return;
  }
  std::vector<std::uint16_t> differing;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (held[i] != message.buckets[i]) differing.push_back(static_cast<std::uint16_t>(i));
  }
  if (differing.empty()) return;

  std::array<std::vector<const Entry*>, kBucketCount> by_bucket;
  for (const Entry* entry : replica.entries_in(differing)) {
    by_bucket[Replica::bucket_of(entry->key)].push_back(entry);
  }
  Send send{to, true, SyncKeys{}, {}};
  if (own != nullptr) send.entries.push_back(*own);
  for (const std::uint16_t bucket : differing) {
    auto* keys = &std::get<SyncKeys>(send.message);
    if (!keys->held.empty() && keys->held.size() + by_bucket[bucket].size() > kSyncKeysMax) {
      outbox.push_back(std::exchange(send, Send{to, true, SyncKeys{}, {}}));
      keys = &std::get<SyncKeys>(send.message);
    }
    keys->buckets.push_back(bucket);
    for (const Entry* entry : by_bucket[bucket]) {
      // Keys left out are sent to us in vain; nothing is lost.
      if (keys->held.size() == kSyncKeysMax) break;
      keys->held.push_back({entry->key, entry->version});
    }
  }
  outbox.push_back(std::move(send));
}

void answer_keys(const Replica& replica, const Endpoint& to, const SyncKeys& message,
                 Outbox& outbox) {
  if (!are_ascending_buckets(message.buckets) || message.held.size() > kSyncKeysMax) {
    outbox.push_back(Trace{"gossip: keys beyond their bounds"});
    return;
  }
  std::map<EntryKey, std::uint64_t> theirs;
  for (const SyncKeys::Held& held : message.held) theirs[held.key] = held.version;

  std::vector<const Entry*> they_lack;
  for (const Entry* entry : replica.entries_in(message.buckets)) {
    const auto at = theirs.find(entry->key);
    if (at == theirs.end() || at->second < entry->version) they_lack.push_back(entry);
  }
  std::vector<EntryKey> we_lack;
  for (const auto& [key, version] : theirs) {
    const Entry* entry = replica.find(key);
    if (entry == nullptr || entry->version < version) we_lack.push_back(key);
  }
  // An answer in any case: who hears none takes it that streams do not reach it.
  if (they_lack.empty() && we_lack.empty()) outbox.push_back(Send{to, true, SyncWants{}, {}});
  send_entries(to, they_lack, we_lack, outbox);
}

void answer_wants(const Replica& replica, const Endpoint& to, const SyncWants& message,
                  Outbox& outbox) {
  if (message.keys.size() > kSyncKeysMax) {
    outbox.push_back(Trace{"gossip: wants beyond their bounds"});
    return;
  }
  // A key named twice is answered once.
  const std::set<EntryKey> wanted(message.keys.begin(), message.keys.end());
  std::vector<const Entry*> found;
  for (const EntryKey& key : wanted) {
    const Entry* entry = replica.find(key);
    if (entry != nullptr && !replica.is_hushed(key)) found.push_back(entry);
  }
  send_entries(to, found, {}, outbox);
}

}  // namespace gossamer::gossip
