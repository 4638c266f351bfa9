// decode_spec.

#include "stored.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::feed('s', {data, size}, &wire::decode_spec, &wire::encode_spec);
  return 0;
}
