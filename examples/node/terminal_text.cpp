#include "terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::cli {
namespace {

struct Control {
  std::size_t bytes = 0;  ///< 0: the text does not begin with one.
  unsigned code = 0;
};

/// The control at the front of `text`, of ASCII or of UTF-8.
Control control_of(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return {1, byte(0)};
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return {2, byte(1)};
  if (byte(0) != 0xe2 || (byte(1) != 0x80 && byte(1) != 0x81)) return {};
  const unsigned code = 0x2000 + ((byte(1) & 1U) << 6U) + (byte(2) & 0x3fU);
  const bool is_mark = code == 0x200e || code == 0x200f;
  const bool is_break_or_embedding = code >= 0x2028 && code <= 0x202e;
  const bool is_isolate = code >= 0x2066 && code <= 0x2069;
  if (byte(2) < 0x80 || !(is_mark || is_break_or_embedding || is_isolate)) return {};
  return {3, code};
}

}  // namespace

std::string without_controls(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const Control control = control_of(text);
    if (control.bytes == 0) {
      clean += text.front();
    } else {
      clean += control.code < 0x100 ? fmt::format("\\x{:02x}", control.code)
                                    : fmt::format("\\u{:04x}", control.code);
    }
    text.remove_prefix(std::max<std::size_t>(control.bytes, 1));
  }
  return clean;
}

}  // namespace gossamer::cli
