#include "store/rocks_options.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/status.h>
#include <rocksdb/table.h>

namespace gossamer::store {
namespace {

class SilentLogger final : public rocksdb::Logger {
 public:
  SilentLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace

rocksdb::Options small_rocks_options() {
  rocksdb::Options options;
  options.info_log = std::make_shared<SilentLogger>();
  options.paranoid_checks = true;
  // A record cut short at the end of the log is a write that was never acknowledged. Anything else
  // that is wrong with the log must stop us: the default mode would drop what lies behind it.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_open_files = 512;
  options.max_background_jobs = 2;
  options.max_total_wal_size = 8 * 1024 * 1024;
  options.max_manifest_file_size = 1024 * 1024;
  options.write_buffer_size = 2 * 1024 * 1024;
  options.max_write_buffer_number = 2;
  options.arena_block_size = 64 * 1024;
  // Small files: a freeze uploads again only what compaction rewrote.
  options.target_file_size_base = 8 * 1024 * 1024;
  options.max_bytes_for_level_base = 32 * 1024 * 1024;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(2 * 1024 * 1024, 0);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

Error rocks_error(const rocksdb::Status& status, std::string_view what) {
  ErrorCode code = ErrorCode::io;
  if (status.IsCorruption() || status.IsPathNotFound() || status.IsInvalidArgument()) {
    code = ErrorCode::corrupted;
  }
  return {code, fmt::format("{}: {}", what, status.ToString())};
}

bool is_rocks_lock_error(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("lock hold by current process") != std::string::npos ||
                                text.find("While lock file") != std::string::npos);
}

}  // namespace gossamer::store
