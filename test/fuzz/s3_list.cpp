// A page of ListObjectsV2.

#include "objects/s3_listing.hpp"
#include "response.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const auto page = objects::parse_page(fuzz::response(choices, "Content-Type"));
  if (!page) return 0;
  GOSSAMER_ASSERT(page->keys.size() <= 1'000);
  for (const std::string& key : page->keys) GOSSAMER_ASSERT(!key.empty());
  GOSSAMER_ASSERT(!page->is_truncated || !page->next_token.empty());
  return 0;
}
