#include "base/hash.hpp"

#include <sodium.h>

#include <cstring>

namespace gossamer {
namespace {

constexpr std::uint8_t kFixedKey[crypto_shorthash_KEYBYTES] = {
    'g', 'o', 's', 's', 'a', 'm', 'e', 'r', '.', 'h', 'a', 's', 'h', '6', '4', '.'};
static_assert(sizeof(crypto_generichash_state) == 384);

}  // namespace

std::uint64_t hash64(ByteView bytes) {
  std::uint8_t out[crypto_shorthash_BYTES];
  crypto_shorthash(out, bytes.data(), bytes.size(), kFixedKey);
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = (value << 8) | out[i];
  return value;
}

std::uint64_t hash64(std::initializer_list<ByteView> parts) {
  Bytes joined;
  for (const ByteView part : parts) {
    for (int i = 0; i < 8; ++i) {
      joined.push_back(
          static_cast<std::uint8_t>(static_cast<std::uint64_t>(part.size()) >> (8 * i)));
    }
    joined.insert(joined.end(), part.begin(), part.end());
  }
  return hash64(ByteView{joined});
}

ContentHash content_hash(ByteView bytes) {
  ContentHash out;
  crypto_generichash(out.data(), out.size(), bytes.data(), bytes.size(), nullptr, 0);
  return out;
}

std::string to_hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

ContentHasher::ContentHasher() {
  crypto_generichash_init(reinterpret_cast<crypto_generichash_state*>(state_.data()), nullptr, 0,
                          sizeof(ContentHash));
}

void ContentHasher::update(ByteView bytes) {
  crypto_generichash_update(reinterpret_cast<crypto_generichash_state*>(state_.data()),
                            bytes.data(), bytes.size());
}

ContentHash ContentHasher::finish() {
  ContentHash out;
  crypto_generichash_final(reinterpret_cast<crypto_generichash_state*>(state_.data()), out.data(),
                           out.size());
  return out;
}

}  // namespace gossamer
