#include "discovery/dns_system.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <resolv.h>
#include <sys/socket.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "transport/socket_address.hpp"

namespace gossamer {
namespace {

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

Result<DnsFound> look_up(const std::string& name, std::uint16_t port) {
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

/// What the thread and who waits for it share; the last of the two destroys it.
struct Aside {
  std::mutex mutex{};
  std::condition_variable ended{};
  std::optional<Result<DnsFound>> result{};
};

}  // namespace

Result<DnsFound> run_aside(std::function<Result<DnsFound>()> lookup,
                           const std::shared_ptr<DnsLookups>& lookups,
                           std::chrono::milliseconds within) {
  constexpr std::chrono::milliseconds kSlice{50};
  if (lookups->is_system_asked.exchange(true)) {
    return fail(ErrorCode::unavailable,
                "the system's resolver has not ended an earlier lookup: does a name server of "
                "/etc/resolv.conf accept TCP and stay silent?");
  }
  const auto aside = std::make_shared<Aside>();
  try {
    std::thread{[aside, lookups, lookup = std::move(lookup)] {
      Result<DnsFound> result = lookup();
      lookups->is_system_asked = false;
      const std::lock_guard lock{aside->mutex};
      aside->result = std::move(result);
      aside->ended.notify_all();
    }}.detach();
  } catch (const std::system_error& error) {
    lookups->is_system_asked = false;
    return fail(ErrorCode::io, fmt::format("cannot start a thread: {}", error.what()));
  }
  const auto deadline = std::chrono::steady_clock::now() + within;
  std::unique_lock lock{aside->mutex};
  while (!aside->result) {
    if (lookups->is_cancelled) {
      return fail(ErrorCode::cancelled, "the lookup is not wanted any more");
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorCode::timed_out,
                  fmt::format("the system's resolver did not answer in {} ms", within.count()));
    }
    aside->ended.wait_for(lock, kSlice);
  }
  return std::move(*aside->result);
}

Result<DnsFound> ask_system(const std::string& name, std::uint16_t port,
                            const std::shared_ptr<DnsLookups>& lookups) {
  return run_aside([name, port] { return look_up(name, port); }, lookups, kDnsWhole);
}

}  // namespace gossamer
