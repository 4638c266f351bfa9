#include "discovery/discovery_url.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "discovery/dns_discovery.hpp"
#include "discovery/ec2_discovery.hpp"
#include "discovery/ec2_url.hpp"
#include "discovery/file_discovery.hpp"
#include "discovery/seed_text.hpp"
#include "discovery/static_discovery.hpp"

namespace gossamer {
namespace {

constexpr std::string_view kKnownSchemes =
    "'static:HOST:PORT,..', 'file:PATH', 'dns:NAME[:PORT]' and 'ec2:KEY=VALUE[;KEY=VALUE..]'";

tl::unexpected<Error> refuse(std::string_view url, std::string_view why) {
  return fail(ErrorCode::invalid_argument,
              fmt::format("cannot discover by '{}': {}", url.substr(0, 200), why));
}

Result<std::unique_ptr<Discovery>> make_from_list(std::string_view url, std::string_view list) {
  std::vector<Endpoint> endpoints;
  for (;;) {
    const std::size_t comma = list.find(',');
    Result<Endpoint> endpoint = parse_seed(list.substr(0, comma));
    if (!endpoint) return refuse(url, endpoint.error().detail);
    if (endpoints.size() == kSeedFileSeedsMax) {
      return refuse(url, fmt::format("it has more than {} addresses", kSeedFileSeedsMax));
    }
    endpoints.push_back(std::move(*endpoint));
    if (comma == std::string_view::npos) return make_static_discovery(std::move(endpoints));
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<std::unique_ptr<Discovery>> make_discovery(std::string_view url, Workers& workers,
                                                  aws::Session& session) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos) {
    return refuse(url, fmt::format("it has no scheme; known are {}", kKnownSchemes));
  }
  const std::string_view scheme = url.substr(0, colon);
  const std::string_view rest = url.substr(colon + 1);
  if (scheme == "static") return make_from_list(url, rest);
  if (scheme == "file") {
    if (rest.empty()) return refuse(url, "it names no file");
    return make_file_discovery(std::string{rest}, workers);
  }
  if (scheme == "dns") {
    Result<DnsQuestion> question = parse_dns_url(rest);
    if (!question) return refuse(url, question.error().detail);
    return make_dns_discovery(std::string{url}, std::move(*question), workers);
  }
  if (scheme == "ec2") {
    Result<Ec2Url> parsed = parse_ec2_url(rest);
    // Without its parameters: somebody may have put a secret there.
    if (!parsed) return refuse(url.substr(0, url.find('?')), parsed.error().detail);
    return make_ec2_discovery(std::string{url}, std::move(*parsed), session);
  }
  return refuse(url, fmt::format("unknown scheme '{}:'; known are {}", scheme, kKnownSchemes));
}

}  // namespace gossamer
