#include "objects/s3_content_range.hpp"

#include <charconv>

#include "objects/s3_answers.hpp"

namespace gossamer::objects {
namespace {

constexpr std::string_view kUnit = "bytes ";
constexpr std::string_view kUnsatisfied = "bytes */";

bool begins_with(std::string_view text, std::string_view what) {
  return text.substr(0, what.size()) == what;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, size);
  if (text.empty() || error != std::errc{} || end != last) return std::nullopt;
  return size;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!begins_with(text, kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) {
    return std::nullopt;
  }
  const auto first = parse_size(text.substr(0, dash));
  const auto last = parse_size(text.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *last < *first || *last == UINT64_MAX) return std::nullopt;
  ContentRange range{*first, *last + 1, std::nullopt};
  if (text.substr(slash + 1) == "*") return range;
  range.total = parse_size(text.substr(slash + 1));
  if (!range.total || *range.total < range.end) return std::nullopt;
  return range;
}

std::optional<std::uint64_t> size_told_by(const http::Response& unsatisfied) {
  const std::string_view range = http::find_header(unsatisfied.headers, "Content-Range");
  if (begins_with(range, kUnsatisfied)) return parse_size(range.substr(kUnsatisfied.size()));
  return parse_size(xml_text(unsatisfied, "Error", "ActualObjectSize"));
}

}  // namespace gossamer::objects
