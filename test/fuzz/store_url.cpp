// `--object-store s3://..`.

#include "gossamer/bytes.hpp"
#include "objects/object_key.hpp"
#include "objects/s3_object_store.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = objects::parse_s3_url(as_text({data, size}));
  if (!url) {
    GOSSAMER_ASSERT(url.error().code == ErrorCode::invalid_argument);
    return 0;
  }
  GOSSAMER_ASSERT(url->bucket.size() >= 3 && url->bucket.size() <= 63);
  GOSSAMER_ASSERT(url->prefix.empty() || objects::key_fault(url->prefix).empty());
  return 0;
}
