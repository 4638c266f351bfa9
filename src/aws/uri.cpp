#include "aws/uri.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::aws {
namespace {

constexpr std::size_t kParametersMax = 64;

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// -1: not a hex digit.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Reads `key=value`; `*why` says what is wrong with it. Values may be secrets, so none is quoted.
bool parse_parameter(std::string_view text, UrlParts& into, std::string* why) {
  const std::size_t equals = text.find('=');
  const std::string_view key = text.substr(0, equals);
  if (key.empty() || std::any_of(key.begin(), key.end(), is_control)) {
    *why = "a parameter has no name: after '?' come KEY=VALUE, joined by '&'";
    return false;
  }
  const std::string_view shown = key.substr(0, 100);
  if (equals == std::string_view::npos) {
    *why = fmt::format("the parameter '{}' has no value: write {}=VALUE", shown, shown);
    return false;
  }
  std::optional<std::string> value = uri_decode(text.substr(equals + 1));
  if (!value) {
    *why = fmt::format("in the value of '{}' a '%' is not followed by two hex digits", shown);
    return false;
  }
  if (std::any_of(value->begin(), value->end(), is_control)) {
    *why = fmt::format("the value of '{}' holds a control character", shown);
    return false;
  }
  for (const auto& [earlier, unused] : into.parameters) {
    if (earlier != key) continue;
    *why = fmt::format("the parameter '{}' comes twice", shown);
    return false;
  }
  into.parameters.emplace_back(std::string{key}, std::move(*value));
  return true;
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slash) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && keep_slash)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4];
    encoded += kDigits[byte & 15];
  }
  return encoded;
}

std::optional<std::string> uri_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const int high = hex_value(text[at + 1]);
    const int low = hex_value(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return decoded;
}

std::optional<UrlParts> parse_url_parts(std::string_view after_scheme, std::string* why) {
  UrlParts parts;
  const std::size_t mark = after_scheme.find('?');
  parts.rest = after_scheme.substr(0, mark);
  if (mark == std::string_view::npos) return parts;
  std::string_view left = after_scheme.substr(mark + 1);
  for (;;) {
    const std::size_t end = left.find('&');
    if (parts.parameters.size() == kParametersMax) {
      *why = fmt::format("more than {} parameters", kParametersMax);
      return std::nullopt;
    }
    if (!parse_parameter(left.substr(0, end), parts, why)) return std::nullopt;
    if (end == std::string_view::npos) return parts;
    left.remove_prefix(end + 1);
  }
}

}  // namespace gossamer::aws
