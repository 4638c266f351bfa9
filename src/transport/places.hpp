#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gossamer {

/// One of the places of a table that anybody can come to, for as long as nothing is known of him.
struct Place {
  std::string_view address{};  ///< As counted_as() tells it.
  double standing = 0;         ///< Of the places that may be taken the lowest is.
};

/// Which of `places`, the oldest first, one more of `newcomer` takes where all are held: one of the
/// address that holds most, so that who comes with many takes from himself and not from who comes
/// with one; or of `newcomer`'s own, if it is to have no more. Nothing if there is none.
inline std::optional<std::size_t> place_to_take(const std::vector<Place>& places,
                                                std::string_view newcomer, bool has_all_it_may) {
  std::unordered_map<std::string_view, std::size_t> held;
  std::size_t most = 0;
  for (const Place& place : places) most = std::max(most, ++held[place.address]);
  const auto own = held.find(newcomer);
  // With one more it would hold most itself.
  const bool is_own = has_all_it_may || (own != held.end() && own->second + 1 >= most);
  std::optional<std::size_t> lowest;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place& place = places[i];
    if (is_own ? place.address != newcomer : held[place.address] != most) continue;
    if (!lowest || place.standing < places[*lowest].standing) lowest = i;
  }
  return lowest;
}

}  // namespace gossamer
