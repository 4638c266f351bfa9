#include "keys/key_ring.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace gossamer::keys {
namespace {

constexpr int kMarkBits = 24;

std::uint32_t first_word(const ContentHash& hash) {
  return std::uint32_t{hash[0]} | std::uint32_t{hash[1]} << 8U | std::uint32_t{hash[2]} << 16U |
         std::uint32_t{hash[3]} << 24U;
}

}  // namespace

std::uint32_t ClusterKey::id() const {
  return first_word(content_hash(bytes));
}

bool KeyRing::is_acceptable(const std::vector<ClusterKey>& keys) {
  std::set<std::uint32_t> ids;
  for (const ClusterKey& key : keys) ids.insert(key.id());
  return !keys.empty() && keys.size() <= kKeysMax && ids.size() == keys.size();
}

KeyRing::KeyRing(std::vector<ClusterKey> keys) : keys_(std::move(keys)) {
  GOSSAMER_ASSERT(is_acceptable(keys_));
}

const ClusterKey* KeyRing::find(std::uint32_t id) const {
  const auto at = std::find_if(keys_.begin(), keys_.end(),
                               [id](const ClusterKey& key) { return key.id() == id; });
  return at == keys_.end() ? nullptr : &*at;
}

std::vector<std::uint32_t> KeyRing::ids() const {
  std::vector<std::uint32_t> ids;
  ids.reserve(keys_.size());
  for (const ClusterKey& key : keys_) ids.push_back(key.id());
  return ids;
}

std::uint64_t RingStatement::version() const {
  Bytes all;
  for (const ClusterKey& key : ring.keys()) {
    all.insert(all.end(), key.bytes.begin(), key.bytes.end());
  }
  // Not of the keys themselves: the version is seen in comparisons, and by tools.
  const std::uint32_t mark = first_word(content_hash(all)) >> (32 - kMarkBits);
  return number << kMarkBits | mark;
}

}  // namespace gossamer::keys
