// Content-Range, and the size that an answer 416 tells.

#include "objects/s3_content_range.hpp"
#include "response.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  if (const auto range = objects::parse_content_range(text)) {
    GOSSAMER_ASSERT(range->first < range->end);
    GOSSAMER_ASSERT(!range->total || range->end <= *range->total);
  }
  (void)objects::parse_size(text);
  fuzz::Choices choices{data, size};
  (void)objects::size_told_by(fuzz::response(choices, "Content-Range"));
  return 0;
}
