#include "gossamer/cluster_key.hpp"

#include <fmt/format.h>

#include "node/key_text.hpp"
#include "node/private_file.hpp"

namespace gossamer {

Result<void> write_new_key_file(const std::string& path) {
  return node::create_private_file(path, node::key_text(node::draw_random_bytes(node::kKeyBytes)));
}

Result<std::string> read_key_file(const std::string& path) {
  const auto text = node::read_private_file(path, 4096);
  if (!text) {
    return fail(text.error().code, fmt::format("cluster key: {}", text.error().detail));
  }
  auto key = node::parse_key_text(*text);
  if (!key) {
    return fail(ErrorCode::corrupted, fmt::format("cluster key: {} is not a key file, which is the "
                                                  "line `gossamer-key 1` and one of 64 hex "
                                                  "digits; `gossamer keys new FILE` makes one",
                                                  path));
  }
  return std::move(*key);
}

}  // namespace gossamer
