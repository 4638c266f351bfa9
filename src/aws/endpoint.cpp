#include "aws/endpoint.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace gossamer::aws {
namespace {

constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kRegionBytesMax = 32;
constexpr std::size_t kShownBytesMax = 200;

/// A set of regions with a domain of its own.
struct Partition {
  std::string_view region_prefix;
  std::string_view domain;
  std::string_view dual_stack_domain;  ///< Empty: only S3 has dual-stack there.
};

// Source: partitions.json of botocore; the last three from later versions than Debian's. A region
// that none of them claims is taken for a new one of the first partition, as botocore does.
constexpr std::array<Partition, 7> kPartitions{{
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-iso-", "c2s.ic.gov", ""},
    {"us-isob-", "sc2s.sgov.gov", ""},
    {"eu-isoe-", "cloud.adc-e.uk", ""},
    {"us-isof-", "csp.hci.ic.gov", ""},
    {"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"", "amazonaws.com", "api.aws"},
}};

const Partition& partition_of(std::string_view region) {
  return *std::find_if(kPartitions.begin(), kPartitions.end(), [&](const Partition& partition) {
    return region.substr(0, partition.region_prefix.size()) == partition.region_prefix;
  });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_printable(char c) {
  return c > ' ' && c < 0x7f;
}

/// Lower-case letters and digits in parts joined by hyphens.
bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLabelBytesMax && text.front() != '-' &&
         text.back() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return is_lower(c) || is_digit(c) || c == '-';
         });
}

std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// What is shown of what a person gave: a user or a query may hold a secret.
std::string shown(std::string_view text) {
  if (text.find('@') != std::string_view::npos) return "(with user or password)";
  text = text.substr(0, text.find_first_of("?#"));
  std::string printable{text.substr(0, kShownBytesMax)};
  std::replace_if(
      printable.begin(), printable.end(), [](char c) { return !is_printable(c); }, '?');
  return printable;
}

tl::unexpected<Error> refuse(std::string_view url, std::string_view why) {
  return fail(ErrorCode::invalid_argument,
              fmt::format("the endpoint '{}' cannot be used: {}; write http://HOST:PORT or "
                          "https://HOST",
                          shown(url), why));
}

/// An IPv6 address in its shortest form, as every client writes it into the Host header.
std::optional<std::string> ipv6_literal(const std::string& text) {
  in6_addr address{};
  char buffer[INET6_ADDRSTRLEN] = {};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  if (inet_ntop(AF_INET6, &address, buffer, sizeof buffer) == nullptr) return std::nullopt;
  return fmt::format("[{}]", buffer);
}

/// A name or an IPv4 address. What ends in a number is an address, and must be written in full:
/// clients rewrite `127.1`, and the Host header would no longer be the one that was signed.
bool is_host(const std::string& host) {
  if (host.empty() || host.size() > kHostBytesMax) return false;
  std::string_view left{host};
  std::string_view label;
  for (;;) {
    const std::size_t dot = left.find('.');
    label = left.substr(0, dot);
    const bool is_good = !label.empty() && label.size() <= kLabelBytesMax &&
                         std::all_of(label.begin(), label.end(), [](char c) {
                           return is_lower(c) || is_digit(c) || c == '-' || c == '_';
                         });
    if (!is_good) return false;
    if (dot == std::string_view::npos) break;
    left.remove_prefix(dot + 1);
  }
  const bool is_number =
      is_digit(label.front()) &&
      (label.find('x') == 1 || std::all_of(label.begin(), label.end(), is_digit));
  in_addr address{};
  return !is_number || inet_pton(AF_INET, host.c_str(), &address) == 1;
}

/// 0: it is none.
unsigned parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool is_all = error == std::errc{} && end == text.data() + text.size();
  return is_all && port <= 65'535 ? port : 0;
}

}  // namespace

bool is_region_name(std::string_view text) {
  constexpr std::size_t kNameBytesMax = 64;
  return !text.empty() && text.size() <= kNameBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

// Letters first, a number last, something between.
bool is_region(std::string_view text) {
  if (!is_label(text) || text.size() > kRegionBytesMax || !is_lower(text.front())) return false;
  const std::size_t last = text.rfind('-');
  return last != std::string_view::npos && text.find('-') != last &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(last) + 1, text.end(), is_digit);
}

Result<std::string> endpoint_of(std::string_view service, std::string_view region,
                                bool is_dual_stack) {
  if (!is_label(service)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is no name of a service", shown(service)));
  }
  if (!is_region(region)) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("'{}' is no region: regions are written like eu-central-1", shown(region)));
  }
  const Partition& partition = partition_of(region);
  if (!is_dual_stack) return fmt::format("https://{}.{}.{}", service, region, partition.domain);
  if (service == "s3") return fmt::format("https://s3.dualstack.{}.{}", region, partition.domain);
  if (partition.dual_stack_domain.empty()) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("{} has no dual-stack endpoint in {}: leave dual-stack out", service, region));
  }
  return fmt::format("https://{}.{}.{}", service, region, partition.dual_stack_domain);
}

Result<std::string> parse_endpoint_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return refuse(text, "it has no scheme");
  const std::string scheme = to_lower(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return refuse(text, "its scheme is not http or https");

  std::string authority = to_lower(text.substr(scheme_end + 3));
  if (!authority.empty() && authority.back() == '/') authority.pop_back();
  if (authority.find('@') != std::string::npos) return refuse(text, "it names a user");
  if (authority.find_first_of("/?#") != std::string::npos) {
    return refuse(text, "it has more than a host and a port");
  }

  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
  std::string host = authority.substr(0, colon);
  if (!host.empty() && host.front() == '[' && host.back() == ']') {
    const std::optional<std::string> literal = ipv6_literal(host.substr(1, host.size() - 2));
    if (!literal) return refuse(text, "what is in brackets is no IPv6 address");
    host = *literal;
  } else if (!is_host(host)) {
    return refuse(text, "its host is neither a name nor an address");
  }
  if (colon == std::string::npos) return fmt::format("{}://{}", scheme, host);
  const unsigned port = parse_port(std::string_view{authority}.substr(colon + 1));
  if (port == 0) return refuse(text, "its port is not a number from 1 to 65535");
  if (port == (scheme == "http" ? 80U : 443U)) return fmt::format("{}://{}", scheme, host);
  return fmt::format("{}://{}:{}", scheme, host, port);
}

std::string host_of(std::string_view endpoint) {
  const std::size_t scheme_end = endpoint.find("://");
  if (scheme_end == std::string_view::npos) return std::string{endpoint};
  const std::string_view own_port = endpoint.substr(0, scheme_end) == "http" ? ":80" : ":443";
  std::string_view host = endpoint.substr(scheme_end + 3);
  const bool ends_in_own_port =
      host.size() > own_port.size() && host.substr(host.size() - own_port.size()) == own_port;
  if (ends_in_own_port) host.remove_suffix(own_port.size());
  return std::string{host};
}

}  // namespace gossamer::aws
