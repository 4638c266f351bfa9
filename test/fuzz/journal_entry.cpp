// decode_journal_entry.

#include "stored.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::feed('j', {data, size}, &wire::decode_journal_entry, &wire::encode_journal_entry);
  return 0;
}
