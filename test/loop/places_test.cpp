// Who makes room at a door where all places are held, and for whom places are kept.
#include "transport/places.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "transport/peer_addresses.hpp"

namespace gossamer {
namespace {

TEST_CASE("places: one more takes of the address that holds most, the lowest standing there") {
  struct Row {
    std::vector<Place> places;
    std::string newcomer;
    bool has_all_it_may;
    std::optional<std::size_t> taken;
  };
  const std::vector<Row> rows{
      {{}, "a", false, std::nullopt},
      {{}, "a", true, std::nullopt},
      {{{"a", 1}}, "b", true, std::nullopt},
      // Of most, not of the lowest.
      {{{"a", 5}, {"b", 1}, {"a", 4}}, "c", false, 2},
      // The oldest of equals, whose address does not matter.
      {{{"a", 5}, {"b", 1}, {"c", 1}}, "d", false, 1},
      {{{"a", 0}, {"a", 0}, {"b", 0}, {"b", 0}}, "c", false, 0},
      // Who would hold most himself takes of himself, and so does not touch who has one.
      {{{"a", 1}, {"b", 5}}, "b", false, 1},
      {{{"a", 1}, {"a", 2}, {"b", 5}}, "b", false, 2},
      {{{"a", 1}, {"a", 2}, {"a", 3}, {"b", 5}}, "b", false, 0},
      // Who may have no more, whoever holds most.
      {{{"a", 1}, {"a", 2}, {"a", 3}, {"b", 5}}, "b", true, 3}};
  for (const Row& row : rows) {
    INFO("row " << &row - rows.data());
    CHECK(place_to_take(row.places, row.newcomer, row.has_all_it_may) == row.taken);
  }
}

TEST_CASE("peers: the latest that were sent to are remembered, and no more than twice as many") {
  PeerAddresses peers;
  CHECK_FALSE(peers.contains("0"));
  constexpr std::size_t kAll = 3 * PeerAddresses::kLatest;
  for (std::size_t i = 0; i < kAll; ++i) peers.note(std::to_string(i));
  CHECK(peers.contains(std::to_string(kAll - 1)));
  CHECK(peers.contains(std::to_string(kAll - PeerAddresses::kLatest)));
  std::size_t remembered = 0;
  for (std::size_t i = 0; i < kAll; ++i) remembered += peers.contains(std::to_string(i)) ? 1 : 0;
  CHECK(remembered <= 2 * PeerAddresses::kLatest);
}

}  // namespace
}  // namespace gossamer
