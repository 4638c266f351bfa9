#pragma once

#include <memory>
#include <string>

#include "gossamer/ports/object_store.hpp"
#include "ports/workers.hpp"

namespace gossamer::objects {

/// An object store in a directory that all nodes share: of one host, or mounted. Every object is a
/// file of its own; what is acknowledged has been synced. A mount must answer from its server, not
/// from a cache (NFS: `noac,lookupcache=none`), for a reader must see what another node created.
///
/// A link, pipe or socket among the files occupies its key but is no object: a create says that the
/// key exists, a get is refused, a list leaves it out.
///
/// Makes the directory if its parent exists. The key part `.tmp` at the root is the store's own.
/// `workers` must outlive the store. Work that runs when the store is destroyed ends soon after,
/// and nobody hears of it.
///
/// Errors: invalid_argument (no name), permission_denied (not writable), io (no such place, not a
/// directory).
Result<std::unique_ptr<ObjectStore>> open_directory_object_store(std::string path,
                                                                 Workers& workers);

}  // namespace gossamer::objects
