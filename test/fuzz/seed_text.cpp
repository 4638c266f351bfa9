// Files of seeds.

#include "discovery/seed_text.hpp"

#include "gossamer/bytes.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kSeedsMax = 8;
  const SeedText text = parse_seed_text(as_text({data, size}), "a file", kSeedsMax);
  GOSSAMER_ASSERT(text.endpoints.size() <= kSeedsMax);
  for (const Endpoint& seed : text.endpoints) {
    GOSSAMER_ASSERT(seed.port != 0 && parse_seed(to_string(seed)) == seed);
  }
  return 0;
}
