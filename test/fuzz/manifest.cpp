// decode_manifest.

#include "stored.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::feed('m', {data, size}, &wire::decode_manifest, &wire::encode_manifest);
  return 0;
}
