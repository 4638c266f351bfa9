#include "node/headed_hex.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "node/private_file.hpp"

namespace gossamer::node {

std::string headed_hex(std::string_view heading, ByteView bytes) {
  return fmt::format("{}\n{}\n", heading, to_hex(bytes));
}

std::optional<Bytes> parse_headed_hex(std::string_view heading, std::string_view text,
                                      std::size_t count) {
  if (!text.starts_with(heading)) return std::nullopt;
  text.remove_prefix(heading.size());
  if (!text.starts_with('\n')) return std::nullopt;
  text.remove_prefix(1);
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  auto bytes = parse_hex(text, count);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

}  // namespace gossamer::node
