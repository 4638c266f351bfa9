#include "wire/data_key.hpp"

#include <sodium.h>

#include <algorithm>

#include "wire/little_endian.hpp"

namespace gossamer::wire {
namespace {

constexpr std::uint8_t kHead[] = {'g', 's', 'k', 1};
constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kSealedAt = kHeadBytes + std::tuple_size_v<WrapNonce>;
static_assert(std::tuple_size_v<WrapNonce> == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kSealedAt + kDataKeyBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES ==
              kWrappedDataKeyBytes);

// Each part with its length, so that no two places give the same bytes.
Bytes associated_data(ByteView head, const DataKeyPlace& place) {
  Bytes associated = to_bytes("gossamer data key v1");
  for (const ByteView part : {head, as_bytes(place.cluster), as_bytes(place.store_id)}) {
    associated.resize(associated.size() + 8);
    store_u64(associated.data() + associated.size() - 8, part.size());
    associated.insert(associated.end(), part.begin(), part.end());
  }
  return associated;
}

}  // namespace

Bytes wrap_data_key(const DataKey& key, const ClusterKey& under, const DataKeyPlace& place,
                    const WrapNonce& nonce) {
  Bytes wrapped(kWrappedDataKeyBytes);
  std::copy(std::begin(kHead), std::end(kHead), wrapped.begin());
  store_u32(wrapped.data() + sizeof(kHead), under.id());
  std::copy(nonce.begin(), nonce.end(), wrapped.begin() + kHeadBytes);
  const Bytes associated = associated_data(ByteView{wrapped}.first(kHeadBytes), place);
  crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped.data() + kSealedAt, nullptr, key.bytes.data(),
                                             key.bytes.size(), associated.data(), associated.size(),
                                             nullptr, nonce.data(), under.bytes.data());
  return wrapped;
}

std::optional<std::uint32_t> wrapping_key_id(ByteView bytes) {
  if (bytes.size() != kWrappedDataKeyBytes) return std::nullopt;
  if (!std::equal(std::begin(kHead), std::end(kHead), bytes.begin())) return std::nullopt;
  return load_u32(bytes.data() + sizeof(kHead));
}

Result<DataKey> unwrap_data_key(ByteView bytes, const ClusterKey& under,
                                const DataKeyPlace& place) {
  if (!wrapping_key_id(bytes)) return fail(ErrorCode::corrupted, "data key: it is no wrapped key");
  const Bytes associated = associated_data(bytes.first(kHeadBytes), place);
  DataKey key;
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      key.bytes.data(), nullptr, nullptr, bytes.data() + kSealedAt, bytes.size() - kSealedAt,
      associated.data(), associated.size(), bytes.data() + kHeadBytes, under.bytes.data());
  if (failed == 0) return key;
  return fail(ErrorCode::corrupted,
              "data key: it does not open: wrapped under another cluster key, for another store, "
              "or damaged");
}

}  // namespace gossamer::wire
