#include "store/closed_store.hpp"

#include "store/posix_file.hpp"
#include "store/store_meta.hpp"

namespace gossamer::store {
namespace {

// A store that was made halfway must not be taken for one, so it is made beside.
Result<void> make_database(const UnitLayout& layout) {
  if (Result<void> made = layout.make_folder(); !made) return made;
  {
    const auto database = Database::create(layout.fresh());
    if (!database) return tl::unexpected<Error>(database.error());
    if (Result<void> written = write_made(**database); !written) return written;
  }
  return sync_path(layout.fresh()).and_then([&] { return layout.install_fresh(); });
}

}  // namespace

Result<journal::StoreState> inspect_open(const Database& database) {
  Result<StoreMeta> meta = read_meta(database);
  if (!meta) return tl::unexpected<Error>(meta.error());
  return journal::StoreState{true, meta->opened_under, std::move(meta->claims), meta->sequence};
}

Result<journal::StoreState> inspect_closed(const UnitLayout& layout) {
  if (Result<void> recovered = layout.recover(); !recovered) {
    return tl::unexpected<Error>(recovered.error());
  }
  if (!path_exists(layout.database())) return journal::StoreState{};
  const auto database = Database::open_read_only(layout.database());
  if (!database) return tl::unexpected<Error>(database.error());
  return inspect_open(**database);
}

Result<void> record_claim_in(const UnitLayout& layout, const journal::Nonce& nonce) {
  if (Result<void> recovered = layout.recover(); !recovered) return recovered;
  if (!path_exists(layout.database())) {
    return fail(ErrorCode::not_found, layout.database() + ": there is no store to claim with");
  }
  const auto database = Database::open(layout.database());
  if (!database) return tl::unexpected<Error>(database.error());
  return write_claim(**database, nonce);
}

Result<OpenedDatabase> open_database(const UnitLayout& layout, Epoch epoch,
                                     const journal::Nonce& nonce) {
  if (Result<void> recovered = layout.recover(); !recovered) {
    return tl::unexpected<Error>(recovered.error());
  }
  if (!path_exists(layout.database())) {
    if (Result<void> made = make_database(layout); !made) {
      return tl::unexpected<Error>(made.error());
    }
  }
  if (Result<void> removed = remove_tree(layout.checkpoints()); !removed) {
    return tl::unexpected<Error>(removed.error());
  }
  Result<std::unique_ptr<Database>> database = Database::open(layout.database());
  if (!database) return tl::unexpected<Error>(database.error());
  const Result<StoreMeta> meta = read_meta(**database);
  if (!meta) return tl::unexpected<Error>(meta.error());
  Result<std::vector<journal::Commit>> tail = read_tail(**database, *meta);
  if (!tail) return tl::unexpected<Error>(tail.error());
  if (Result<void> written = write_opened(**database, epoch, nonce); !written) {
    return tl::unexpected<Error>(written.error());
  }
  return OpenedDatabase{std::move(*database), {meta->sequence, std::move(*tail)}};
}

}  // namespace gossamer::store
