// The cluster's keys, as the user changes them.

#include "gossamer/keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "node/shell.hpp"

namespace gossamer::node {
namespace {

constexpr std::string_view kNotBegun =
    "keys: the node does not take part yet, it waits for its object store";

}  // namespace

std::vector<KeyStatus> Shell::keys() const {
  return driver_ ? driver_->keys() : std::vector<KeyStatus>{};
}

Result<std::uint32_t> Shell::add_key(std::string_view bytes) {
  wire::ClusterKey key;
  if (bytes.size() != key.bytes.size()) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("keys: a key has {} bytes, this one has {}", key.bytes.size(), bytes.size()));
  }
  if (!driver_) return fail(ErrorCode::unavailable, std::string{kNotBegun});
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return after_change(driver_->add_key(key)).map([&] { return key.id(); });
}

Result<void> Shell::use_key(std::uint32_t id) {
  if (!driver_) return fail(ErrorCode::unavailable, std::string{kNotBegun});
  return after_change(driver_->use_key(id));
}

Result<void> Shell::remove_key(std::uint32_t id) {
  if (!driver_) return fail(ErrorCode::unavailable, std::string{kNotBegun});
  return after_change(driver_->remove_key(id));
}

Result<void> Shell::after_change(Result<void> changed) {
  wakeups_->refresh();
  if (!changed) changed.error().detail.insert(0, "keys: ");
  return changed;
}

}  // namespace gossamer::node

namespace gossamer {

std::vector<KeyStatus> Keys::list() const {
  return shell_.keys();
}
Result<std::uint32_t> Keys::add(std::string_view key) {
  return shell_.add_key(key);
}
Result<void> Keys::use(std::uint32_t id) {
  return shell_.use_key(id);
}
Result<void> Keys::remove(std::uint32_t id) {
  return shell_.remove_key(id);
}

}  // namespace gossamer
