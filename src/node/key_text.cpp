#include "node/key_text.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "node/private_file.hpp"

namespace gossamer::node {
namespace {

constexpr std::string_view kHeading = "gossamer-key 1\n";

}  // namespace

std::string key_text(ByteView key) {
  return fmt::format("{}{}\n", kHeading, to_hex(key));
}

std::optional<std::string> parse_key_text(std::string_view text) {
  if (text.substr(0, kHeading.size()) != kHeading) return std::nullopt;
  text.remove_prefix(kHeading.size());
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const auto key = parse_hex(text, kKeyBytes);
  if (!key) return std::nullopt;
  return to_text(*key);
}

}  // namespace gossamer::node
