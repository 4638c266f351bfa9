// The texts of an authority's file and of an admission.

#include "node/admission_text.hpp"

#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  if (const auto admission = node::parse_admission_text(text)) {
    GOSSAMER_ASSERT(node::parse_admission_text(node::admission_text(*admission)) == admission);
    (void)wire::verify_admission(*admission, admission->authority, "cluster");
  }
  if (const auto seed = node::parse_authority_text(text)) {
    GOSSAMER_ASSERT(node::parse_authority_text(node::authority_text(*seed)) == seed);
  }
  if (const auto key = node::parse_public_key(text)) {
    GOSSAMER_ASSERT(node::public_key_text(*key) == text);
  }
  return 0;
}
