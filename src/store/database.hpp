#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/result.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class WriteBatch;
}  // namespace rocksdb

namespace gossamer::store {

/// The RocksDB of one unit, with its three column families. What they hold besides the service's
/// data is the business of store_meta.hpp.
///
/// **Threads**: any. Opening, writing and destroying block.
class Database {
 public:
  /// A crash may leave half of it: the caller makes it beside, then renames. Errors: io.
  static Result<std::unique_ptr<Database>> create(const std::string& path);
  /// Never creates and never repairs. Errors: corrupted, io, version_mismatch.
  static Result<std::unique_ptr<Database>> open(const std::string& path);
  /// Changes no file, and needs no lock.
  static Result<std::unique_ptr<Database>> open_read_only(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<std::optional<std::string>> get(std::string_view key) const;
  using Visit = std::function<bool(std::string_view, std::string_view)>;
  Result<void> scan(std::string_view prefix, std::string_view begin, const Visit& visit) const;

  enum class Sync : unsigned char { no, yes };
  Result<void> write(rocksdb::WriteBatch& batch, Sync sync);

  rocksdb::DB& rocks() const { return *rocks_; }
  rocksdb::ColumnFamilyHandle* data() const { return columns_[0]; }
  rocksdb::ColumnFamilyHandle* meta() const { return columns_[1]; }
  rocksdb::ColumnFamilyHandle* tail() const { return columns_[2]; }
  const std::string& path() const { return path_; }

 private:
  enum class Mode : unsigned char { create, open, read_only };
  explicit Database(std::string path);
  static Result<std::unique_ptr<Database>> open_as(const std::string& path, Mode mode);

  const std::string path_;
  std::unique_ptr<rocksdb::DB> rocks_;
  std::vector<rocksdb::ColumnFamilyHandle*> columns_;
};

}  // namespace gossamer::store
