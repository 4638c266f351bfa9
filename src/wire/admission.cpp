#include "wire/admission.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "base/assert.hpp"
#include "wire/little_endian.hpp"

namespace gossamer::wire {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNotAfterAt = 1;
constexpr std::size_t kAuthorityAt = kNotAfterAt + 8;
constexpr std::size_t kSignatureAt = kAuthorityAt + 32;
static_assert(kSignatureAt + crypto_sign_BYTES == kAdmissionBytes);

// Nothing else that a key of gossamer ever signs begins like this.
constexpr std::string_view kDomain = "gossamer admission v1";

void append_u64(Bytes& bytes, std::uint64_t number) {
  std::array<std::uint8_t, 8> little_endian{};
  store_u64(little_endian.data(), number);
  bytes.insert(bytes.end(), little_endian.begin(), little_endian.end());
}

// Only the name has no fixed length, and its length comes before it.
Bytes signed_bytes(const PublicKey& node, std::string_view cluster, std::uint64_t not_after_s) {
  Bytes bytes(kDomain.begin(), kDomain.end());
  append_u64(bytes, cluster.size());
  bytes.insert(bytes.end(), cluster.begin(), cluster.end());
  bytes.insert(bytes.end(), node.begin(), node.end());
  append_u64(bytes, not_after_s);
  return bytes;
}

}  // namespace

Admission sign_admission(const Identity& authority, const PublicKey& node, std::string_view cluster,
                         std::uint64_t not_after_s) {
  return {authority.public_key(), not_after_s,
          authority.sign(signed_bytes(node, cluster, not_after_s))};
}

Bytes encode_admission(const Admission& admission) {
  Bytes bytes(kAdmissionBytes);
  bytes[0] = kVersion;
  store_u64(bytes.data() + kNotAfterAt, admission.not_after_s);
  std::copy(admission.authority.begin(), admission.authority.end(), bytes.begin() + kAuthorityAt);
  std::copy(admission.signature.begin(), admission.signature.end(), bytes.begin() + kSignatureAt);
  return bytes;
}

Result<Admission> decode_admission(ByteView bytes) {
  if (!bytes.empty() && bytes[0] != kVersion) {
    return fail(
        ErrorCode::version_mismatch,
        fmt::format("admission: version {} is not known to this build", unsigned{bytes[0]}));
  }
  if (bytes.size() != kAdmissionBytes) {
    return fail(ErrorCode::corrupted,
                fmt::format("admission: has {} bytes, not {}", bytes.size(), kAdmissionBytes));
  }
  Admission admission;
  admission.not_after_s = load_u64(bytes.data() + kNotAfterAt);
  std::copy_n(bytes.begin() + kAuthorityAt, admission.authority.size(),
              admission.authority.begin());
  std::copy_n(bytes.begin() + kSignatureAt, admission.signature.size(),
              admission.signature.begin());
  return admission;
}

bool verify_admission(const Admission& admission, const PublicKey& node, std::string_view cluster) {
  GOSSAMER_ASSERT(sodium_init() >= 0);
  const Bytes said = signed_bytes(node, cluster, admission.not_after_s);
  return crypto_sign_verify_detached(admission.signature.data(), said.data(), said.size(),
                                     admission.authority.data()) == 0;
}

}  // namespace gossamer::wire
