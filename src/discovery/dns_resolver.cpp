#include "discovery/dns_resolver.hpp"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "discovery/dns_answer.hpp"
#include "discovery/dns_exchange.hpp"
#include "discovery/dns_system.hpp"
#include "discovery/machine_address.hpp"
#include "transport/socket_address.hpp"

namespace gossamer {
namespace {

using std::chrono::steady_clock;

std::string_view name_of(ns_type type) {
  return type == ns_t_a ? "A" : type == ns_t_aaaa ? "AAAA" : "SRV";
}

std::string_view name_of_code(unsigned code) {
  switch (code) {
    case ns_r_servfail: return "SERVFAIL";
    case ns_r_refused: return "REFUSED";
    case ns_r_notimpl: return "NOTIMP";
    case ns_r_formerr: return "FORMERR";
    default: return "an unknown code";
  }
}

/// The servers of resolv.conf, as the C library keeps them.
std::vector<SocketAddress> servers_of(const struct __res_state& state) {
  std::vector<SocketAddress> servers;
  for (int i = 0; i < std::min(state.nscount, MAXNS); ++i) {
    SocketAddress server;
    const sockaddr_in6* const extended = state._u._ext.nsaddrs[i];
    if (state.nsaddr_list[i].sin_family == AF_INET) {
      std::memcpy(&server.storage, &state.nsaddr_list[i], sizeof(sockaddr_in));
      server.size = sizeof(sockaddr_in);
    } else if (extended != nullptr) {
      std::memcpy(&server.storage, extended, sizeof(sockaddr_in6));
      server.size = sizeof(sockaddr_in6);
    } else {
      continue;
    }
    servers.push_back(server);
  }
  return servers;
}

/// The questions of one ask, within one bound. The C library's state is our own, and only writes
/// questions: the process's is nobody's to change, and its answers have no bound.
class Resolver {
 public:
  static Result<std::unique_ptr<Resolver>> open(const std::optional<Endpoint>& server,
                                                const std::atomic<bool>& is_cancelled) {
    auto resolver = std::unique_ptr<Resolver>(new Resolver{is_cancelled});
    if (res_ninit(&resolver->state_) != 0) {
      return fail(ErrorCode::io, "cannot read the resolver's configuration (resolv.conf)");
    }
    resolver->is_open_ = true;
    if (!server) {
      resolver->servers_ = servers_of(resolver->state_);
      return resolver;
    }
    resolver->who_ = fmt::format("name server {}", to_string(*server));
    if (const auto address = to_socket_address(*server)) resolver->servers_ = {*address};
    return resolver;
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver() {
    if (is_open_) res_nclose(&state_);
  }

  bool is_over() const { return bound_.is_cancelled || steady_clock::now() >= bound_.deadline; }

  Result<DnsAnswer> query(const std::string& name, ns_type type) {
    const Bytes question = write_question(name, type);
    if (question.empty()) {
      return fail(ErrorCode::invalid_argument, fmt::format("'{}' cannot be asked for", name));
    }
    std::optional<Error> problem;
    std::string why_silent;
    for (int attempt = 0; attempt < kDnsAttempts; ++attempt) {
      for (const SocketAddress& server : servers_) {
        if (is_over()) break;
        const auto until = steady_clock::now() + std::chrono::seconds{kDnsTimeoutS};
        const Result<Bytes> bytes =
            exchange_dns(server, question, {std::min(until, bound_.deadline), bound_.is_cancelled});
        // Whoever is silent or fails is no more than a reason to ask the next.
        if (!bytes) {
          why_silent = bytes.error().detail;
          continue;
        }
        const unsigned code = (*bytes)[3] & 0x0fU;
        if (code == ns_r_noerror || code == ns_r_nxdomain) return read(*bytes, name, type);
        problem = Error{ErrorCode::unavailable,
                        fmt::format("{} answered {} when asked for {} of '{}'", who_,
                                    name_of_code(code), name_of(type), name)};
      }
    }
    if (bound_.is_cancelled) return fail(ErrorCode::cancelled, "the lookup is not wanted any more");
    if (problem) return tl::unexpected(std::move(*problem));
    return fail(ErrorCode::timed_out,
                fmt::format("no answer from {} for {} of '{}' in {} attempts of {} s each: {}",
                            who_, name_of(type), name, kDnsAttempts, kDnsTimeoutS, why_silent));
  }

 private:
  explicit Resolver(const std::atomic<bool>& is_cancelled)
      : bound_{steady_clock::now() + kDnsWhole, is_cancelled} {}

  /// Empty if the name cannot be written.
  Bytes write_question(const std::string& name, ns_type type) {
    std::array<std::uint8_t, NS_PACKETSZ> question{};
    const int size = res_nmkquery(&state_, ns_o_query, name.c_str(), ns_c_in, type, nullptr, 0,
                                  nullptr, question.data(), static_cast<int>(question.size()));
    return {question.begin(), question.begin() + std::max(size, 0)};
  }

  Result<DnsAnswer> read(const Bytes& bytes, const std::string& name, ns_type type) const {
    if ((bytes[3] & 0x0fU) == ns_r_nxdomain) {
      return fail(ErrorCode::not_found,
                  fmt::format("there is no name '{}' (NXDOMAIN), says {}", name, who_));
    }
    auto answer = parse_dns_answer(bytes);
    if (!answer) {
      return fail(answer.error().code, fmt::format("{} ({})", answer.error().detail, who_));
    }
    const bool is_empty = answer->addresses.empty() && answer->services.empty();
    if (is_empty && answer->is_cut) {
      return fail(ErrorCode::unavailable,
                  fmt::format("the answer of {} for {} of '{}' is too long for a datagram, and by "
                              "TCP it did not come",
                              who_, name_of(type), name));
    }
    if (is_empty) {
      return fail(ErrorCode::not_found, fmt::format("the name '{}' has no {} record, says {}", name,
                                                    name_of(type), who_));
    }
    return answer;
  }

  struct __res_state state_ {};
  bool is_open_ = false;
  const DnsBound bound_;
  std::string who_{"the system's name server"};
  std::vector<SocketAddress> servers_{};
};

void keep_first(std::optional<Error>& problem, const Error& error) {
  if (!problem) problem = error;
}

void tell_if_cut(std::optional<Error>& problem, const DnsAnswer& answer, const std::string& name) {
  if (!answer.is_cut) return;
  keep_first(problem,
             {ErrorCode::unavailable,
              fmt::format("the answer for '{}' is cut: by TCP the rest did not come", name)});
}

/// A and AAAA of a name; one of the two is enough.
Result<DnsFound> query_addresses(Resolver& resolver, const std::string& name, std::uint16_t port) {
  DnsFound found;
  for (const ns_type type : {ns_t_a, ns_t_aaaa}) {
    const Result<DnsAnswer> answer = resolver.query(name, type);
    if (!answer) {
      // The first reason is told, unless it is only that there are no addresses of that kind.
      const bool is_other = answer.error().code != ErrorCode::not_found;
      if (!found.problem || (is_other && found.problem->code == ErrorCode::not_found)) {
        found.problem = answer.error();
      }
      if (answer.error().code == ErrorCode::timed_out || resolver.is_over()) break;
      continue;
    }
    tell_if_cut(found.problem, *answer, name);
    for (const std::string& address : answer->addresses) found.endpoints.push_back({address, port});
  }
  if (found.endpoints.empty() && found.problem) return tl::unexpected(*found.problem);
  if (found.problem && found.problem->code == ErrorCode::not_found) found.problem.reset();
  return found;
}

/// The addresses of one SRV record's target: those that came with it, else they are asked for.
Result<DnsFound> find_target(Resolver& resolver, const DnsService& service,
                             const std::vector<std::string>& known) {
  if (known.empty()) return query_addresses(resolver, service.target, service.port);
  DnsFound found;
  for (const std::string& address : known) found.endpoints.push_back({address, service.port});
  return found;
}

Result<DnsFound> query_services(Resolver& resolver, const std::string& name) {
  Result<DnsAnswer> answer = resolver.query(name, ns_t_srv);
  if (!answer) return tl::unexpected(answer.error());
  DnsFound found;
  tell_if_cut(found.problem, *answer, name);
  std::size_t targets = 0;
  for (const DnsService& service : answer->services) {
    if (service.target.empty() || service.port == 0) continue;
    if (++targets > kDnsTargetsMax) {
      keep_first(found.problem, {ErrorCode::resource_exhausted,
                                 fmt::format("'{}' has more than {} SRV records: the rest is not "
                                             "looked at",
                                             name, kDnsTargetsMax)});
      break;
    }
    if (resolver.is_over()) {
      keep_first(found.problem,
                 {ErrorCode::timed_out,
                  fmt::format("the targets of '{}' took longer than {} ms: the rest was not asked "
                              "for",
                              name, kDnsWhole.count())});
      break;
    }
    std::vector<std::string>& known = answer->target_addresses[service.target];
    auto addresses = find_target(resolver, service, known);
    if (!addresses) {
      keep_first(found.problem, addresses.error());
      continue;
    }
    if (addresses->problem) keep_first(found.problem, *addresses->problem);
    const bool is_new = known.empty();
    for (Endpoint& endpoint : addresses->endpoints) {
      if (is_new) known.push_back(endpoint.address);
      found.endpoints.push_back(std::move(endpoint));
    }
    if (found.endpoints.size() > kDnsSeedsMax) break;
  }
  if (found.endpoints.empty() && found.problem) return tl::unexpected(*found.problem);
  return found;
}

/// A name server is believed about names, not about who may be sent to.
Result<DnsFound> leave_out_no_machines(DnsFound found, const std::string& name) {
  std::vector<Endpoint> kept;
  for (Endpoint& endpoint : found.endpoints) {
    const auto address = to_socket_address(endpoint);
    const std::string_view why = address ? why_no_machine(*address) : "is no address";
    if (!why.empty()) {
      keep_first(found.problem, {ErrorCode::invalid_argument,
                                 fmt::format("'{}' has the address {}, which {}: it is left out",
                                             name, endpoint.address, why)});
    } else if (kept.size() == kDnsSeedsMax) {
      keep_first(found.problem, {ErrorCode::resource_exhausted,
                                 fmt::format("'{}' has more than {} addresses: the rest is not "
                                             "looked at",
                                             name, kDnsSeedsMax)});
      break;
    } else {
      kept.push_back(std::move(endpoint));
    }
  }
  found.endpoints = std::move(kept);
  if (found.endpoints.empty() && found.problem) return tl::unexpected(*found.problem);
  return found;
}

Result<DnsFound> query(const DnsQuestion& question, const DnsLookups& lookups) {
  auto resolver = Resolver::open(question.server, lookups.is_cancelled);
  if (!resolver) return tl::unexpected(resolver.error());
  if (question.port != 0) return query_addresses(**resolver, question.name, question.port);
  return query_services(**resolver, question.name);
}

}  // namespace

Result<DnsFound> resolve(const DnsQuestion& question, const std::shared_ptr<DnsLookups>& lookups) {
  auto found = question.port != 0 && !question.server
                   ? ask_system(question.name, question.port, lookups)
                   : query(question, *lookups);
  if (!found) return found;
  return leave_out_no_machines(std::move(*found), question.name);
}

}  // namespace gossamer
