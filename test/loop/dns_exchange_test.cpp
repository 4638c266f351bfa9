// The bounds of lookups. What would go on for ever hangs here, and so fails.

#include "discovery/dns_exchange.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "discovery/dns_system.hpp"
#include "loop/cutting_name_server.hpp"

namespace gossamer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A question for the A records of `a`.
const Bytes kQuestion{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};

SocketAddress loopback(const std::string& port) {
  return to_socket_address({"127.0.0.1", static_cast<std::uint16_t>(std::stoi(port))}).value();
}

TEST_CASE("dns exchange: it ends when it is cancelled, whatever is silent", "[dns]") {
  const bool is_silent_by_datagrams = GENERATE(true, false);
  const test::LoopbackDatagrams silent;
  const test::CuttingNameServer cutting{{0, true}};
  const auto server =
      loopback(is_silent_by_datagrams ? std::to_string(silent.port()) : cutting.port());
  std::atomic<bool> is_cancelled{false};
  auto answer = std::async(std::launch::async, [&] {
    return exchange_dns(server, kQuestion, {steady_clock::now() + hours{1}, is_cancelled});
  });
  if (!is_silent_by_datagrams) {
    while (cutting.answered() == 0) std::this_thread::yield();
  }
  is_cancelled = true;
  const Result<Bytes> ended = answer.get();
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::cancelled);
}

TEST_CASE("dns exchange: it ends at its deadline, and a cut answer is better than none", "[dns]") {
  const test::LoopbackDatagrams silent;
  const test::CuttingNameServer cutting{{0, true}};
  const std::atomic<bool> is_cancelled{false};
  const auto none = exchange_dns(loopback(std::to_string(silent.port())), kQuestion,
                                 {steady_clock::now() + milliseconds{50}, is_cancelled});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::timed_out);
  const auto cut = exchange_dns(loopback(cutting.port()), kQuestion,
                                {steady_clock::now() + milliseconds{500}, is_cancelled});
  REQUIRE(cut);
  CHECK(((*cut)[2] & 0x02U) != 0);
}

TEST_CASE("dns exchange: another's answer is passed over, and what is no question is refused",
          "[dns]") {
  const test::CuttingNameServer server{{}};
  const std::atomic<bool> is_cancelled{false};
  const DnsBound bound{steady_clock::now() + hours{1}, is_cancelled};
  const auto answer = exchange_dns(loopback(server.port()), kQuestion, bound);
  REQUIRE(answer);
  CHECK((*answer)[0] == kQuestion[0]);
  const auto empty = exchange_dns(loopback(server.port()), {}, bound);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("dns system: a lookup that does not end is left behind, one at a time", "[dns]") {
  const auto lookups = std::make_shared<DnsLookups>();
  const auto release = std::make_shared<std::promise<void>>();
  const std::shared_future<void> released = release->get_future().share();
  const auto endless = [released]() -> Result<DnsFound> {
    released.wait();
    return DnsFound{{{"10.0.0.1", 1}}, {}};
  };
  const bool is_to_be_cancelled = GENERATE(true, false);
  lookups->is_cancelled = is_to_be_cancelled;
  const auto ended = run_aside(endless, lookups, is_to_be_cancelled ? hours{1} : milliseconds{1});
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == (is_to_be_cancelled ? ErrorCode::cancelled : ErrorCode::timed_out));
  lookups->is_cancelled = false;
  const auto refused = run_aside(endless, lookups, hours{1});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::unavailable);
  CHECK_THAT(refused.error().detail, Catch::Contains("has not ended an earlier lookup"));
  release->set_value();
  while (lookups->is_system_asked) std::this_thread::yield();
  const auto found = run_aside(endless, lookups, hours{1});
  REQUIRE(found);
  CHECK(found->endpoints.size() == 1);
}

}  // namespace
}  // namespace gossamer
