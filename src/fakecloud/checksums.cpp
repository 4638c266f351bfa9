#include "fakecloud/checksums.hpp"

#include <openssl/evp.h>

namespace gossamer::fakecloud {
namespace {

template <std::size_t Size>
std::array<std::uint8_t, Size> digest_of(ByteView bytes, const EVP_MD* algorithm) {
  std::array<std::uint8_t, Size> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm, nullptr);
  return digest;
}

using Table = std::array<std::uint32_t, 256>;

constexpr Table table_of(std::uint32_t reflected_polynomial) {
  Table table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? reflected_polynomial : 0);
    }
    table[i] = value;
  }
  return table;
}

std::array<std::uint8_t, 4> crc_of(ByteView bytes, const Table& table) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) crc = (crc >> 8) ^ table[(crc ^ byte) & 0xff];
  crc = ~crc;
  return {static_cast<std::uint8_t>(crc >> 24), static_cast<std::uint8_t>(crc >> 16),
          static_cast<std::uint8_t>(crc >> 8), static_cast<std::uint8_t>(crc)};
}

}  // namespace

std::array<std::uint8_t, 16> md5(ByteView bytes) {
  return digest_of<16>(bytes, EVP_md5());
}
std::array<std::uint8_t, 20> sha1(ByteView bytes) {
  return digest_of<20>(bytes, EVP_sha1());
}

std::array<std::uint8_t, 4> crc32(ByteView bytes) {
  static constexpr Table kTable = table_of(0xedb88320);
  return crc_of(bytes, kTable);
}

std::array<std::uint8_t, 4> crc32c(ByteView bytes) {
  static constexpr Table kTable = table_of(0x82f63b78);
  return crc_of(bytes, kTable);
}

}  // namespace gossamer::fakecloud
