// What STS answers for a web identity.

#include "aws/web_identity.hpp"
#include "response.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const http::Response response = fuzz::response(choices, "Content-Type");
  const auto credentials = aws::parse_assumed_role(response, "a.token.of.somebody");
  if (credentials) {
    GOSSAMER_ASSERT(!credentials->access_key_id.empty());
  } else {
    GOSSAMER_ASSERT(credentials.error().detail.find("a.token.of.somebody") == std::string::npos);
  }
  return 0;
}
