#include "aws/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.hpp"

namespace gossamer::aws {

// SHA-256 is always there and has no error of its own: what fails here is memory.
struct Sha256Stream::State {
  State() : context(EVP_MD_CTX_new()) {
    GOSSAMER_ASSERT(context != nullptr);
    begin();
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void begin() { GOSSAMER_ASSERT(EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1); }

  EVP_MD_CTX* context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(ByteView bytes) {
  GOSSAMER_ASSERT(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Stream::finish() {
  Sha256 digest{};
  GOSSAMER_ASSERT(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
  state_->begin();
  return digest;
}

Sha256 sha256(ByteView bytes) {
  Sha256 digest{};
  GOSSAMER_ASSERT(
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

Sha256 hmac_sha256(ByteView key, ByteView bytes) {
  Sha256 digest{};
  unsigned length = 0;
  // HMAC takes a null key to mean the key of before.
  static constexpr unsigned char kNoKey = 0;
  const void* const start = key.empty() ? &kNoKey : key.data();
  GOSSAMER_ASSERT(HMAC(EVP_sha256(), start, static_cast<int>(key.size()), bytes.data(),
                       bytes.size(), digest.data(), &length) != nullptr);
  GOSSAMER_ASSERT(length == digest.size());
  return digest;
}

std::string to_hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string to_base64(ByteView bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    const std::uint32_t second = left > 1 ? bytes[at + 1] : 0U;
    const std::uint32_t third = left > 2 ? bytes[at + 2] : 0U;
    const std::uint32_t group = (std::uint32_t{bytes[at]} << 16) | (second << 8) | third;
    text += kDigits[group >> 18];
    text += kDigits[(group >> 12) & 63];
    text += left > 1 ? kDigits[(group >> 6) & 63] : '=';
    text += left > 2 ? kDigits[group & 63] : '=';
  }
  return text;
}

bool are_equal_in_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gossamer::aws
