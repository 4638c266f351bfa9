// decode_operations: the commits of a journal's batch, which have no envelope of their own.

#include "target.hpp"
#include "wire/storage.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto batch = wire::decode_operations({data, size});
  if (!batch) return 0;
  const Bytes said = wire::encode_operations(*batch);
  const auto again = wire::decode_operations(said);
  GOSSAMER_ASSERT(again && wire::encode_operations(*again) == said);
  return 0;
}
