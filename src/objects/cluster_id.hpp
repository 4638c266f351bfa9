#pragma once

#include <string>

#include "gossamer/ports/object_store.hpp"

namespace gossamer::objects {

/// Finds the random id that says which cluster an object store belongs to: creates the object
/// `cluster-id` with `candidate` (1 to 128 of `A-Z a-z 0-9 - _ .`), or reads what is there. Tries
/// at most 5 times when the store does not say clearly.
///
/// `done` runs on the loop, never from inside the call, and not if `objects` is destroyed before;
/// it gets the id that all nodes will read. Errors: permission_denied, unavailable, corrupted.
void ensure_cluster_id(ObjectStore& objects, std::string candidate,
                       UniqueFunction<void(Result<std::string>)> done);

}  // namespace gossamer::objects
