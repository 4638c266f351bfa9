#include "node/key_text.hpp"

#include "node/headed_hex.hpp"

namespace gossamer::node {
namespace {

constexpr std::string_view kHeading = "gossamer-key 1";

}  // namespace

std::string key_text(ByteView key) {
  return headed_hex(kHeading, key);
}

std::optional<std::string> parse_key_text(std::string_view text) {
  const auto key = parse_headed_hex(kHeading, text, kKeyBytes);
  if (!key) return std::nullopt;
  return to_text(*key);
}

}  // namespace gossamer::node
