#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// Where a service runs, by an SRV record. Priorities and weights do not matter for seeds.
struct DnsService {
  std::string target{};  ///< In lower case, without the last dot; empty: there is no such service.
  std::uint16_t port = 0;
};

/// What the records of one answer say; others than A, AAAA and SRV are passed over.
struct DnsAnswer {
  std::vector<std::string> addresses{};  ///< Of the answer section: the name's, or of its alias.
  std::vector<DnsService> services{};
  /// Of the additional section: what the server knows of the targets anyway.
  std::map<std::string, std::vector<std::string>> target_addresses{};
  bool is_cut = false;  ///< There are more records, which did not fit in.
};

/// Errors: corrupted.
Result<DnsAnswer> parse_dns_answer(ByteView message);

/// A name as in DNS_NAME or _service._tcp.DNS_NAME: labels of letters, digits, '-' and '_'.
bool is_dns_name(std::string_view name);

}  // namespace gossamer
