#include "discovery/dns_resolver.hpp"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <resolv.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

#include "discovery/dns_answer.hpp"
#include "transport/socket_address.hpp"

namespace gossamer {
namespace {

constexpr std::chrono::seconds kWhole{10};

std::string_view name_of(ns_type type) {
  return type == ns_t_a ? "A" : type == ns_t_aaaa ? "AAAA" : "SRV";
}

/// A resolver's state of our own: the process's is nobody's to change.
class Resolver {
 public:
  static Result<std::unique_ptr<Resolver>> open(const std::optional<Endpoint>& server) {
    auto resolver = std::unique_ptr<Resolver>(new Resolver);
    if (res_ninit(&resolver->state_) != 0) {
      return fail(ErrorCode::io, "cannot read the resolver's configuration (resolv.conf)");
    }
    resolver->is_open_ = true;
    resolver->state_.retrans = kDnsTimeoutS;
    resolver->state_.retry = kDnsAttempts;
    resolver->who_ = "the system's name server";
    if (server) resolver->use(*server);
    return resolver;
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver() {
    if (is_open_) res_nclose(&state_);
  }

  Result<DnsAnswer> query(const std::string& name, ns_type type) {
    std::fill_n(buffer_.begin(), NS_HFIXEDSZ, std::uint8_t{0});
    const int size = res_nquery(&state_, name.c_str(), ns_c_in, type, buffer_.data(),
                                static_cast<int>(buffer_.size()));
    if (size < 0) return failure(name, type);
    const auto bytes = std::min(static_cast<std::size_t>(size), buffer_.size());
    auto answer = parse_dns_answer(ByteView{buffer_.data(), bytes});
    if (!answer)
      return fail(answer.error().code, fmt::format("{} ({})", answer.error().detail, who_));
    return answer;
  }

 private:
  Resolver() = default;

  void use(const Endpoint& server) {
    who_ = fmt::format("name server {}", to_string(server));
    const auto address = to_socket_address(server);
    if (!address) return;
    state_.nscount = 1;
    if (address->family() == AF_INET) {
      std::memcpy(&state_.nsaddr_list[0], &address->storage, sizeof(sockaddr_in));
      return;
    }
    // glibc takes an IPv6 server from here, and frees it.
    auto*& extended = state_._u._ext.nsaddrs[0];
    if (extended == nullptr) {
      extended = static_cast<sockaddr_in6*>(std::calloc(1, sizeof(sockaddr_in6)));
    }
    if (extended == nullptr) return;
    std::memcpy(extended, &address->storage, sizeof(sockaddr_in6));
    state_.nsaddr_list[0].sin_family = 0;
  }

  tl::unexpected<Error> failure(const std::string& name, ns_type type) const {
    const std::string_view kind = name_of(type);
    if (state_.res_h_errno == HOST_NOT_FOUND) {
      return fail(ErrorCode::not_found,
                  fmt::format("there is no name '{}' (NXDOMAIN), says {}", name, who_));
    }
    if (state_.res_h_errno == NO_DATA) {
      return fail(ErrorCode::not_found,
                  fmt::format("the name '{}' has no {} record, says {}", name, kind, who_));
    }
    // glibc calls a server that fails one that is silent; its answer is still in the buffer.
    const bool is_answer = (buffer_[2] & 0x80U) != 0;
    const unsigned code = buffer_[3] & 0x0fU;
    if (is_answer && code != ns_r_noerror) {
      const std::string_view word = code == ns_r_servfail  ? "SERVFAIL"
                                    : code == ns_r_refused ? "REFUSED"
                                    : code == ns_r_notimpl ? "NOTIMP"
                                    : code == ns_r_formerr ? "FORMERR"
                                                           : "an unknown code";
      return fail(ErrorCode::unavailable,
                  fmt::format("{} answered {} when asked for {} of '{}'", who_, word, kind, name));
    }
    return fail(ErrorCode::timed_out,
                fmt::format("no answer from {} for {} of '{}' in {} attempts of {} s each", who_,
                            kind, name, kDnsAttempts, kDnsTimeoutS));
  }

  struct __res_state state_ {};
  bool is_open_ = false;
  std::string who_{};
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(NS_MAXMSG);
};

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
      if (answer.error().code == ErrorCode::timed_out) break;
      continue;
    }
    for (const std::string& address : answer->addresses) found.endpoints.push_back({address, port});
  }
  if (found.endpoints.empty() && found.problem) return tl::unexpected(*found.problem);
  if (found.problem && found.problem->code == ErrorCode::not_found) found.problem.reset();
  return found;
}

