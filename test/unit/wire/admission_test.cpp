#include "wire/admission.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "arbitrary.hpp"
#include "base/hash.hpp"

namespace gossamer::wire {
namespace {

Identity identity_of(std::uint8_t first) {
  std::array<std::uint8_t, Identity::kSeedBytes> seed{};
  seed[0] = first;
  return Identity::from_seed(seed);
}

TEST_CASE("admission: what an authority signs holds for that node and that cluster") {
  const bool holds = rc::check([] {
    const Identity authority = arbitrary::identity();
    const Identity node = arbitrary::identity();
    const std::string cluster = arbitrary::text(1, 64);
    const std::uint64_t not_after = arbitrary::number();
    const Admission signed_one = sign_admission(authority, node.public_key(), cluster, not_after);
    const auto decoded = decode_admission(encode_admission(signed_one));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == signed_one);
    RC_ASSERT(decoded->authority == authority.public_key());
    RC_ASSERT(decoded->not_after_s == not_after);
    RC_ASSERT(verify_admission(*decoded, node.public_key(), cluster));
  });
  CHECK(holds);
}

TEST_CASE("admission: it is worth nothing to another node, in another cluster, or for longer") {
  const PublicKey node = identity_of(2).public_key();
  const Admission given = sign_admission(identity_of(1), node, "blue", 1'000);
  REQUIRE(verify_admission(given, node, "blue"));
  CHECK_FALSE(verify_admission(given, identity_of(3).public_key(), "blue"));
  CHECK_FALSE(verify_admission(given, node, "green"));
  CHECK_FALSE(verify_admission(given, node, "blu"));
  CHECK_FALSE(verify_admission(given, node, ""));
  Admission longer = given;
  longer.not_after_s = 0;
  CHECK_FALSE(verify_admission(longer, node, "blue"));
  // Nor from one who only says that he is the authority.
  Admission forged = sign_admission(identity_of(4), node, "blue", 1'000);
  forged.authority = identity_of(1).public_key();
  CHECK_FALSE(verify_admission(forged, node, "blue"));
}

TEST_CASE("admission: no byte of it can be changed") {
  const PublicKey node = identity_of(2).public_key();
  const Bytes good = encode_admission(sign_admission(identity_of(1), node, "blue", 1'000));
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes changed = good;
    changed[at] ^= 1;
    const auto decoded = decode_admission(changed);
    CHECK_FALSE((decoded && verify_admission(*decoded, node, "blue")));
  }
}

TEST_CASE("admission: one that is cut short or too long is corrupted, a later version is told so") {
  const Bytes good =
      encode_admission(sign_admission(identity_of(1), identity_of(2).public_key(), "blue", 0));
  REQUIRE(good.size() == kAdmissionBytes);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto decoded = decode_admission(ByteView{good}.first(size));
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code == ErrorCode::corrupted);
  }
  Bytes longer = good;
  longer.push_back(0);
  CHECK(decode_admission(longer).error().code == ErrorCode::corrupted);
  Bytes later = good;
  later[0] = 2;
  CHECK(decode_admission(later).error().code == ErrorCode::version_mismatch);
}

TEST_CASE("admission: it ends after its last second, and never if it has none") {
  Admission admission;
  CHECK_FALSE(admission.has_ended(UINT64_MAX));
  admission.not_after_s = 1'000;
  CHECK_FALSE(admission.has_ended(0));
  CHECK_FALSE(admission.has_ended(1'000'999));
  CHECK(admission.has_ended(1'001'000));
  admission.not_after_s = UINT64_MAX;
  CHECK_FALSE(admission.has_ended(UINT64_MAX));
}

TEST_CASE("admission: its bytes are those of the first release") {
  const Bytes bytes =
      encode_admission(sign_admission(identity_of(1), identity_of(2).public_key(), "blue", 1'000));
  CHECK(to_hex(ByteView{bytes}.first(9)) == "01e803000000000000");
  CHECK(to_hex(content_hash(bytes)) ==
        "a60a6f5051d42e41ccf75a92ca3e13db0a54c5c00ad4a3a80f2626f9672f6fd8");
}

TEST_CASE("admission: a member's statement carries one, within its bound") {
  membership::MemberStatement member;
  member.name = "n";
  member.endpoint = {"10.0.0.1", 1};
  member.admission =
      encode_admission(sign_admission(identity_of(1), identity_of(2).public_key(), "blue", 0));
  const auto decoded = decode_statement(sign_statement(identity_of(2), member));
  REQUIRE(decoded.has_value());
  CHECK(std::get<membership::MemberStatement>(decoded->body).admission == member.admission);
  CHECK(decoded->author_key == identity_of(2).public_key());
  member.admission.assign(kAdmissionBytesMax, 7);
  CHECK(decode_statement(sign_statement(identity_of(2), member)).has_value());
  member.admission.push_back(7);
  const auto refused = decode_statement(sign_statement(identity_of(2), member));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::corrupted);
}

}  // namespace
}  // namespace gossamer::wire
