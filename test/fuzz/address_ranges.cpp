// Ranges of addresses as people write them, one on each line.

#include "transport/address_ranges.hpp"

#include "gossamer/bytes.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> texts;
  std::string_view left = as_text({data, size});
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    texts.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  const auto ranges = AddressRanges::parse(texts);
  if (!ranges) {
    GOSSAMER_ASSERT(!texts.empty() && ranges.error().detail.size() < 512);
    return 0;
  }
  GOSSAMER_ASSERT(texts.size() <= AddressRanges::kRangesMax);
  GOSSAMER_ASSERT(ranges->empty() == texts.empty());
  // The first address of a range is in it; so is all that is in one of the ranges alone.
  const auto other = to_socket_address({"203.0.113.7", 0});
  GOSSAMER_ASSERT(other.has_value());
  bool is_in_one = texts.empty();
  for (const std::string& text : texts) {
    const auto first = to_socket_address({text.substr(0, text.find('/')), 0});
    GOSSAMER_ASSERT(first && ranges->contains(*first));
    const auto alone = AddressRanges::parse({text});
    GOSSAMER_ASSERT(alone && alone->contains(*first));
    is_in_one = is_in_one || alone->contains(*other);
  }
  GOSSAMER_ASSERT(ranges->contains(*other) == is_in_one);
  return 0;
}
