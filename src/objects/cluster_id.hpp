#pragma once

#include <string>

#include "gossamer/ports/object_store.hpp"

namespace gossamer::objects {

/// Finds the random id that says which cluster an object store belongs to: creates the object
/// `cluster-id` with `candidate` (1 to 128 of `A-Z a-z 0-9 - _ .`) and, on a line of its own, the
/// cluster's name (at most 64 bytes); or reads what is there. Tries at most 5 times when the store
/// does not say clearly. Two clusters that take each other's places as heirs would be found only by
/// their owners' losses: so another name is refused. An object of one line belongs to any.
///
/// `done` runs on the loop, never from inside the call, and not if `objects` is destroyed before;
/// it gets the id that all nodes will read. Errors: permission_denied, unavailable, corrupted,
/// invalid_argument (it belongs to a cluster of another name).
void ensure_cluster_id(ObjectStore& objects, std::string candidate, std::string cluster,
                       UniqueFunction<void(Result<std::string>)> done);

}  // namespace gossamer::objects
