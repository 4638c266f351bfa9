#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gossamer::fakecloud {

/// Where the next page begins. Clients hand it back unseen, as a token that holds what they may
/// forget to encode.
struct PagePosition {
  std::string place{};
  /// How many empty pages came before it: no token comes twice, which clients take for a loop.
  unsigned empty_pages = 0;
};
std::string to_page_token(const PagePosition& position);
/// Empty if it is none of ours.
std::optional<PagePosition> parse_page_token(std::string_view token);

}  // namespace gossamer::fakecloud
