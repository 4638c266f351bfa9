#include "store/store_meta.hpp"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "store/rocks_options.hpp"

namespace gossamer::store {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kClaimsMax = 4096;
constexpr const char* kFormatKey = "format";
constexpr const char* kSequenceKey = "sequence";
constexpr const char* kOpenedUnderKey = "opened_under";
constexpr const char* kClaimsKey = "claims";
constexpr const char* kTrimmedKey = "trimmed";
constexpr std::size_t kNonceBytes = std::tuple_size_v<decltype(journal::Nonce::bytes)>;

std::string encode_number(std::uint64_t number) {
  std::string text(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    text[i] = static_cast<char>(static_cast<std::uint8_t>(number >> (56 - 8 * i)));
  }
  return text;
}

std::optional<std::uint64_t> decode_number(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) number = (number << 8) | static_cast<std::uint8_t>(c);
  return number;
}

tl::unexpected<Error> corrupted(const Database& database, std::string_view what) {
  return fail(ErrorCode::corrupted, fmt::format("the store {}: {}", database.path(), what));
}

Result<std::optional<std::string>> read(const Database& database, const char* key) {
  std::string value;
  const rocksdb::Status status =
      database.rocks().Get(rocksdb::ReadOptions{}, database.meta(), key, &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) {
    return tl::unexpected<Error>(rocks_error(status, "read the store " + database.path()));
  }
  return std::optional<std::string>{std::move(value)};
}

// Absent is 0.
Result<std::uint64_t> read_number(const Database& database, const char* key) {
  Result<std::optional<std::string>> text = read(database, key);
  if (!text) return tl::unexpected<Error>(text.error());
  if (!text->has_value()) return 0;
  const auto number = decode_number(**text);
  if (!number) return corrupted(database, fmt::format("its {} is no number", key));
  return *number;
}

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

void must(const rocksdb::Status& status) {
  // Building a batch in memory fails only beyond 4 GiB, and ours are small.
  status.PermitUncheckedError();
}

}  // namespace

Result<StoreMeta> read_meta(const Database& database) {
  const Result<std::uint64_t> format = read_number(database, kFormatKey);
  if (!format) return tl::unexpected<Error>(format.error());
  if (*format == 0) return corrupted(database, "it does not say its format");
  if (*format > kFormat) {
    return fail(ErrorCode::version_mismatch,
                fmt::format("the store {} has format {}; this build reads {}", database.path(),
                            *format, kFormat));
  }
  StoreMeta meta;
  const std::pair<const char*, std::uint64_t*> numbers[] = {
      {kSequenceKey, &meta.sequence},
      {kOpenedUnderKey, &meta.opened_under},
      {kTrimmedKey, &meta.trimmed},
  };
  for (const auto& [key, into] : numbers) {
    const Result<std::uint64_t> number = read_number(database, key);
    if (!number) return tl::unexpected<Error>(number.error());
    *into = *number;
  }
  const Result<std::optional<std::string>> claims = read(database, kClaimsKey);
  if (!claims) return tl::unexpected<Error>(claims.error());
  const std::string text = claims->value_or("");
  if (text.size() % kNonceBytes != 0) return corrupted(database, "its claims are cut short");
  for (std::size_t at = 0; at < text.size(); at += kNonceBytes) {
    journal::Nonce nonce;
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), kNonceBytes, nonce.bytes.begin());
    meta.claims.push_back(nonce);
  }
  return meta;
}

void put_sequence(const Database& database, rocksdb::WriteBatch& batch,
                  journal::Sequence sequence) {
  must(batch.Put(database.meta(), kSequenceKey, encode_number(sequence)));
}

void put_opened_under(const Database& database, rocksdb::WriteBatch& batch, Epoch epoch) {
  must(batch.Put(database.meta(), kOpenedUnderKey, encode_number(epoch)));
}

void put_claims(const Database& database, rocksdb::WriteBatch& batch,
                const std::vector<journal::Nonce>& claims) {
  std::string text;
  const std::size_t first = claims.size() - std::min(claims.size(), kClaimsMax);
  for (std::size_t i = first; i < claims.size(); ++i) {
    text.append(claims[i].bytes.begin(), claims[i].bytes.end());
  }
  must(batch.Put(database.meta(), kClaimsKey, text));
}

void put_tail(const Database& database, rocksdb::WriteBatch& batch, journal::Sequence sequence,
              ByteView bytes) {
  must(batch.Put(database.tail(), encode_number(sequence), slice(as_text(bytes))));
}

void trim_tail(const Database& database, rocksdb::WriteBatch& batch, journal::Sequence through) {
  must(batch.DeleteRange(database.tail(), encode_number(0), encode_number(through + 1)));
  must(batch.Put(database.meta(), kTrimmedKey, encode_number(through)));
}

void put_operations(const Database& database, rocksdb::WriteBatch& batch,
                    const std::vector<WriteBatch::Operation>& operations) {
  for (const WriteBatch::Operation& operation : operations) {
    if (operation.value) {
      must(batch.Put(database.data(), slice(operation.key), slice(*operation.value)));
    } else {
      must(batch.Delete(database.data(), slice(operation.key)));
    }
  }
}

Result<std::vector<journal::Commit>> read_tail(const Database& database, const StoreMeta& meta) {
  std::vector<journal::Commit> tail;
  const std::unique_ptr<rocksdb::Iterator> it{
      database.rocks().NewIterator(rocksdb::ReadOptions{}, database.tail())};
  for (it->Seek(encode_number(meta.trimmed + 1)); it->Valid(); it->Next()) {
    const auto sequence = decode_number({it->key().data(), it->key().size()});
    if (!sequence || (!tail.empty() && *sequence != tail.back().sequence + 1)) {
      return corrupted(database, "its unshipped commits have a gap");
    }
    tail.push_back({*sequence, to_bytes({it->value().data(), it->value().size()})});
  }
  if (!it->status().ok()) {
    return tl::unexpected<Error>(rocks_error(it->status(), "read the store " + database.path()));
  }
  if (!tail.empty() && tail.back().sequence > meta.sequence) {
    return corrupted(database, "it keeps commits that it does not hold");
  }
  return tail;
}

Result<void> write_made(Database& database) {
  rocksdb::WriteBatch batch;
  must(batch.Put(database.meta(), kFormatKey, encode_number(kFormat)));
  return database.write(batch, Database::Sync::yes);
}

Result<void> write_opened(Database& database, Epoch epoch, const journal::Nonce& nonce) {
  rocksdb::WriteBatch batch;
  put_opened_under(database, batch, epoch);
  put_claims(database, batch, {nonce});
  return database.write(batch, Database::Sync::yes);
}

Result<void> write_claim(Database& database, const journal::Nonce& nonce) {
  Result<StoreMeta> meta = read_meta(database);
  if (!meta) return tl::unexpected<Error>(meta.error());
  meta->claims.push_back(nonce);
  rocksdb::WriteBatch batch;
  put_claims(database, batch, meta->claims);
  return database.write(batch, Database::Sync::yes);
}

Result<void> write_adopted(Database& database) {
  const Result<StoreMeta> meta = read_meta(database);
  if (!meta) return tl::unexpected<Error>(meta.error());
  rocksdb::WriteBatch batch;
  put_opened_under(database, batch, 0);
  put_claims(database, batch, {});
  trim_tail(database, batch, meta->sequence);
  return database.write(batch, Database::Sync::yes);
}

}  // namespace gossamer::store
