#include "keys/rotation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/deadlines.hpp"

namespace gossamer::keys {
namespace {

constexpr std::size_t kNamedMax = 5;

/// "a, b, c and 4 more", of those for whom `is_meant` holds; empty if there is none.
template <class Predicate>
std::string names_of(const std::vector<Holder>& live, Predicate is_meant) {
  std::string names;
  std::size_t count = 0;
  for (const Holder& holder : live) {
    if (!is_meant(holder) || ++count > kNamedMax) continue;
    if (count > 1) names += ", ";
    names += holder.name;
  }
  if (count > kNamedMax) names += fmt::format(" and {} more", count - kNamedMax);
  return names;
}

bool has_key(const Holder& holder, std::uint32_t id) {
  return std::find(holder.key_ids.begin(), holder.key_ids.end(), id) != holder.key_ids.end();
}

RingStatement next(std::uint64_t number, std::vector<ClusterKey> keys) {
  return {number + 1, KeyRing{std::move(keys)}};
}

}  // namespace

Rotation::Rotation(const KeyRing& given, bool is_given_news, const RingStatement& kept)
    : version_(kept.version()), number_(kept.number), ring_(kept.ring) {
  if (!is_given_news || ring_.find(given.primary().id()) != nullptr) return;
  std::vector<ClusterKey> keys = ring_.keys();
  keys.insert(keys.begin(), given.primary());
  if (keys.size() > KeyRing::kKeysMax) keys.pop_back();
  ring_ = KeyRing{std::move(keys)};
}

bool Rotation::on_ring(Instant now, const RingStatement& told) {
  if (told.ring.empty() || told.number > RingStatement::kNumberMax) return false;
  if (told.version() <= version_ || told.number > number_ + RingStatement::kStepsMax) return false;
  for (const ClusterKey& key : ring_.keys()) {
    if (told.ring.find(key.id()) == nullptr) retired_.push_back({key, now + kRetirement});
  }
  if (retired_.size() > KeyRing::kKeysMax) {
    retired_.erase(retired_.begin(), retired_.end() - KeyRing::kKeysMax);
  }
  version_ = told.version();
  number_ = told.number;
  ring_ = told.ring;
  return true;
}

Result<RingStatement> Rotation::with(const ClusterKey& key) const {
  if (ring_.find(key.id()) != nullptr) {
    return fail(ErrorCode::already_exists, fmt::format("key {:08x} is in the ring", key.id()));
  }
  if (ring_.keys().size() == KeyRing::kKeysMax) {
    return fail(ErrorCode::resource_exhausted,
                fmt::format("the ring has {} keys, and cannot hold more: remove one first",
                            KeyRing::kKeysMax));
  }
  std::vector<ClusterKey> keys = ring_.keys();
  keys.push_back(key);
  return next(number_, std::move(keys));
}

Result<RingStatement> Rotation::with_primary(std::uint32_t id,
                                             const std::vector<Holder>& live) const {
  const ClusterKey* key = ring_.find(id);
  if (key == nullptr) {
    return fail(ErrorCode::not_found,
                fmt::format("key {:08x} is not in the ring: add it first", id));
  }
  if (ring_.primary() == *key) {
    return fail(ErrorCode::already_exists, fmt::format("key {:08x} is the primary", id));
  }
  const std::string lacking = names_of(live, [id](const Holder& h) { return !has_key(h, id); });
  if (!lacking.empty()) {
    return fail(
        ErrorCode::unavailable,
        fmt::format("key {:08x} has not come to {} yet, who could not hear the others: wait "
                    "for them, or stop them",
                    id, lacking));
  }
  std::vector<ClusterKey> keys = ring_.keys();
  const auto at = std::find(keys.begin(), keys.end(), *key);
  std::rotate(keys.begin(), at, at + 1);
  return next(number_, std::move(keys));
}

Result<RingStatement> Rotation::without(std::uint32_t id, const std::vector<Holder>& live) const {
  const ClusterKey* key = ring_.find(id);
  if (key == nullptr) {
    return fail(ErrorCode::not_found, fmt::format("key {:08x} is not in the ring", id));
  }
  if (ring_.primary() == *key) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("key {:08x} is the primary: use another one first", id));
  }
  const std::uint32_t primary = ring_.primary().id();
  const std::string behind = names_of(live, [primary](const Holder& h) {
    return h.key_ids.empty() || h.key_ids.front() != primary;
  });
  if (!behind.empty()) {
    return fail(ErrorCode::unavailable,
                fmt::format("{} has not gone over to key {:08x} yet, and would no longer be heard: "
                            "wait, or stop it",
                            behind, primary));
  }
  std::vector<ClusterKey> keys = ring_.keys();
  keys.erase(std::find(keys.begin(), keys.end(), *key));
  return next(number_, std::move(keys));
}

std::vector<ClusterKey> Rotation::openable() const {
  std::vector<ClusterKey> keys = ring_.keys();
  for (const Retired& retired : retired_) {
    if (ring_.find(retired.key.id()) == nullptr) keys.push_back(retired.key);
  }
  return keys;
}

bool Rotation::on_deadline(Instant now) {
  return std::erase_if(retired_, [now](const Retired& one) { return one.until <= now; }) > 0;
}

std::optional<Instant> Rotation::next_deadline() const {
  std::optional<Instant> deadline;
  for (const Retired& one : retired_) earlier(deadline, one.until);
  return deadline;
}

}  // namespace gossamer::keys
