// Times as services write them.

#include "aws/wall_clock.hpp"

#include "gossamer/bytes.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  for (const auto at : {aws::parse_iso_time(text), aws::parse_http_time(text)}) {
    if (!at) continue;
    GOSSAMER_ASSERT(aws::to_basic_time(*at).size() >= 16);
  }
  return 0;
}
