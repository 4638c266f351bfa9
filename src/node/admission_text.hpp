#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gossamer/bytes.hpp"
#include "wire/admission.hpp"

namespace gossamer::node {

/// The seed of an authority's key pair.
using AuthoritySeed = std::array<std::uint8_t, wire::Identity::kSeedBytes>;

/// What an authority's file says, which is a secret, and what an admission's says, which is none.
std::string authority_text(const AuthoritySeed& seed);
std::string admission_text(const wire::Admission& admission);
/// Nothing if it is any other text.
std::optional<AuthoritySeed> parse_authority_text(std::string_view text);
std::optional<wire::Admission> parse_admission_text(std::string_view text);

/// 64 hex digits.
std::string public_key_text(const wire::PublicKey& key);
std::optional<wire::PublicKey> parse_public_key(std::string_view text);
/// For errors: what was given in the place of a key, unless it is long enough to be a secret.
std::string quoted_key_text(std::string_view text);

}  // namespace gossamer::node
