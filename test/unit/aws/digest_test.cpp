#include "aws/digest.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace gossamer::aws {
namespace {

std::string hex_of(ByteView bytes) {
  return to_hex(sha256(bytes));
}

TEST_CASE("digest: SHA-256 gives the standard's examples") {
  // Source: FIPS 180-2, appendix B.
  CHECK(hex_of({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_of(as_bytes("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("digest: pieces give what the whole gives, and the stream starts anew") {
  const std::string text(100'000, 'g');
  Sha256Stream stream;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t at = 0; at < text.size(); at += 777) {
      stream.update(as_bytes(std::string_view{text}.substr(at, 777)));
    }
    CHECK(stream.finish() == sha256(as_bytes(text)));
  }
  CHECK(stream.finish() == sha256({}));

  Sha256Stream other = std::move(stream);
  other.update(as_bytes("abc"));
  CHECK(other.finish() == sha256(as_bytes("abc")));
}

TEST_CASE("digest: HMAC gives the standard's examples, with any length of key") {
  // Source: RFC 4231, test cases 1, 2 and 6.
  CHECK(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(Bytes(131, 0xaa),
                           as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(to_hex(hmac_sha256({}, {})) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("digest: hex has two lower-case digits for each byte") {
  CHECK(to_hex({}).empty());
  CHECK(to_hex(Bytes{0x00, 0x0f, 0xa0, 0xff}) == "000fa0ff");
}

TEST_CASE("digest: base64 is padded") {
  // Source: RFC 4648, section 10.
  CHECK(to_base64(as_bytes("")).empty());
  CHECK(to_base64(as_bytes("f")) == "Zg==");
  CHECK(to_base64(as_bytes("fo")) == "Zm8=");
  CHECK(to_base64(as_bytes("foo")) == "Zm9v");
  CHECK(to_base64(as_bytes("foobar")) == "Zm9vYmFy");
  CHECK(to_base64(Bytes{0xfb, 0xff, 0xfe}) == "+//+");
}

TEST_CASE("digest: bytes are equal if length and all bytes are") {
  CHECK(are_equal_in_constant_time({}, {}));
  CHECK(are_equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  CHECK_FALSE(are_equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
  CHECK_FALSE(are_equal_in_constant_time(as_bytes("abc"), as_bytes("abcd")));
}

}  // namespace
}  // namespace gossamer::aws
