// The file that holds a cluster's secret: a line that says what it is, and 64 hex digits.

#include "gossamer/cluster_key.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "node/private_file.hpp"

namespace gossamer {
namespace {

constexpr std::string_view kKeyFileHeading = "gossamer-key 1\n";
constexpr std::size_t kKeyBytes = 32;

}  // namespace

Result<void> write_new_key_file(const std::string& path) {
  const Bytes key = node::draw_random_bytes(kKeyBytes);
  return node::create_private_file(path, fmt::format("{}{}\n", kKeyFileHeading, to_hex(key)));
}

Result<std::string> read_key_file(const std::string& path) {
  const auto text = node::read_private_file(path, 4096);
  if (!text) {
    return fail(text.error().code, fmt::format("cluster key: {}", text.error().detail));
  }
  std::string_view rest = *text;
  const auto not_a_key_file = [&] {
    return fail(ErrorCode::corrupted,
                fmt::format("cluster key: {} is not a key file; `gossamer keys new FILE` makes one",
                            path));
  };
  if (rest.substr(0, kKeyFileHeading.size()) != kKeyFileHeading) return not_a_key_file();
  rest.remove_prefix(kKeyFileHeading.size());
  if (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
  const auto key = node::parse_hex(rest, kKeyBytes);
  if (!key) return not_a_key_file();
  return to_text(*key);
}

}  // namespace gossamer
