// `--discover`: what comes after the scheme. The first byte says which scheme is meant.

#include "choices.hpp"
#include "discovery/dns_answer.hpp"
#include "discovery/dns_discovery.hpp"
#include "discovery/ec2_url.hpp"
#include "discovery/seed_text.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const std::uint8_t scheme = choices.below(3);
  const std::string text = to_text(choices.rest());
  if (scheme == 0) {
    if (const auto url = parse_ec2_url(text))
      GOSSAMER_ASSERT(filters_of(*url).size() <= text.size());
  } else if (scheme == 1) {
    const auto question = parse_dns_url(text);
    GOSSAMER_ASSERT(!question || is_dns_name(question->name));
  } else if (const auto seed = parse_seed(text)) {
    GOSSAMER_ASSERT(seed->port != 0 && parse_seed(to_string(*seed)) == seed);
  }
  return 0;
}
