// Retry-After, beside the answer's own Date.

#include "http/retry_after.hpp"

#include "choices.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  http::Headers headers{{"Date", choices.text(choices.below(64))}};
  headers.push_back({"retry-after", to_text(choices.rest())});
  const auto wait = http::parse_retry_after(headers, std::chrono::seconds{1'500'000'000});
  GOSSAMER_ASSERT(!wait || (wait->count() >= 0 && *wait <= std::chrono::hours{24 * 365}));
  return 0;
}
