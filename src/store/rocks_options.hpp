#pragma once

#include <memory>
#include <string_view>

#include "gossamer/result.hpp"

namespace rocksdb {
struct Options;
class Status;
}  // namespace rocksdb

namespace gossamer::store {

/// RocksDB with a few MiB of memory, made for many small stores in one process. It writes no log
/// file of its own: what goes wrong comes back as a status.
rocksdb::Options small_rocks_options();

/// `what` was tried: "open /data/node". Corruption and missing pieces are `corrupted`.
Error rocks_error(const rocksdb::Status& status, std::string_view what);
/// Another process, or this one, has the database open.
bool is_rocks_lock_error(const rocksdb::Status& status);

}  // namespace gossamer::store
