#include "wire/identity.hpp"

#include <sodium.h>

#include "base/assert.hpp"

namespace gossamer::wire {

static_assert(crypto_sign_SEEDBYTES == Identity::kSeedBytes);
static_assert(crypto_sign_PUBLICKEYBYTES == 32);
static_assert(crypto_sign_SECRETKEYBYTES == 64);
static_assert(crypto_sign_BYTES == 64);

Identity Identity::from_seed(std::span<const std::uint8_t, kSeedBytes> seed) {
  GOSSAMER_ASSERT(sodium_init() >= 0);
  Identity identity;
  crypto_sign_seed_keypair(identity.public_key_.data(), identity.secret_key_.data(), seed.data());
  identity.id_ = node_id_of(identity.public_key_);
  return identity;
}

std::array<std::uint8_t, 64> Identity::sign(ByteView bytes) const {
  std::array<std::uint8_t, 64> signature{};
  crypto_sign_detached(signature.data(), nullptr, bytes.data(), bytes.size(), secret_key_.data());
  return signature;
}

bool is_public_key(const PublicKey& key) {
  return crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

NodeId node_id_of(std::span<const std::uint8_t, 32> public_key) {
  NodeId id;
  crypto_generichash(id.bytes.data(), id.bytes.size(), public_key.data(), public_key.size(),
                     nullptr, 0);
  return id;
}

}  // namespace gossamer::wire
