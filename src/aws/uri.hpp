#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gossamer::aws {

/// RFC 3986: all but `A-Z a-z 0-9 - . _ ~` as `%XX`; '/' too, unless it is to be kept.
std::string uri_encode(std::string_view text, bool keep_slash = false);
/// Empty if a '%' is not followed by two hex digits. '+' stays '+'.
std::optional<std::string> uri_decode(std::string_view text);

/// The parts of `scheme:rest?key=value&key=value` as people write it on a command line: values are
/// decoded, a key may come once.
struct UrlParts {
  std::string rest{};
  std::vector<std::pair<std::string, std::string>> parameters{};
};
/// Empty, with the fault in `*why`, if it cannot be read.
std::optional<UrlParts> parse_url_parts(std::string_view after_scheme, std::string* why);

}  // namespace gossamer::aws
