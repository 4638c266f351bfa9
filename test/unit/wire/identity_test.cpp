#include "wire/identity.hpp"

#include <sodium.h>

#include <catch2/catch.hpp>

#include "base/hash.hpp"

namespace gossamer::wire {
namespace {

Identity identity_of(std::uint8_t first) {
  std::array<std::uint8_t, Identity::kSeedBytes> seed{};
  seed[0] = first;
  return Identity::from_seed(seed);
}

TEST_CASE("identity: one seed gives one identity, another seed another") {
  CHECK(identity_of(1).id() == identity_of(1).id());
  CHECK(identity_of(1).public_key() == identity_of(1).public_key());
  CHECK(identity_of(1).id() != identity_of(2).id());
}

TEST_CASE("identity: the node's id is the hash of its public key, the same in every release") {
  const Identity identity = identity_of(1);
  CHECK(identity.id() == node_id_of(identity.public_key()));
  CHECK(to_hex(identity.public_key()) ==
        "cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc");
  CHECK(to_string(identity.id()) == "b47fb1c05dca405424624af35a01aed6");
}

TEST_CASE("identity: a signature holds for its bytes and its key only") {
  const Identity identity = identity_of(1);
  const Bytes said = to_bytes("said");
  const auto signature = identity.sign(said);
  const auto holds = [&](const Bytes& bytes, const Identity& by) {
    return crypto_sign_verify_detached(signature.data(), bytes.data(), bytes.size(),
                                       by.public_key().data()) == 0;
  };
  CHECK(holds(said, identity));
  CHECK_FALSE(holds(to_bytes("sad"), identity));
  CHECK_FALSE(holds(said, identity_of(2)));
}

}  // namespace
}  // namespace gossamer::wire
