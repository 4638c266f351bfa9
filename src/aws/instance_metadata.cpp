#include "aws/instance_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include "aws/metadata_documents.hpp"
#include "aws/secret.hpp"
#include "aws/uri.hpp"
#include "http/retries.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::size_t kTokenBytesMax = 4'096;
constexpr std::size_t kWaitingMax = 1'000;
constexpr std::size_t kTagsMax = 200;  // EC2 allows 50.
// It is on the same machine: who has not answered in a second is not there.
constexpr http::Timeouts kTimeouts{milliseconds{1'000}, milliseconds{1'000}, milliseconds{1'000},
                                   milliseconds{3'000}};
constexpr http::RetryPolicy kPolicy{2, milliseconds{50}, milliseconds{200}, milliseconds{5'000}};
// Every call draws its pauses from the same numbers: nobody shares the service with this machine.
constexpr std::uint64_t kSeed = 1;
constexpr seconds kRenewBefore{300};
constexpr seconds kRenewPause{30};
constexpr std::string_view kHopLimit =
    "raise the instance's HttpPutResponseHopLimit to 2 in a container";
constexpr const char* kTokenHeader = "x-aws-ec2-metadata-token";
constexpr const char* kTokenLifeHeader = "x-aws-ec2-metadata-token-ttl-seconds";

/// What is asked for by itself, unless the identity document has said it.
struct Address {
  const char* path;
  std::string InstanceIdentity::*field;
};
constexpr std::array<Address, 3> kAddresses{{
    {"meta-data/local-ipv4", &InstanceIdentity::private_v4},
    {"meta-data/public-ipv4", &InstanceIdentity::public_v4},
    {"meta-data/ipv6", &InstanceIdentity::private_v6},
}};

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kTokenBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string_view shown_path(std::string_view path) {
  return path.substr(0, 200);
}

}  // namespace

struct InstanceMetadata::State : std::enable_shared_from_this<State> {
  struct Token {
    Secret value{};
    std::uint64_t number = 0;  ///< 0: none yet.
    Instant renew_at{}, expires{};
  };
  struct Waiting {
    std::string path;
    Done<std::string> done;
    bool may_repeat;
  };

  State(UvLoop& loop, http::Client& client, Options with)
      : options(std::move(with)),
        retries(loop, client, kSeed),
        soon(loop, [this] { run_deferred(); }) {
    while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  }

  void later(UniqueFunction<void()> task);
  void run_deferred();
  Error problem(ErrorCode code, std::string_view what, std::string_view why) const;

  void get(std::string path, Done<std::string> done, bool may_repeat);
  void ask_token();
  void on_token(Result<http::Response> ended);
  std::optional<Error> take_token(Result<http::Response>& ended);
  void send(Waiting asked);
  void on_answer(Waiting asked, std::uint64_t token_number, Result<http::Response> ended);

  void ask_identity();
  void ask_address(std::size_t index, InstanceIdentity identity);
  void on_identity(Result<InstanceIdentity> identity);
  void ask_tags(std::shared_ptr<std::vector<std::string>> keys, std::size_t next,
                std::map<std::string, std::string> tags,
                Done<std::map<std::string, std::string>> done);

  Options options;
  UvClock clock{};
  http::Retries retries;
  UvTimer soon;
  std::deque<UniqueFunction<void()>> deferred{};
  bool is_closed = false;

  Token token{};
  bool is_asking_token = false;
  std::deque<Waiting> waiting{};

  std::optional<InstanceIdentity> known{};
  std::vector<Done<InstanceIdentity>> identity_waiters{};
};

void InstanceMetadata::State::later(UniqueFunction<void()> task) {
  deferred.push_back(std::move(task));
  soon.arm(Duration{0});
}

void InstanceMetadata::State::run_deferred() {
  const auto self = shared_from_this();
  for (UniqueFunction<void()>& task : std::exchange(deferred, {})) {
    if (is_closed) return;
    task();
  }
}

Error InstanceMetadata::State::problem(ErrorCode code, std::string_view what,
                                       std::string_view why) const {
  return {code, fmt::format("cannot read '{}' from the instance metadata service at {}: {}",
                            shown_path(what), options.endpoint, why)};
}

void InstanceMetadata::State::get(std::string path, Done<std::string> done, bool may_repeat) {
  if (is_closed) return;
  std::optional<Error> refused;
  if (options.is_disabled) {
    refused = problem(ErrorCode::unavailable, path, "AWS_EC2_METADATA_DISABLED is true");
  } else if (waiting.size() >= kWaitingMax) {
    refused = problem(ErrorCode::resource_exhausted, path,
                      fmt::format("{} requests wait for a session token", kWaitingMax));
  }
  if (refused) {
    later([refused = std::move(*refused), done = std::move(done)]() mutable {
      done(tl::unexpected<Error>(std::move(refused)));
    });
    return;
  }
  Waiting asked{std::move(path), std::move(done), may_repeat};
  if (token.number != 0 && clock.now() < token.renew_at) {
    send(std::move(asked));
    return;
  }
  waiting.push_back(std::move(asked));
  if (!is_asking_token) ask_token();
}

void InstanceMetadata::State::ask_token() {
  is_asking_token = true;
  auto prepare = [url = options.endpoint + "/latest/api/token", life = options.token_life.count()](
                     unsigned, http::Retries::Ready ready) {
    http::Request request;
    request.method = "PUT";
    request.url = url;
    request.headers = {{kTokenLifeHeader, std::to_string(life)}};
    request.body_bytes_max = kTokenBytesMax;
    request.timeouts = kTimeouts;
    request.is_direct = true;
    ready(std::move(request));
  };
  retries.send(std::move(prepare), &http::is_transient, kPolicy,
               [weak = weak_from_this()](Result<http::Response> ended) {
                 const auto state = weak.lock();
                 if (state != nullptr && !state->is_closed) state->on_token(std::move(ended));
               });
}

std::optional<Error> InstanceMetadata::State::take_token(Result<http::Response>& ended) {
  constexpr std::string_view kWhat = "api/token";
  if (!ended) {
    const ErrorCode code = ended.error().code == ErrorCode::resource_exhausted
                               ? ErrorCode::resource_exhausted
                               : ErrorCode::unavailable;
    return problem(code, kWhat,
                   fmt::format("{}; this machine is not in EC2, or the answer got lost on its "
                               "second hop: {}",
                               ended.error().detail, kHopLimit));
  }
  if (ended->status == 401 || ended->status == 403) {
    return problem(ErrorCode::permission_denied, kWhat,
                   fmt::format("it refused a session token with status {}: turn the instance's "
                               "HttpEndpoint on, and {}",
                               ended->status, kHopLimit));
  }
  if (!ended->is_success()) {
    return problem(ErrorCode::unavailable, kWhat,
                   fmt::format("it answered with status {} and no session token", ended->status));
  }
  if (!is_token(as_text(ended->body))) {
    return problem(ErrorCode::corrupted, kWhat, "what it answered is no session token");
  }
  const Instant now = clock.now();
  const Duration life = options.token_life;
  token.value = Secret{to_text(ended->body)};
  token.number += 1;
  token.expires = now + life;
  token.renew_at = token.expires - std::min<Duration>(kRenewBefore, life / 5);
  return std::nullopt;
}

void InstanceMetadata::State::on_token(Result<http::Response> ended) {
  is_asking_token = false;
  std::optional<Error> failed = take_token(ended);
  const Instant now = clock.now();
  if (failed && token.number != 0 && now < token.expires) {
    token.renew_at = std::min<Instant>(now + kRenewPause, token.expires);
    failed.reset();
  }
  for (Waiting& asked : std::exchange(waiting, {})) {
    if (is_closed) return;
    if (failed) {
      asked.done(tl::unexpected<Error>(*failed));
    } else {
      send(std::move(asked));
    }
  }
}

void InstanceMetadata::State::send(Waiting asked) {
  auto prepare = [url = options.endpoint + "/latest/" + asked.path, value = token.value](
                     unsigned, http::Retries::Ready ready) {
    http::Request request;
    request.url = url;
    request.headers = {{kTokenHeader, std::string{value.reveal()}}};
    request.body_bytes_max = kAnswerBytesMax;
    request.timeouts = kTimeouts;
    request.is_direct = true;
    ready(std::move(request));
  };
  retries.send(std::move(prepare), &http::is_transient, kPolicy,
               [weak = weak_from_this(), number = token.number,
                asked = std::move(asked)](Result<http::Response> ended) mutable {
                 const auto state = weak.lock();
                 if (state == nullptr || state->is_closed) return;
                 state->on_answer(std::move(asked), number, std::move(ended));
               });
}

void InstanceMetadata::State::on_answer(Waiting asked, std::uint64_t token_number,
                                        Result<http::Response> ended) {
  const auto refuse = [&](ErrorCode code, std::string_view why) {
    asked.done(tl::unexpected<Error>(problem(code, asked.path, why)));
  };
  if (!ended) {
    const bool is_too_much = ended.error().code == ErrorCode::resource_exhausted;
    return refuse(is_too_much ? ErrorCode::resource_exhausted : ErrorCode::unavailable,
                  is_too_much ? ended.error().detail
                              : fmt::format("{}; {}", ended.error().detail, kHopLimit));
  }
  if (ended->status == 401 && asked.may_repeat) {
    // The session is over sooner than was said. Who comes first has the token renewed.
    if (token.number == token_number) token.renew_at = token.expires = Instant{};
    return get(std::move(asked.path), std::move(asked.done), false);
  }
  if (ended->status == 401 || ended->status == 403) {
    return refuse(
        ErrorCode::permission_denied,
        fmt::format("it refused the session token with status {}; {}", ended->status, kHopLimit));
  }
  if (ended->status == 404) return refuse(ErrorCode::not_found, "there is none (status 404)");
  if (!ended->is_success()) {
    return refuse(ErrorCode::unavailable, fmt::format("it answered with status {}", ended->status));
  }
  asked.done(to_text(ended->body));
}

void InstanceMetadata::State::ask_identity() {
  const std::string path = "dynamic/instance-identity/document";
  get(
      path,
      [weak = weak_from_this(), path](Result<std::string> document) {
        const auto state = weak.lock();
        if (state == nullptr) return;
        if (!document) return state->on_identity(tl::unexpected<Error>(document.error()));
        Result<InstanceIdentity> identity = parse_identity_document(*document);
        if (identity) return state->ask_address(0, std::move(*identity));
        state->on_identity(tl::unexpected<Error>(
            state->problem(identity.error().code, path, identity.error().detail)));
      },
      true);
}

// The document knows neither the public address nor that of version 6; many machines have none.
void InstanceMetadata::State::ask_address(std::size_t index, InstanceIdentity identity) {
  if (index == kAddresses.size()) return on_identity(std::move(identity));
  const Address& address = kAddresses[index];
  if (!(identity.*address.field).empty()) return ask_address(index + 1, std::move(identity));
  get(
      address.path,
      [weak = weak_from_this(), index,
       identity = std::move(identity)](Result<std::string> answer) mutable {
        const auto state = weak.lock();
        if (state == nullptr) return;
        if (answer) {
          identity.*kAddresses[index].field = answer->substr(0, answer->find_first_of("\r\n"));
        } else if (answer.error().code != ErrorCode::not_found) {
          return state->on_identity(tl::unexpected<Error>(std::move(answer.error())));
        }
        state->ask_address(index + 1, std::move(identity));
      },
      true);
}

void InstanceMetadata::State::on_identity(Result<InstanceIdentity> identity) {
  if (identity) known = *identity;
  for (Done<InstanceIdentity>& done : std::exchange(identity_waiters, {})) {
    if (is_closed) return;
    done(identity);
  }
}

void InstanceMetadata::State::ask_tags(std::shared_ptr<std::vector<std::string>> keys,
                                       std::size_t next, std::map<std::string, std::string> tags,
                                       Done<std::map<std::string, std::string>> done) {
  if (next == keys->size() || next == kTagsMax) return done(std::move(tags));
  const std::string& key = (*keys)[next];
  get(
      "meta-data/tags/instance/" + uri_encode(key),
      [weak = weak_from_this(), keys, next, tags = std::move(tags),
       done = std::move(done)](Result<std::string> value) mutable {
        const auto state = weak.lock();
        if (state == nullptr) return;
        if (value) {
          tags[(*keys)[next]] = std::move(*value);
        } else if (value.error().code != ErrorCode::not_found) {
          return done(tl::unexpected<Error>(std::move(value.error())));
        }
        state->ask_tags(keys, next + 1, std::move(tags), std::move(done));
      },
      true);
}

InstanceMetadata::InstanceMetadata(UvLoop& loop, http::Client& client, Options options)
    : state_(std::make_shared<State>(loop, client, std::move(options))) {}

InstanceMetadata::~InstanceMetadata() {
  close();
}

void InstanceMetadata::close() {
  State& state = *state_;
  state.is_closed = true;
  state.soon.close();
  state.deferred.clear();
  state.waiting.clear();
  state.identity_waiters.clear();
}

void InstanceMetadata::get(std::string path, Done<std::string> done) {
  state_->get(std::move(path), std::move(done), true);
}

void InstanceMetadata::identity(Done<InstanceIdentity> done) {
  State& state = *state_;
  if (state.is_closed) return;
  if (state.known) {
    state.later([known = *state.known, done = std::move(done)]() mutable { done(known); });
    return;
  }
  state.identity_waiters.push_back(std::move(done));
  if (state.identity_waiters.size() == 1) state.ask_identity();
}

void InstanceMetadata::tags(Done<std::map<std::string, std::string>> done) {
  get("meta-data/tags/instance",
      [weak = std::weak_ptr{state_}, done = std::move(done)](Result<std::string> keys) mutable {
        const auto state = weak.lock();
        if (state == nullptr) return;
        if (!keys && keys.error().code != ErrorCode::not_found) {
          return done(tl::unexpected<Error>(std::move(keys.error())));
        }
        auto listed = std::make_shared<std::vector<std::string>>();
        if (keys) *listed = parse_lines(*keys);
        state->ask_tags(std::move(listed), 0, {}, std::move(done));
      });
}

void InstanceMetadata::notice(Done<std::optional<TerminationNotice>> done) {
  using Parse = Result<TerminationNotice> (*)(std::string_view);
  // Nothing means: ask the next.
  const auto read = [](Result<std::string>& answer,
                       Parse parse) -> std::optional<Result<TerminationNotice>> {
    if (answer) return parse(*answer);
    if (answer.error().code == ErrorCode::not_found) return std::nullopt;
    return tl::unexpected<Error>(answer.error());
  };
  const auto give = [](Done<std::optional<TerminationNotice>>& to,
                       std::optional<Result<TerminationNotice>> read_one) {
    if (!read_one) return to(std::optional<TerminationNotice>{});
    to(std::move(*read_one).map([](TerminationNotice&& notice) { return std::optional{notice}; }));
  };
  get("meta-data/spot/instance-action", [weak = std::weak_ptr{state_}, done = std::move(done), read,
                                         give](Result<std::string> action) mutable {
    const auto state = weak.lock();
    if (state == nullptr) return;
    if (auto notice = read(action, &parse_instance_action)) return give(done, std::move(notice));
    state->get(
        "meta-data/events/recommendations/rebalance",
        [done = std::move(done), read, give](Result<std::string> advice) mutable {
          give(done, read(advice, &parse_rebalance));
        },
        true);
  });
}

}  // namespace gossamer::aws
