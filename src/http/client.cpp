#include "http/client.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "base/deadlines.hpp"
#include "http/curl_multi.hpp"
#include "http/curl_setup.hpp"
#include "http/exchange.hpp"
#include "http/origin.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::http {

/// Who has its turn, whose time is over, and who is told.
///
/// The connections to a host are counted here and not by libcurl, so that the time a request waits
/// for its turn is not taken for time spent connecting.
struct Client::State final : CurlMulti::Owner,
                             Exchange::Owner,
                             std::enable_shared_from_this<Client::State> {
  State(UvLoop& on, Workers& with, ClientOptions as)
      : workers(with),
        options(std::move(as)),
        bounds_due(on, [this] { on_bounds_due(); }),
        soon(on, [this] { turn(); }) {}

  void send(Request request, Done done);
  void close();

  void on_finished(const std::vector<CurlMulti::Finished>& transfers) override;
  void on_bounds_moved(Exchange& exchange) override;
  void on_transfer_over(Exchange& exchange, Easy easy) override;
  void on_ended(Exchange& exchange) override;

  struct Host {
    std::size_t active = 0;
    std::deque<std::uint64_t> waiting{};
  };
  struct Ended {
    Done done;
    Result<Response> outcome;
    std::shared_ptr<Exchange> exchange{};  ///< It is still on the stack when it ends.
  };
  using Hosts = std::map<std::string, Host>;

  void refuse(Done done, Error error);
  void start(Host& host, Exchange& exchange);
  void start_waiting();
  void on_bounds_due();
  void arm_bounds();
  void turn();
  void tell();

  Workers& workers;
  const ClientOptions options;
  UvClock clock;
  ClientCounters counters;
  bool is_closed = false;
  std::uint64_t next_id = 1;
  std::unique_ptr<CurlMulti> multi;
  std::vector<Easy> idle;
  Hosts hosts;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges;
  std::vector<std::string> freed;  ///< Hosts whose next may begin.
  std::deque<Ended> ended;
  Deadlines<std::uint64_t> deadlines;
  std::optional<Instant> bounds_armed;
  UvTimer bounds_due;
  UvTimer soon;
};

void Client::State::send(Request request, Done done) {
  if (is_closed) return;
  ++counters.requests;
  if (exchanges.size() >= options.requests_max) {
    refuse(std::move(done), {ErrorCode::resource_exhausted,
                             fmt::format("{} HTTP requests are under way, and no more may be",
                                         options.requests_max)});
    return;
  }
  Result<std::string> origin = parse_origin(request.url);
  if (!origin) {
    refuse(std::move(done), std::move(origin.error()));
    return;
  }
  Result<HeaderList> headers = make_header_list(request);
  if (!headers) {
    refuse(std::move(done), std::move(headers.error()));
    return;
  }
  const std::uint64_t id = next_id++;
  const Exchange::Place place{*this, *multi, workers, clock, options, counters};
  const auto exchange = std::make_shared<Exchange>(place, id, *origin, std::move(request),
                                                   std::move(*headers), std::move(done));
  exchanges.emplace(id, exchange);
  on_bounds_moved(*exchange);
  Host& host = hosts[*origin];
  if (host.active < options.host_connections_max && host.waiting.empty()) {
    start(host, *exchange);
  } else {
    host.waiting.push_back(id);
  }
}

void Client::State::refuse(Done done, Error error) {
  ++counters.failures;
  ended.push_back({std::move(done), tl::unexpected(std::move(error)), nullptr});
  soon.arm(Duration{0});
}

void Client::State::start(Host& host, Exchange& exchange) {
  Easy easy;
  if (idle.empty()) {
    easy.reset(curl_easy_init());
  } else {
    easy = std::move(idle.back());
    idle.pop_back();
  }
  GOSSAMER_ASSERT(easy != nullptr);
  ++host.active;
  exchange.start(std::move(easy));
}

void Client::State::start_waiting() {
  for (const std::string& name : std::exchange(freed, {})) {
    const auto host = hosts.find(name);
    if (host == hosts.end()) continue;
    while (host->second.active < options.host_connections_max && !host->second.waiting.empty()) {
      const std::uint64_t id = host->second.waiting.front();
      host->second.waiting.pop_front();
      start(host->second, *exchanges.at(id));
    }
    if (host->second.active == 0) hosts.erase(host);
  }
}

