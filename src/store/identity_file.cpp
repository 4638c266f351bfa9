#include "store/identity_file.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "store/secret_file.hpp"

namespace gossamer::store {

Result<std::optional<IdentitySeed>> read_identity(const std::string& path) {
  const Result<std::optional<Bytes>> bytes = read_secret_file(path, "the identity key", 1024);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  if (!bytes->has_value()) return std::optional<IdentitySeed>{};
  IdentitySeed seed{};
  if ((*bytes)->size() != seed.size()) {
    return fail(ErrorCode::corrupted,
                fmt::format("the identity key {} does not have {} bytes", path, seed.size()));
  }
  std::copy((*bytes)->begin(), (*bytes)->end(), seed.begin());
  return std::optional<IdentitySeed>{seed};
}

Result<IdentitySeed> make_identity(const std::string& path) {
  if (sodium_init() < 0) return fail(ErrorCode::io, "libsodium cannot be started");
  IdentitySeed seed{};
  randombytes_buf(seed.data(), seed.size());
  const Result<void> written = write_secret_file(path, seed);
  if (!written) return tl::unexpected<Error>(written.error());
  return seed;
}

}  // namespace gossamer::store
