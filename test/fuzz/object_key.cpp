// Keys of objects, as a list of a bucket brings them.

#include "objects/object_key.hpp"

#include "gossamer/bytes.hpp"
#include "journal/entry.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 62;
  const std::string_view key = as_text({data, size});
  const bool may_be_key = objects::key_fault(key).empty();
  GOSSAMER_ASSERT(!may_be_key || objects::prefix_fault(key).empty());
  const UnitId unit{"ledger", 0};
  // What is understood is a key of ours to the byte: no two keys are one slot, file or spec.
  if (const journal::Slot slot = journal::slot_of(unit, key); slot != 0) {
    GOSSAMER_ASSERT(slot <= kNumberMax && journal::slot_key(unit, slot) == key);
  }
  if (const auto attempt = journal::attempt_of(unit, key)) {
    GOSSAMER_ASSERT(attempt->epoch <= kNumberMax && attempt->attempt <= kNumberMax);
  }
  if (const auto spec = journal::spec_of(key)) {
    GOSSAMER_ASSERT(journal::spec_key(spec->service, spec->version) == key);
  }
  return 0;
}
