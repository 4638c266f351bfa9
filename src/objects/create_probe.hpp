#pragma once

#include <string>

#include "gossamer/ports/object_store.hpp"

namespace gossamer::objects {

/// Proves that the store honours create-only, on which every claim rests: some S3 servers accept
/// `If-None-Match: *` and overwrite all the same. Creates `probe/UNIQUE` twice with different
/// bytes, wants `exists` the second time and the first bytes back, then removes the object.
///
/// `unique_suffix`: never used before, of the characters of a key. `done` runs on the loop, never
/// from inside the call, and not if `objects` is destroyed before; an error says why the store
/// cannot be used for claims. Errors: version_mismatch (create-only is not honoured),
/// permission_denied, unavailable.
void probe_create_only(ObjectStore& objects, std::string unique_suffix,
                       UniqueFunction<void(Result<void>)> done);

}  // namespace gossamer::objects
