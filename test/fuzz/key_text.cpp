// The text of a key file.

#include "node/key_text.hpp"

#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto key = node::parse_key_text(as_text({data, size}));
  if (!key) return 0;
  GOSSAMER_ASSERT(key->size() == node::kKeyBytes);
  GOSSAMER_ASSERT(node::parse_key_text(node::key_text(as_bytes(*key))) == key);
  return 0;
}
