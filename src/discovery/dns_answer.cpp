#include "discovery/dns_answer.hpp"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace gossamer {
namespace {

constexpr std::size_t kNameMax = 253;
constexpr std::size_t kLabelMax = 63;

std::string canonical(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (!name.empty() && name.back() == '.') name.pop_back();
  return name;
}

/// Empty if the record is of another type, or not as long as an address is.
std::string address_of(const ns_rr& record) {
  const bool is_v4 = ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == NS_INADDRSZ;
  const bool is_v6 = ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == NS_IN6ADDRSZ;
  if (!is_v4 && !is_v6) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4 ? AF_INET : AF_INET6, ns_rr_rdata(record), text.data(), text.size());
  return text.data();
}

std::optional<DnsService> service_of(const ns_msg& message, const ns_rr& record) {
  constexpr std::uint16_t kFixedBytes = 6;  // Priority, weight, port.
  if (ns_rr_type(record) != ns_t_srv || ns_rr_rdlen(record) <= kFixedBytes) return std::nullopt;
  const std::uint8_t* const data = ns_rr_rdata(record);
  std::array<char, NS_MAXDNAME> target{};
  if (dn_expand(ns_msg_base(message), ns_msg_end(message), data + kFixedBytes, target.data(),
                static_cast<int>(target.size())) < 0) {
    return std::nullopt;
  }
  const auto port = static_cast<std::uint16_t>((data[4] << 8) | data[5]);
  return DnsService{canonical(target.data()), port};
}

template <class Visit>
bool each_record(ns_msg& message, ns_sect section, Visit visit) {
  for (int i = 0; i < ns_msg_count(message, section); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, section, i, &record) != 0) return false;
    if (ns_rr_class(record) == ns_c_in) visit(record);
  }
  return true;
}

}  // namespace

Result<DnsAnswer> parse_dns_answer(ByteView bytes) {
  ns_msg message{};
  DnsAnswer answer;
  const auto refuse = [] {
    return fail(ErrorCode::corrupted, "the name server's answer cannot be read");
  };
  if (bytes.size() > NS_MAXMSG ||
      ns_initparse(bytes.data(), static_cast<int>(bytes.size()), &message) != 0) {
    return refuse();
  }
  answer.is_cut = ns_msg_getflag(message, ns_f_tc) != 0;
  const bool is_read = each_record(message, ns_s_an, [&](const ns_rr& record) {
    if (std::string address = address_of(record); !address.empty()) {
      answer.addresses.push_back(std::move(address));
    } else if (auto service = service_of(message, record)) {
      answer.services.push_back(std::move(*service));
    }
  });
  if (!is_read) return refuse();
  // What does not fit in is cut off by some servers, and we can ask for it.
  each_record(message, ns_s_ar, [&](const ns_rr& record) {
    std::string address = address_of(record);
    if (address.empty()) return;
    answer.target_addresses[canonical(ns_rr_name(record))].push_back(std::move(address));
  });
  return answer;
}

bool is_dns_name(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.empty() || name.size() > kNameMax) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (std::exchange(label, 0) == 0) return false;
      continue;
    }
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!is_plain || ++label > kLabelMax) return false;
  }
  return label > 0;
}

}  // namespace gossamer
