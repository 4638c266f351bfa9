#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/result.hpp"

namespace gossamer {

namespace node {
class Shell;
}

/// One key of the cluster's ring, as this node sees it. Keys are told apart by their ids, which do
/// not tell the key.
struct KeyStatus {
  std::uint32_t id = 0;     ///< First 4 bytes of the key's BLAKE2b hash.
  bool is_primary = false;  ///< This node seals with it.
  std::size_t held_by = 0;  ///< Live members that hold it durably, this node included.
  std::size_t used_by = 0;  ///< Live members that seal with it.
  std::vector<std::string>
      lacking{};  ///< Names of live members that do not hold it, or do not say.
};

/// The cluster's keys, and how to change them while it runs without losing a packet: add the new
/// one, use it, remove the old one. Each step is told to all, and is refused until every live
/// member has taken the one before; list() tells who has. A member that was away is understood as
/// long as its key is in the ring; afterwards it needs the new key file. New machines need it
/// anyway.
///
/// Whoever holds a key of the ring can change the ring, and learns the keys that are added. So this
/// renews keys that are old, or that somebody who left has known; a key that an attacker listening
/// now has is replaced by new key files and a restart. docs/SECURITY.md says more.
///
/// **Threads**: confined to the loop. **Lifetime**: the node's.
class Keys {
 public:
  explicit Keys(node::Shell& shell) : shell_(shell) {}
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  /// The primary first. Empty until the node takes part.
  std::vector<KeyStatus> list() const;

  /// From now on all nodes open what is sealed with this key too. `key`: 32 bytes, as
  /// read_key_file gives them. The answer is its id.
  /// Errors: invalid_argument (not 32 bytes), already_exists, resource_exhausted (8 are held),
  /// unavailable (the node does not take part yet).
  Result<std::uint32_t> add(std::string_view key);
  /// From now on all nodes seal with this one.
  /// Errors: not_found, already_exists (it is), unavailable (live members lack it; they are named).
  Result<void> use(std::uint32_t id);
  /// What is sealed with this key is no longer opened, but for 30 s, for what is on its way.
  /// Errors: not_found, invalid_argument (it is the primary), unavailable (live members do not use
  /// the primary yet; they are named).
  Result<void> remove(std::uint32_t id);

 private:
  node::Shell& shell_;
};

}  // namespace gossamer