void keep_first(std::optional<Error>& problem, const Error& error) {
  if (!problem) problem = error;
}

Result<DnsFound> query_services(Resolver& resolver, const std::string& name,
                                const std::atomic<bool>& is_cancelled) {
  const auto begin = std::chrono::steady_clock::now();
  Result<DnsAnswer> answer = resolver.query(name, ns_t_srv);
  if (!answer) return tl::unexpected(answer.error());
  DnsFound found;
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
    std::vector<std::string>& known = answer->target_addresses[service.target];
    if (known.empty()) {
      if (is_cancelled || std::chrono::steady_clock::now() - begin > kWhole) {
        keep_first(found.problem,
                   {ErrorCode::timed_out,
                    fmt::format("the targets of '{}' took longer than {} s: the rest was not asked "
                                "for",
                                name, kWhole.count())});
        break;
      }
      auto addresses = query_addresses(resolver, service.target, service.port);
      if (!addresses) {
        keep_first(found.problem, addresses.error());
        continue;
      }
      if (addresses->problem) keep_first(found.problem, *addresses->problem);
      for (Endpoint& endpoint : addresses->endpoints) known.push_back(std::move(endpoint.address));
    }
    for (const std::string& address : known) found.endpoints.push_back({address, service.port});
  }
  if (found.endpoints.empty() && found.problem) return tl::unexpected(*found.problem);
  return found;
}

tl::unexpected<Error> system_failure(const std::string& name, int status, int error) {
  switch (status) {
    case EAI_NONAME:
      return fail(ErrorCode::not_found, fmt::format("there is no name '{}', or it has no address, "
                                                    "says the system's resolver",
                                                    name));
#ifdef EAI_NODATA
    case EAI_NODATA:
      return fail(ErrorCode::not_found, fmt::format("the name '{}' has no address, says the "
                                                    "system's resolver",
                                                    name));
#endif
    case EAI_AGAIN:
      return fail(
          ErrorCode::unavailable,
          fmt::format("the system's resolver cannot tell now what '{}' is: its name servers "
                      "do not answer, or fail (SERVFAIL)",
                      name));
    case EAI_SYSTEM:
      return fail(ErrorCode::io, fmt::format("cannot resolve '{}': {}", name,
                                             std::generic_category().message(error)));
    default:
      return fail(ErrorCode::unavailable,
                  fmt::format("cannot resolve '{}': {}", name, gai_strerror(status)));
  }
}

Result<DnsFound> ask_system(const std::string& name, std::uint16_t port) {
  // This thread's own state, which getaddrinfo goes by: else it may take half a minute.
  if (res_init() == 0) {
    _res.retrans = kDnsTimeoutS;
    _res.retry = kDnsAttempts;
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int status = getaddrinfo(name.c_str(), nullptr, &hints, &list);
  if (status != 0) return system_failure(name, status, errno);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned{list, &freeaddrinfo};
  DnsFound found;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    if (each->ai_addrlen > sizeof(sockaddr_storage)) continue;
    SocketAddress address;
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
    found.endpoints.push_back({to_endpoint(address).address, port});
  }
  return found;
}

}  // namespace

Result<DnsFound> resolve(const DnsQuestion& question, const std::atomic<bool>& is_cancelled) {
  if (question.port != 0 && !question.server) return ask_system(question.name, question.port);
  auto resolver = Resolver::open(question.server);
  if (!resolver) return tl::unexpected(resolver.error());
  if (question.port != 0) return query_addresses(**resolver, question.name, question.port);
  return query_services(**resolver, question.name, is_cancelled);
}

}  // namespace gossamer
