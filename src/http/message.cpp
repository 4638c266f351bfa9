#include "http/message.hpp"

#include <algorithm>

namespace gossamer::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool is_same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view find_header(const Headers& headers, std::string_view name) noexcept {
  for (const Header& header : headers) {
    if (is_same_name(header.name, name)) return header.value;
  }
  return {};
}

}  // namespace gossamer::http