void Client::State::on_finished(const std::vector<CurlMulti::Finished>& transfers) {
  for (const CurlMulti::Finished& transfer : transfers) {
    Exchange::of(transfer.easy).on_finished(transfer.code);
  }
  turn();
}

void Client::State::on_bounds_moved(Exchange& exchange) {
  if (const auto next = exchange.bounds().next()) {
    deadlines.set(exchange.id(), *next);
  } else {
    deadlines.cancel(exchange.id());
  }
  arm_bounds();
}

void Client::State::arm_bounds() {
  const std::optional<Instant> next = deadlines.next();
  // One that is armed too early only looks, and arms again.
  if (!next || (bounds_armed && *bounds_armed <= *next)) return;
  bounds_armed = next;
  bounds_due.arm(*next - clock.now());
}

void Client::State::on_bounds_due() {
  bounds_armed.reset();
  const Instant now = clock.now();
  for (const std::uint64_t id : deadlines.take_due(now)) {
    const auto found = exchanges.find(id);
    if (found == exchanges.end()) continue;
    const std::shared_ptr<Exchange> exchange = found->second;
    exchange->check_bounds(now);
  }
  arm_bounds();
}

void Client::State::on_transfer_over(Exchange& exchange, Easy easy) {
  const auto host = hosts.find(exchange.origin());
  GOSSAMER_ASSERT(host != hosts.end() && host->second.active > 0);
  --host->second.active;
  freed.push_back(exchange.origin());
  curl_easy_reset(easy.get());
  if (idle.size() < options.connections_kept_max) idle.push_back(std::move(easy));
  soon.arm(Duration{0});
}

void Client::State::on_ended(Exchange& exchange) {
  const auto found = exchanges.find(exchange.id());
  GOSSAMER_ASSERT(found != exchanges.end());
  const std::shared_ptr<Exchange> held = std::move(found->second);
  exchanges.erase(found);
  deadlines.cancel(held->id());
  if (const auto host = hosts.find(held->origin()); host != hosts.end()) {
    std::erase(host->second.waiting, held->id());
  }
  ended.push_back({held->take_done(), held->take_outcome(), held});
  ++(ended.back().outcome ? counters.responses : counters.failures);
  soon.arm(Duration{0});
}

void Client::State::turn() {
  soon.disarm();
  start_waiting();
  tell();
}

void Client::State::tell() {
  const auto self = shared_from_this();  // A `done` may destroy the client.
  // Those that end meanwhile have their turn later, so that the loop gets its own.
  for (std::deque<Ended> told = std::exchange(ended, {}); !told.empty() && !is_closed;) {
    Ended next = std::move(told.front());
    told.pop_front();
    next.done(std::move(next.outcome));
  }
}

void Client::State::close() {
  if (std::exchange(is_closed, true)) return;
  // What they hold may call back when it is destroyed, so it goes last.
  const auto unended = std::exchange(exchanges, {});
  const auto untold = std::exchange(ended, {});
  hosts.clear();
  freed.clear();
  deadlines.clear();
  bounds_due.close();
  soon.close();
  for (const auto& [id, exchange] : unended) exchange->abandon();
  idle.clear();
  multi.reset();
}

Client::Client(std::shared_ptr<State> state) : state_(std::move(state)) {}

Client::~Client() {
  close();
}

Result<std::unique_ptr<Client>> Client::open(UvLoop& loop, Workers& workers,
                                             ClientOptions options) {
  if (options.host_connections_max == 0) options.host_connections_max = 1;
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) {
    return fail(ErrorCode::io,
                fmt::format("cannot read the file of certificates '{}'", options.ca_file));
  }
  auto state = std::make_shared<State>(loop, workers, std::move(options));
  auto multi = CurlMulti::open(loop, *state, state->options.connections_kept_max);
  if (!multi) return tl::unexpected(multi.error());
  state->multi = std::move(*multi);
  return std::unique_ptr<Client>{new Client{std::move(state)}};
}

void Client::send(Request request, Done done) {
  state_->send(std::move(request), std::move(done));
}

void Client::close() {
  state_->close();
}

ClientCounters Client::counters() const {
  return state_->counters;
}

}  // namespace gossamer::http
