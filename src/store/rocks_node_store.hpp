#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ports/node_store.hpp"
#include "ports/workers.hpp"

namespace gossamer::store {

/// What a node finds in its data directory when it starts.
struct NodeData {
  std::uint64_t boot = 0;  ///< How often it has started from here, this time included. Durable.
  std::array<std::uint8_t, 32> identity_seed{};
  /// Everything that was cached or persisted, in key order.
  std::vector<NodeStore::Write> cached{};
  /// What NodeStore::keep_secret kept as `cluster.keys`; empty without.
  Bytes kept_keys{};
  bool made_new = false;  ///< The identity was made now.
  /// One sentence, if an earlier identity was put away for it: this deserves an event.
  std::string replaced_because{};
};

struct OpenedNodeStore {
  NodeData data{};
  std::unique_ptr<NodeStore> store{};
};

/// The machine's own name for itself, /etc/machine-id; empty if it has none.
std::string this_machine_id();

/// Opens what a node keeps under `data_path`, made if absent (0700): `identity.key`, `cluster.keys`
/// once keys were changed, and a RocksDB in `node`. Raises the boot counter durably. Blocks: for
/// startup.
///
/// Another `machine_id` than last time means a copied data directory: the old key is renamed and a
/// new one made, for two nodes must not have one identity. So it is when the boot counter is lost,
/// since an incarnation must never fall. An empty id says nothing.
///
/// `workers` must outlive the store; writes under way when it is destroyed may or may not happen,
/// and nobody hears of them.
///
/// Errors, one sentence each: already_exists (another node has it open), permission_denied (a
/// key's mode is wider than 0600), corrupted (left as it is), io.
Result<OpenedNodeStore> open_node_store(const std::string& data_path, Workers& workers,
                                        std::string machine_id = this_machine_id());

/// The identity that a start from `data_path` would go by, made now if a start would make it (this
/// counts as one); while a node runs from there, its own. Blocks. Errors: as above, not_found.
Result<std::array<std::uint8_t, 32>> find_identity(const std::string& data_path,
                                                   std::string machine_id = this_machine_id());

}  // namespace gossamer::store
