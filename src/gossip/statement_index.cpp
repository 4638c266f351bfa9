#include "gossip/statement_index.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace gossamer::gossip {
namespace {

constexpr std::size_t kPlacesMin = 16;
constexpr std::size_t kPlacesMax = 4096;
// A signature's last bytes are less random than those before.
constexpr std::size_t kTailBytes = 8;

bool is_statement_of(const Entry* entry, ByteView statement) {
  return entry != nullptr && std::equal(entry->statement->begin(), entry->statement->end(),
                                        statement.begin(), statement.end());
}

}  // namespace

void StatementIndex::add(const Entry& entry, std::size_t held) {
  if (entry.statement == nullptr) return;
  while (places_.size() < std::min(held, kPlacesMax)) grow();
  const std::size_t first = place_of(*entry.statement);
  const std::size_t free = places_[first] == nullptr ? first : first ^ 1;
  places_[places_[free] == nullptr ? free : first] = &entry;
}

void StatementIndex::remove(const Entry& entry) {
  if (entry.statement == nullptr || places_.empty()) return;
  const std::size_t first = place_of(*entry.statement);
  for (const std::size_t place : {first, first ^ 1}) {
    if (places_[place] == &entry) places_[place] = nullptr;
  }
}

const Entry* StatementIndex::find(ByteView statement) const {
  if (places_.empty()) return nullptr;
  const std::size_t first = place_of(statement);
  if (is_statement_of(places_[first], statement)) return places_[first];
  if (is_statement_of(places_[first ^ 1], statement)) return places_[first ^ 1];
  return nullptr;
}

// One of two neighbours. A statement ends with its signature, which is as good as random; where it
// does not, more of them share a place.
std::size_t StatementIndex::place_of(ByteView statement) const {
  std::uint64_t mark = 0;
  if (statement.size() < kTailBytes + sizeof(mark)) return 0;
  std::memcpy(&mark, &statement[statement.size() - kTailBytes - sizeof(mark)], sizeof(mark));
  return mark & (places_.size() - 1);
}

void StatementIndex::grow() {
  const std::size_t size = std::max(kPlacesMin, 2 * places_.size());
  const auto before = std::exchange(places_, std::vector<const Entry*>(size));
  for (const Entry* entry : before) {
    if (entry != nullptr) add(*entry, 0);
  }
}

}  // namespace gossamer::gossip
