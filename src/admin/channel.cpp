#include "admin/channel.hpp"

#include <sodium.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/assert.hpp"

namespace gossamer::admin {
namespace {

constexpr std::string_view kMagic{"gsa\1", 4};
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kSealBytes = crypto_aead_chacha20poly1305_ietf_ABYTES;
constexpr std::size_t kOpenKeyBytes = crypto_scalarmult_BYTES;
static_assert(kOpenKeyBytes == 32 && crypto_aead_chacha20poly1305_ietf_KEYBYTES == 32);

using Nonce = std::array<std::uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;
using Proof = std::array<std::uint8_t, 32>;
using OpenKey = std::array<std::uint8_t, kOpenKeyBytes>;

const std::uint8_t* bytes_at(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// Each use of the token's key hashes a text of its own first, so that no two give the same bytes.
template <std::size_t N>
std::array<std::uint8_t, N> keyed_hash(const TokenKey& key, std::string_view purpose,
                                       std::initializer_list<ByteView> parts) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), N);
  crypto_generichash_update(&state, bytes_at(purpose), purpose.size());
  for (const ByteView part : parts) crypto_generichash_update(&state, part.data(), part.size());
  std::array<std::uint8_t, N> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  return hash;
}

Proof proof_of(const TokenKey& key, const OpenKey& node, const OpenKey& client) {
  return keyed_hash<32>(key, "gossamer admin proof v1", {node, client});
}

struct SessionKeys {
  Records::Key node{};    ///< What the node says.
  Records::Key client{};  ///< What the client says.
};

/// Nothing if `other` is a point that gives every pair the same secret.
std::optional<SessionKeys> session_keys(const TokenKey& key, const OneTimeKeys& own,
                                        const OpenKey& other, const OpenKey& node,
                                        const OpenKey& client) {
  std::array<std::uint8_t, crypto_scalarmult_BYTES> shared{};
  if (crypto_scalarmult(shared.data(), own.secret.data(), other.data()) != 0) return std::nullopt;
  auto both = keyed_hash<64>(key, "gossamer admin session v1", {shared, node, client});
  SessionKeys keys;
  std::copy_n(both.begin(), keys.node.size(), keys.node.begin());
  std::copy_n(both.begin() + 32, keys.client.size(), keys.client.begin());
  sodium_memzero(shared.data(), shared.size());
  sodium_memzero(both.data(), both.size());
  return keys;
}

Nonce nonce_of(std::uint64_t number) {
  Nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[i] = static_cast<std::uint8_t>(number >> 8 * i);
  return nonce;
}

OpenKey open_key_at(std::string_view text) {
  OpenKey key{};
  std::copy_n(bytes_at(text), key.size(), key.begin());
  return key;
}

bool begins_like(std::string_view text, std::string_view expected) {
  const std::size_t count = std::min(text.size(), expected.size());
  return text.substr(0, count) == expected.substr(0, count);
}

}  // namespace

TokenKey token_key(std::string_view token) {
  GOSSAMER_ASSERT(sodium_init() >= 0);
  constexpr std::string_view kPurpose = "gossamer admin token v1\n";
  crypto_generichash_state state;
  TokenKey key{};
  crypto_generichash_init(&state, nullptr, 0, key.size());
  crypto_generichash_update(&state, bytes_at(kPurpose), kPurpose.size());
  crypto_generichash_update(&state, bytes_at(token), token.size());
  crypto_generichash_final(&state, key.data(), key.size());
  return key;
}

OneTimeKeys OneTimeKeys::draw() {
  OneTimeKeys keys;
  crypto_box_keypair(keys.open.data(), keys.secret.data());
  return keys;
}

std::string Records::seal(std::string_view text) {
  std::string sealed;
  do {
    seal_one(text.substr(0, kRecordTextMax), sealed);
    text.remove_prefix(std::min(text.size(), kRecordTextMax));
  } while (!text.empty());
  return sealed;
}

void Records::seal_one(std::string_view text, std::string& into) {
  const std::size_t length = text.size() + kSealBytes;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    into.push_back(static_cast<char>(length >> 8 * (kLengthBytes - 1 - i)));
  }
  const std::size_t at = into.size();
  into.resize(at + length);
  const Nonce nonce = nonce_of(sent_.number++);
  crypto_aead_chacha20poly1305_ietf_encrypt(reinterpret_cast<std::uint8_t*>(into.data()) + at,
                                            nullptr, bytes_at(text), text.size(), nullptr, 0,
                                            nullptr, nonce.data(), sent_.key.data());
}

