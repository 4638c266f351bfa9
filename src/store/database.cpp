#include "store/database.hpp"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "store/rocks_options.hpp"

namespace gossamer::store {
namespace {

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view view(const rocksdb::Slice& text) {
  return {text.data(), text.size()};
}

std::vector<rocksdb::ColumnFamilyDescriptor> columns(const rocksdb::Options& options) {
  rocksdb::ColumnFamilyOptions small{options};
  small.write_buffer_size = 256 * 1024;
  rocksdb::ColumnFamilyOptions tail{options};
  tail.write_buffer_size = 1024 * 1024;
  return {{rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions{options}},
          {"gossamer", small},
          {"tail", tail}};
}

}  // namespace

Database::Database(std::string path) : path_(std::move(path)) {}

Database::~Database() {
  if (!rocks_) return;
  for (rocksdb::ColumnFamilyHandle* column : columns_) rocks_->DestroyColumnFamilyHandle(column);
  // A failed close loses nothing: what was acknowledged is in the log already.
  const rocksdb::Status ignored = rocks_->Close();
  ignored.PermitUncheckedError();
}

Result<std::unique_ptr<Database>> Database::create(const std::string& path) {
  return open_as(path, Mode::create);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
  return open_as(path, Mode::open);
}

Result<std::unique_ptr<Database>> Database::open_read_only(const std::string& path) {
  return open_as(path, Mode::read_only);
}

Result<std::unique_ptr<Database>> Database::open_as(const std::string& path, Mode mode) {
  rocksdb::Options options = small_rocks_options();
  options.create_if_missing = mode == Mode::create;
  options.create_missing_column_families = mode == Mode::create;
  options.error_if_exists = mode == Mode::create;
  std::unique_ptr<Database> database{new Database{path}};
  rocksdb::DB* rocks = nullptr;
  const rocksdb::Status status =
      mode == Mode::read_only
          ? rocksdb::DB::OpenForReadOnly(rocksdb::DBOptions{options}, path, columns(options),
                                         &database->columns_, &rocks)
          : rocksdb::DB::Open(rocksdb::DBOptions{options}, path, columns(options),
                              &database->columns_, &rocks);
  if (!status.ok()) {
    database->columns_.clear();
    if (is_rocks_lock_error(status)) {
      return fail(
          ErrorCode::io,
          fmt::format(
              "the store {} is open already, here or in another process: close it there, or "
              "stop that process",
              path));
    }
    return tl::unexpected<Error>(rocks_error(status, "open the store " + path));
  }
  database->rocks_.reset(rocks);
  return database;
}

Result<std::optional<std::string>> Database::get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = rocks_->Get(rocksdb::ReadOptions{}, data(), slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return tl::unexpected<Error>(rocks_error(status, "read the store " + path_));
  return std::optional<std::string>{std::move(value)};
}

Result<void> Database::scan(std::string_view prefix, std::string_view begin,
                            const Visit& visit) const {
  const std::unique_ptr<rocksdb::Iterator> it{rocks_->NewIterator(rocksdb::ReadOptions{}, data())};
  for (it->Seek(slice(std::max(prefix, begin))); it->Valid(); it->Next()) {
    if (view(it->key()).substr(0, prefix.size()) != prefix) break;
    if (!visit(view(it->key()), view(it->value()))) break;
  }
  if (!it->status().ok()) {
    return tl::unexpected<Error>(rocks_error(it->status(), "scan the store " + path_));
  }
  return {};
}

Result<void> Database::write(rocksdb::WriteBatch& batch, Sync sync) {
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::yes;
  const rocksdb::Status status = rocks_->Write(options, &batch);
  if (!status.ok()) return tl::unexpected<Error>(rocks_error(status, "write the store " + path_));
  return {};
}

}  // namespace gossamer::store
