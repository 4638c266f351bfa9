#include "gossip/replica.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace gossamer::gossip {
namespace {

// Of the key, and of the version if it is to count. Kind and owner have fixed lengths and the name
// comes last, so no two keys share their bytes. Worked out for all that comes, and names are short
// or empty, so nothing is allocated for most.
std::uint64_t hash_of(const EntryKey& key, const std::uint64_t* version) {
  constexpr std::size_t kOwnerBytes = sizeof(key.owner.bytes);
  constexpr std::size_t kShortName = 64;
  const std::size_t size =
      1 + kOwnerBytes + (version == nullptr ? 0 : sizeof(*version)) + key.name.size();
  std::array<std::uint8_t, 1 + kOwnerBytes + sizeof(*version) + kShortName> few;
  Bytes many(size > few.size() ? size : 0);
  std::uint8_t* const bytes = many.empty() ? few.data() : many.data();
  std::uint8_t* to = bytes;
  *to++ = static_cast<std::uint8_t>(key.kind);
  to = std::copy(key.owner.bytes.begin(), key.owner.bytes.end(), to);
  for (int shift = 56; version != nullptr && shift >= 0; shift -= 8) {
    *to++ = static_cast<std::uint8_t>(*version >> shift);
  }
  std::copy(key.name.begin(), key.name.end(), to);
  return hash64(ByteView{bytes, size});
}

}  // namespace

HeldEntry::HeldEntry(Entry entry_given)
    : entry(std::move(entry_given)), bucket(Replica::bucket_of(entry.key)) {}

const Entry* Replica::find(const EntryKey& key) const {
  const auto at = held_.find(key);
  return at == held_.end() ? nullptr : &(*at)->entry;
}

const Entry& Replica::store(Entry entry) {
  const auto at = held_.lower_bound(entry.key);
  const bool is_update = at != held_.end() && (*at)->entry.key == entry.key;
  SharedEntry held = one_of(interner_, HeldEntry{std::move(entry)});
  const HeldEntry& stored = *held;
  if (is_update) {
    GOSSAMER_ASSERT(stored.entry.version > (*at)->entry.version);
    // A hushed entry is in no digest; its successor is news, and talked of again.
    if (hushed_.erase(stored.entry.key) == 0) toggle(**at);
    statements_.remove((*at)->entry);
    held_.replace(at, std::move(held));
  } else {
    ++counts_[stored.entry.key.kind];
    held_.insert(std::move(held));
  }
  toggle(stored);
  statements_.add(stored.entry, held_.size());
  return stored.entry;
}

void Replica::erase(const EntryKey& key) {
  const auto at = held_.find(key);
  if (at == held_.end()) return;
  if (hushed_.erase(key) == 0) toggle(**at);
  --counts_[key.kind];
  statements_.remove((*at)->entry);
  held_.erase(at);
}

void Replica::hush(const EntryKey& key) {
  const auto at = held_.find(key);
  if (at != held_.end() && hushed_.insert(key).second) toggle(**at);
}

void Replica::unhush(const EntryKey& key) {
  if (hushed_.erase(key) == 1) toggle(**held_.find(key));
}

bool Replica::is_hushed(const EntryKey& key) const {
  return hushed_.contains(key);
}

std::size_t Replica::count(EntryKind kind) const {
  const auto at = counts_.find(kind);
  return at == counts_.end() ? 0 : at->second;
}

std::vector<EntryKey> Replica::ownerless(EntryKind kind, std::string_view prefix) const {
  std::vector<EntryKey> found;
  for (auto at = held_.lower_bound(EntryKey{kind, NodeId{}, std::string{prefix}});
       at != held_.end(); ++at) {
    const EntryKey& key = (*at)->entry.key;
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
  return static_cast<std::uint16_t>(hash_of(key, nullptr) % kBucketCount);
}

std::vector<const Entry*> Replica::entries_in(const std::vector<std::uint16_t>& buckets) const {
  std::array<bool, kBucketCount> is_meant{};
  for (const std::uint16_t bucket : buckets) {
    if (bucket < kBucketCount) is_meant[bucket] = true;
  }
  std::vector<const Entry*> found;
  for (const SharedEntry& held : held_) {
    if (is_meant[held->bucket] && !is_hushed(held->entry.key)) found.push_back(&held->entry);
  }
  return found;
}

void Replica::toggle(const HeldEntry& held) {
  digests_[held.bucket] ^= hash_of(held.entry.key, &held.entry.version);
}

}  // namespace gossamer::gossip
