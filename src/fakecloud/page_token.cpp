#include "fakecloud/page_token.hpp"

#include <fmt/format.h>

#include <charconv>

#include "aws/uri.hpp"

namespace gossamer::fakecloud {
namespace {

constexpr std::string_view kFront = "1+/";
constexpr std::string_view kBack = "==";

}  // namespace

std::string to_page_token(const PagePosition& position) {
  return fmt::format("{}{}.{}{}", kFront, position.empty_pages, aws::uri_encode(position.place),
                     kBack);
}

std::optional<PagePosition> parse_page_token(std::string_view token) {
  if (token.size() < kFront.size() + kBack.size() || token.substr(0, kFront.size()) != kFront ||
      token.substr(token.size() - kBack.size()) != kBack) {
    return std::nullopt;
  }
  token.remove_prefix(kFront.size());
  token.remove_suffix(kBack.size());
  PagePosition position;
  const auto [end, error] =
      std::from_chars(token.data(), token.data() + token.size(), position.empty_pages);
  if (error != std::errc{} || end == token.data() + token.size() || *end != '.')
    return std::nullopt;
  auto place = aws::uri_decode(token.substr(static_cast<std::size_t>(end - token.data()) + 1));
  if (!place) return std::nullopt;
  position.place = std::move(*place);
  return position;
}

}  // namespace gossamer::fakecloud
