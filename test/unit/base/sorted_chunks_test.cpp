#include "base/sorted_chunks.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

namespace gossamer {
namespace {

TEST_CASE("base: sorted chunks hold what a multiset holds, in its order", "[sorted_chunks]") {
  const bool holds = rc::check([](const std::vector<std::pair<std::uint8_t, bool>>& steps) {
    SortedChunks<int, std::less<>, 4> chunks;
    std::multiset<int> model;
    for (const auto& [number, is_erase] : steps) {
      const int value = number % 40;
      if (is_erase) {
        const auto at = chunks.find(value);
        RC_ASSERT((at != chunks.end()) == model.contains(value));
        if (at == chunks.end()) continue;
        RC_ASSERT(*at == value);
        chunks.erase(at);
        model.erase(model.find(value));
      } else {
        RC_ASSERT(*chunks.insert(value) == value);
        model.insert(value);
      }
      RC_ASSERT(chunks.size() == model.size());
    }
    RC_ASSERT(std::vector<int>(chunks.begin(), chunks.end()) ==
              std::vector<int>(model.begin(), model.end()));
    std::size_t index = 0;
    for (auto at = chunks.begin(); at != chunks.end(); ++at, ++index) {
      RC_ASSERT(chunks.index_of(at) == index);
      RC_ASSERT(&chunks.at(index) == &*at);
    }
    for (int value = -1; value <= 41; ++value) {
      const auto before = std::distance(model.begin(), model.lower_bound(value));
      RC_ASSERT(chunks.index_of(chunks.lower_bound(value)) == static_cast<std::size_t>(before));
    }
  });
  CHECK(holds);
}

TEST_CASE("base: sorted chunks made of what is sorted are as if each had been inserted",
          "[sorted_chunks]") {
  const bool holds = rc::check([](std::vector<std::uint8_t> values) {
    std::sort(values.begin(), values.end());
    SortedChunks<std::uint8_t, std::less<>, 4> chunks{values};
    RC_ASSERT(chunks.size() == values.size());
    RC_ASSERT(std::vector<std::uint8_t>(chunks.begin(), chunks.end()) == values);
    chunks.insert(100);
    values.insert(std::lower_bound(values.begin(), values.end(), 100), 100);
    RC_ASSERT(std::vector<std::uint8_t>(chunks.begin(), chunks.end()) == values);
    for (std::size_t i = 0; i < values.size(); ++i) RC_ASSERT(chunks.at(i) == values[i]);
  });
  CHECK(holds);
}

TEST_CASE("base: another value takes a place in sorted chunks", "[sorted_chunks]") {
  struct ByTens {
    bool operator()(int a, int b) const { return a / 10 < b / 10; }
  };
  SortedChunks<int, ByTens> chunks;
  for (const int value : {25, 13, 31}) chunks.insert(value);
  chunks.replace(chunks.find(20), 29);
  CHECK(std::vector<int>(chunks.begin(), chunks.end()) == std::vector{13, 29, 31});
}

TEST_CASE("base: nothing is found in empty sorted chunks", "[sorted_chunks]") {
  const SortedChunks<int> chunks;
  CHECK(chunks.begin() == chunks.end());
  CHECK(chunks.find(1) == chunks.end());
  CHECK(chunks.is_empty());
}

}  // namespace
}  // namespace gossamer
