#include "gossip/replica.hpp"

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace gossamer::gossip {
namespace {

void append(Bytes& bytes, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

// Kind and owner have fixed lengths and the name comes last, so no two keys share their bytes.
Bytes bytes_of(const EntryKey& key) {
  Bytes bytes;
  bytes.reserve(1 + key.owner.bytes.size() + 8 + key.name.size());
  bytes.push_back(static_cast<std::uint8_t>(key.kind));
  bytes.insert(bytes.end(), key.owner.bytes.begin(), key.owner.bytes.end());
  return bytes;
}

std::uint64_t hash_of(const Entry& entry) {
  Bytes bytes = bytes_of(entry.key);
  append(bytes, entry.version);
  bytes.insert(bytes.end(), entry.key.name.begin(), entry.key.name.end());
  return hash64(ByteView{bytes});
}

}  // namespace

const Entry* Replica::find(const EntryKey& key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? nullptr : &*at;
}

void Replica::store(Entry entry) {
  const auto at = entries_.find(entry.key);
  if (at == entries_.end()) {
    toggle(entry);
    ++counts_[entry.key.kind];
    entries_.insert(std::move(entry));
    return;
  }
  GOSSAMER_ASSERT(entry.version > at->version);
  // A hushed entry is in no digest; its successor is news, and talked of again.
  if (hushed_.erase(entry.key) == 0) toggle(*at);
  toggle(entry);
  auto node = entries_.extract(at);
  node.value() = std::move(entry);
  entries_.insert(std::move(node));
}

void Replica::erase(const EntryKey& key) {
  const auto at = entries_.find(key);
  if (at == entries_.end()) return;
  if (hushed_.erase(key) == 0) toggle(*at);
  --counts_[at->key.kind];
  entries_.erase(at);
}

void Replica::hush(const EntryKey& key) {
  const auto at = entries_.find(key);
  if (at == entries_.end() || !hushed_.insert(key).second) return;
  toggle(*at);
}

std::size_t Replica::count(EntryKind kind) const {
  const auto at = counts_.find(kind);
  return at == counts_.end() ? 0 : at->second;
}

std::vector<EntryKey> Replica::ownerless(EntryKind kind, std::string_view prefix) const {
  std::vector<EntryKey> found;
  for (auto at = entries_.lower_bound(EntryKey{kind, NodeId{}, std::string{prefix}});
       at != entries_.end(); ++at) {
    const EntryKey& key = at->key;
    if (key.kind != kind || !key.owner.is_zero() || !key.name.starts_with(prefix)) break;
    found.push_back(key);
  }
  return found;
}

std::uint64_t Replica::digest() const {
  std::uint64_t whole = 0;
  for (const std::uint64_t bucket : digests_) whole ^= bucket;
  return whole;
}

std::vector<std::uint64_t> Replica::bucket_digests() const {
  return {digests_.begin(), digests_.end()};
}

std::uint16_t Replica::bucket_of(const EntryKey& key) {
  Bytes bytes = bytes_of(key);
  bytes.insert(bytes.end(), key.name.begin(), key.name.end());
  return static_cast<std::uint16_t>(hash64(ByteView{bytes}) % kBucketCount);
}

std::vector<const Entry*> Replica::entries_in(const std::vector<std::uint16_t>& buckets) const {
  std::array<bool, kBucketCount> is_meant{};
  for (const std::uint16_t bucket : buckets) {
    if (bucket < kBucketCount) is_meant[bucket] = true;
  }
  std::vector<const Entry*> found;
  for (const Entry& entry : entries_) {
    if (is_meant[bucket_of(entry.key)] && !is_hushed(entry.key)) found.push_back(&entry);
  }
  return found;
}

void Replica::toggle(const Entry& entry) {
  digests_[bucket_of(entry.key)] ^= hash_of(entry);
}

}  // namespace gossamer::gossip
