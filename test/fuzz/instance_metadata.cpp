// The documents of the instance metadata service: the first byte says which is meant.

#include "aws/endpoint.hpp"
#include "aws/metadata_documents.hpp"
#include "choices.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const std::uint8_t which = choices.below(4);
  const std::string text = to_text(choices.rest());
  if (which == 0) {
    const auto identity = aws::parse_identity_document(text);
    GOSSAMER_ASSERT(!identity || aws::is_region(identity->region));
  } else if (which == 1) {
    (void)aws::parse_instance_action(text);
  } else if (which == 2) {
    (void)aws::parse_rebalance(text);
  } else {
    for (const std::string& line : aws::parse_lines(text)) {
      GOSSAMER_ASSERT(!line.empty() && line.find('\n') == std::string::npos);
    }
  }
  return 0;
}
