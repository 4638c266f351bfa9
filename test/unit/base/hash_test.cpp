#include "base/hash.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace gossamer {
namespace {

TEST_CASE("hash: hash64 is SipHash-2-4 with our key, on every machine and in every release") {
  // From an independent implementation.
  CHECK(hash64(ByteView{}) == 0xa7c1bf01cd21667fU);
  CHECK(hash64(as_bytes("gossamer")) == 0x7d074a39255dfca7U);
  CHECK(hash64({as_bytes("ab"), as_bytes("c")}) == 0x93b4d9a333c403c0U);
}

TEST_CASE("hash: where one part ends and the next begins matters") {
  CHECK(hash64({as_bytes("ab"), as_bytes("c")}) != hash64({as_bytes("a"), as_bytes("bc")}));
  CHECK(hash64({as_bytes("ab")}) != hash64({as_bytes("ab"), as_bytes("")}));
}

TEST_CASE("hash: content_hash is BLAKE2b-256") {
  CHECK(to_hex(content_hash({})) ==
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  CHECK(to_hex(content_hash(as_bytes("gossamer"))) ==
        "7447466e0f43a61456dcd8806684c18e5e8577ce51193979db0978e6cf592a3b");
}

TEST_CASE("hash: in pieces it is the same as at once, however it is cut") {
  const bool holds = rc::check([](const std::vector<Bytes>& pieces) {
    Bytes whole;
    ContentHasher hasher;
    for (const Bytes& piece : pieces) {
      hasher.update(piece);
      whole.insert(whole.end(), piece.begin(), piece.end());
    }
    RC_ASSERT(hasher.finish() == content_hash(whole));
  });
  CHECK(holds);
}

TEST_CASE("hash: hex has two lower-case digits for each byte") {
  CHECK(to_hex({}).empty());
  CHECK(to_hex(Bytes{0x00, 0x0f, 0xa5, 0xff}) == "000fa5ff");
}

}  // namespace
}  // namespace gossamer