bool Records::open(std::string_view bytes, std::string& text) {
  held_.append(bytes);
  std::size_t taken = 0;
  while (held_.size() - taken >= kLengthBytes) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) {
      length = length << 8 | static_cast<std::uint8_t>(held_[taken + i]);
    }
    if (length < kSealBytes || length > kSealBytes + kRecordTextMax) return false;
    if (held_.size() - taken - kLengthBytes < length) break;
    if (!open_one({bytes_at(held_) + taken + kLengthBytes, length}, text)) return false;
    taken += kLengthBytes + length;
  }
  held_.erase(0, taken);
  return true;
}

bool Records::open_one(ByteView sealed, std::string& text) {
  const std::size_t at = text.size();
  text.resize(at + sealed.size() - kSealBytes);
  const Nonce nonce = nonce_of(received_.number++);
  const int failed = crypto_aead_chacha20poly1305_ietf_decrypt(
      reinterpret_cast<std::uint8_t*>(text.data()) + at, nullptr, nullptr, sealed.data(),
      sealed.size(), nullptr, 0, nonce.data(), received_.key.data());
  if (failed != 0) text.resize(at);
  return failed == 0;
}

NodeEnd::NodeEnd(const TokenKey& key) : key_(key), own_(OneTimeKeys::draw()) {}

std::string NodeEnd::greeting() const {
  std::string greeting{kMagic};
  greeting.append(own_.open.begin(), own_.open.end());
  return greeting;
}

std::size_t NodeEnd::wanted_bytes(std::size_t most) const {
  return is_proven_ ? most : std::min(most, kIntroductionBytes - introduction_.size());
}

NodeEnd::Step NodeEnd::take(std::string_view bytes, std::string& text) {
  if (is_proven_) return records_.open(bytes, text) ? Step::taken : Step::broken;
  introduction_.append(bytes.substr(0, wanted_bytes(bytes.size())));
  if (!begins_like(introduction_, kMagic)) return Step::refused;
  if (introduction_.size() < kIntroductionBytes) return Step::taken;
  is_proven_ = check_proof();
  introduction_.clear();
  return is_proven_ ? Step::proven : Step::refused;
}

bool NodeEnd::check_proof() {
  const std::string_view said{introduction_};
  const OpenKey client = open_key_at(said.substr(kMagic.size()));
  const Proof expected = proof_of(key_, own_.open, client);
  const std::string_view given = said.substr(kMagic.size() + client.size());
  if (sodium_memcmp(expected.data(), given.data(), expected.size()) != 0) return false;
  const auto keys = session_keys(key_, own_, client, own_.open, client);
  if (!keys) return false;
  records_ = Records{keys->node, keys->client};
  sodium_memzero(own_.secret.data(), own_.secret.size());
  return true;
}

ClientEnd::ClientEnd(const TokenKey& key) : key_(key), own_(OneTimeKeys::draw()) {}

ClientEnd::Step ClientEnd::take(std::string_view bytes, std::string& text, std::string& to_send) {
  held_.append(bytes);
  if (stage_ == Stage::greeting) {
    const Step step = take_greeting(to_send);
    if (step != Step::taken || stage_ == Stage::greeting) return step;
  }
  if (stage_ == Stage::introduced && held_.size() < kRefusal.size()) return Step::taken;
  if (stage_ == Stage::introduced && held_.starts_with(kRefusal)) return Step::refused;
  const std::string said = std::exchange(held_, {});
  if (!records_.open(said, text)) return Step::foreign;
  if (records_.has_received()) stage_ = Stage::admitted;
  return Step::taken;
}

ClientEnd::Step ClientEnd::take_greeting(std::string& to_send) {
  if (held_.starts_with(kRefusal)) return Step::refused;  // At the door, before any greeting.
  if (!begins_like(held_, kMagic) && !begins_like(held_, kRefusal)) return Step::foreign;
  if (held_.size() < kGreetingBytes) return Step::taken;
  const OpenKey node = open_key_at(std::string_view{held_}.substr(kMagic.size()));
  const auto keys = session_keys(key_, own_, node, node, own_.open);
  if (!keys) return Step::foreign;
  records_ = Records{keys->client, keys->node};
  sodium_memzero(own_.secret.data(), own_.secret.size());
  const Proof proof = proof_of(key_, node, own_.open);
  to_send.append(kMagic);
  to_send.append(own_.open.begin(), own_.open.end());
  to_send.append(proof.begin(), proof.end());
  held_.erase(0, kGreetingBytes);
  stage_ = Stage::introduced;
  return Step::taken;
}

}  // namespace gossamer::admin
