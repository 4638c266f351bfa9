#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// Who is believed among those that hold the cluster's key: nodes that are listed, and nodes that
/// an authority has admitted. With neither, all of them. docs/SECURITY.md says what that does and
/// does not keep out, docs/OPERATING.md how to come to it without an interruption.
///
/// Keys are text of 64 hex digits, as the `gossamer` program prints them.
struct AdmissionOptions {
  /// By id (32 hex digits) or public key; 10,000 at most. They need no admission. With a list this
  /// node must be on it, or have an admission by one of `authorities`, else it does not start.
  std::vector<std::string> allowed_nodes{};
  /// Public keys of those whose admissions count; 4 at most. With one of them this node must have
  /// an admission itself, or be listed, else it does not start.
  std::vector<std::string> authorities{};
  /// This node's own admission, as `gossamer authority admit` prints it. It is no secret. Given
  /// without authorities it is told to others, who may ask for it.
  std::string own{};

  /// Errors: invalid_argument.
  Result<void> validate() const;
};

/// Draws an authority's key pair and writes it to a new file that only its owner may read (0600).
/// The answer is the public key. Whoever reads the file can admit nodes; no node needs it. Errors:
/// already_exists, io.
Result<std::string> write_new_authority_file(const std::string& path);

/// The public key of an authority's file. Errors: not_found, io, permission_denied (others may read
/// it), corrupted (no authority's file).
Result<std::string> read_authority_public_key(const std::string& path);

/// Signs, with an authority's file, that a node may take part in `cluster` (as
/// NodeOptions::cluster). `not_after_unix_s`: the last second of it; 0: it does not end. The answer
/// is AdmissionOptions::own. Errors: as above, invalid_argument (no public key, or no name of a
/// cluster).
Result<std::string> admit_node(const std::string& authority_path, std::string_view node_public_key,
                               std::string_view cluster, std::int64_t not_after_unix_s);

/// The text of a file that holds an admission. Errors: not_found, io, corrupted (it holds none).
Result<std::string> read_admission_file(const std::string& path);

struct NodeIdentity {
  NodeId id{};
  std::string public_key{};
};

/// Who the node of this data directory is, or will be at its first start: directory and key are
/// made if they are absent. Blocks. Errors: permission_denied, corrupted, io.
Result<NodeIdentity> find_node_identity(const std::string& data_directory);

}  // namespace gossamer
