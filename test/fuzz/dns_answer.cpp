// Answers of name servers.

#include "discovery/dns_answer.hpp"

#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = parse_dns_answer({data, size});
  if (!answer) return 0;
  // A record takes 11 bytes at least.
  GOSSAMER_ASSERT((answer->addresses.size() + answer->services.size()) * 11 <= size);
  for (const DnsService& service : answer->services) {
    GOSSAMER_ASSERT(service.target.size() <= 1'025);
    (void)is_dns_name(service.target);
  }
  return 0;
}
