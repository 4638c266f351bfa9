#include "node/admission_text.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "node/headed_hex.hpp"
#include "node/private_file.hpp"

namespace gossamer::node {
namespace {

constexpr std::string_view kAuthorityHeading = "gossamer-authority 1";
constexpr std::string_view kAdmissionHeading = "gossamer-admission 1";

}  // namespace

std::string authority_text(const AuthoritySeed& seed) {
  return headed_hex(kAuthorityHeading, seed);
}

std::string admission_text(const wire::Admission& admission) {
  return headed_hex(kAdmissionHeading, wire::encode_admission(admission));
}

std::optional<AuthoritySeed> parse_authority_text(std::string_view text) {
  AuthoritySeed seed{};
  const auto bytes = parse_headed_hex(kAuthorityHeading, text, seed.size());
  if (!bytes) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), seed.begin());
  return seed;
}

std::optional<wire::Admission> parse_admission_text(std::string_view text) {
  const auto bytes = parse_headed_hex(kAdmissionHeading, text, wire::kAdmissionBytes);
  if (!bytes) return std::nullopt;
  const auto admission = wire::decode_admission(*bytes);
  if (!admission) return std::nullopt;
  return *admission;
}

std::string public_key_text(const wire::PublicKey& key) {
  return to_hex(key);
}

std::optional<wire::PublicKey> parse_public_key(std::string_view text) {
  wire::PublicKey key{};
  const auto bytes = parse_hex(text, key.size());
  if (!bytes) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  if (!wire::is_public_key(key)) return std::nullopt;
  return key;
}

std::string quoted_key_text(std::string_view text) {
  constexpr std::size_t kShownMax = 32;  // A node's id.
  if (text.size() > kShownMax) return "what was given (not shown: it may be a secret)";
  return "'" + std::string{text} + "'";
}

}  // namespace gossamer::node
