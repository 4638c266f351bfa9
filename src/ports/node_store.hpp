#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

/// What a node itself must remember through a restart: its boot counter, and a cache of what it
/// knew. Confined to the loop; `done` runs on the loop, never from inside the call.
class NodeStore {
 public:
  virtual ~NodeStore() = default;

  struct Write {
    std::string key;
    std::optional<Bytes> value;  ///< Empty removes the key.
  };
  using Done = UniqueFunction<void(Result<void>)>;
  /// All or nothing, and `done` only when it would survive power loss. In order of the calls.
  virtual void persist(std::vector<Write> writes, Done done) = 0;
  /// Small, and readable by nobody but the node's own user. `done` as of persist.
  virtual void keep_secret(const std::string& name, Bytes secret, Done done) = 0;
  /// Not worth a sync: lost writes only make the next start colder.
  virtual void cache(std::vector<Write> writes) = 0;
};

}  // namespace gossamer
