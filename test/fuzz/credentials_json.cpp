// Credentials as a container's endpoint and the instance's role give them.

#include "aws/credentials_json.hpp"

#include <algorithm>

#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto credentials = aws::parse_credentials_json({data, size});
  if (credentials) {
    GOSSAMER_ASSERT(!credentials->access_key_id.empty());
    GOSSAMER_ASSERT(!credentials->secret_access_key.empty());
    return 0;
  }
  const std::string& said = credentials.error().detail;
  GOSSAMER_ASSERT(said.size() < 256 && std::all_of(said.begin(), said.end(),
                                                   [](char c) { return c >= 0x20 && c < 0x7f; }));
  return 0;
}
