// One line of the admin socket.

#include "node/admin_request.hpp"

#include "gossamer/bytes.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = node::parse_admin_request(as_text({data, size}));
  if (!request) return 0;
  GOSSAMER_ASSERT(!request->request.empty());
  if (request->request == "deploy") GOSSAMER_ASSERT(request->spec.validate());
  return 0;
}
