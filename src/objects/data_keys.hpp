#pragma once

#include <span>
#include <string>

#include "gossamer/ports/object_store.hpp"
#include "wire/data_key.hpp"

// The key under which the contents of an object store are sealed lies in that store, wrapped under
// the cluster's keys: `data-keys/first` as it was made, and `data-keys/KKKKKKKK` under each further
// cluster key, by its id in hexadecimal. All of them hold one data key. Create-only, as journals
// are.
//
// All functions: `done` runs on the loop, never from inside the call, and not if `objects` is
// destroyed before. What does not answer clearly is asked again, 5 times at most. Errors besides
// those named: permission_denied, unavailable.

namespace gossamer::objects {

/// Which cluster asks, and with which cluster keys: the primary first, at least one. Copied.
struct DataKeyOwner {
  std::span<const wire::ClusterKey> cluster_keys;
  std::string cluster;
  std::string store_id;  ///< What the store's cluster-id says.
};

/// Drawn anew for each call.
struct NewDataKey {
  wire::DataKey key{};
  wire::WrapNonce nonce{};
};

using DataKeyFound = UniqueFunction<void(Result<wire::DataKey>)>;

/// The store's data key, for who only reads. Errors: not_found (the store has none),
/// invalid_argument (it is wrapped under cluster keys that are not ours), corrupted (under ours,
/// and does not open).
void find_data_key(ObjectStore& objects, const DataKeyOwner& owner, DataKeyFound done);

/// The store's data key; a store that has none, and nothing that is sealed, gets `candidate` under
/// the primary cluster key. Of nodes that race for it all get the same one. Errors: those of
/// find_data_key but not_found; corrupted too if journals or specs are there and no data key.
void ensure_data_key(ObjectStore& objects, const DataKeyOwner& owner, const NewDataKey& candidate,
                     DataKeyFound done);

/// Sees to it that `key` lies in the store under `under` too, so that nodes which hold only that
/// cluster key can open it. Done again it changes nothing. Errors: corrupted (something else lies
/// there).
void ensure_data_key_wrapped(ObjectStore& objects, const DataKeyOwner& owner, const NewDataKey& key,
                             const wire::ClusterKey& under,
                             UniqueFunction<void(Result<void>)> done);

}  // namespace gossamer::objects
