#include "aws/metadata_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gossamer::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::size_t kTokenBytesMax = 4'096;
constexpr std::size_t kWaitingMax = 1'000;
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

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kTokenBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string_view shown_path(std::string_view path) {
  return path.substr(0, 200);
}

}  // namespace

MetadataSession::MetadataSession(UvLoop& loop, http::Client& client,
                                 InstanceMetadata::Options options)
    : options_(std::move(options)),
      retries_(loop, client, kSeed),
      soon_(loop, [this] { run_deferred(); }) {
  while (options_.endpoint.ends_with('/')) options_.endpoint.pop_back();
}

void MetadataSession::close() {
  is_closed_ = true;
  soon_.close();
  // A pause between two attempts has a timer, for whose end the loop would wait.
  retries_.drop_all();
  deferred_.clear();
  waiting_.clear();
}

void MetadataSession::later(UniqueFunction<void()> task) {
  deferred_.push_back(std::move(task));
  soon_.arm(Duration{0});
}

void MetadataSession::run_deferred() {
  const auto self = shared_from_this();
  for (UniqueFunction<void()>& task : std::exchange(deferred_, {})) {
    if (is_closed_) return;
    task();
  }
}

Error MetadataSession::problem(ErrorCode code, std::string_view what, std::string_view why) const {
  return {code, fmt::format("cannot read '{}' from the instance metadata service at {}: {}",
                            shown_path(what), options_.endpoint, why)};
}

void MetadataSession::get(std::string path, Done<std::string> done, bool may_repeat) {
  if (is_closed_) return;
  std::optional<Error> refused;
  if (options_.is_disabled) {
    refused = problem(ErrorCode::unavailable, path, "AWS_EC2_METADATA_DISABLED is true");
  } else if (waiting_.size() >= kWaitingMax) {
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
  if (token_.number != 0 && clock_.now() < token_.renew_at) {
    send(std::move(asked));
    return;
  }
  waiting_.push_back(std::move(asked));
  if (!is_asking_token_) ask_token();
}

void MetadataSession::ask_token() {
  is_asking_token_ = true;
  auto prepare = [url = options_.endpoint + "/latest/api/token",
                  life = options_.token_life.count()](unsigned, http::Retries::Ready ready) {
    http::Request request;
    request.method = "PUT";
    request.url = url;
    request.headers = {{kTokenLifeHeader, std::to_string(life)}};
    request.body_bytes_max = kTokenBytesMax;
    request.timeouts = kTimeouts;
    request.is_direct = true;
    ready(std::move(request));
  };
  retries_.send(std::move(prepare), &http::is_transient, kPolicy,
                [weak = weak_from_this()](Result<http::Response> ended) {
                  const auto state = weak.lock();
                  if (state != nullptr && !state->is_closed_) state->on_token(std::move(ended));
                });
}

std::optional<Error> MetadataSession::take_token(Result<http::Response>& ended) {
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
  const Instant now = clock_.now();
  const Duration life = options_.token_life;
  token_.value = Secret{to_text(ended->body)};
  token_.number += 1;
  token_.expires = now + life;
  token_.renew_at = token_.expires - std::min<Duration>(kRenewBefore, life / 5);
  return std::nullopt;
}

void MetadataSession::on_token(Result<http::Response> ended) {
  is_asking_token_ = false;
  std::optional<Error> failed = take_token(ended);
  const Instant now = clock_.now();
  if (failed && token_.number != 0 && now < token_.expires) {
    token_.renew_at = std::min<Instant>(now + kRenewPause, token_.expires);
    failed.reset();
  }
  for (Waiting& asked : std::exchange(waiting_, {})) {
    if (is_closed_) return;
    if (failed) {
      asked.done(tl::unexpected<Error>(*failed));
    } else {
      send(std::move(asked));
    }
  }
}

void MetadataSession::send(Waiting asked) {
  auto prepare = [url = options_.endpoint + "/latest/" + asked.path, value = token_.value](
                     unsigned, http::Retries::Ready ready) {
    http::Request request;
    request.url = url;
    request.headers = {{kTokenHeader, std::string{value.reveal()}}};
    request.body_bytes_max = kAnswerBytesMax;
    request.timeouts = kTimeouts;
    request.is_direct = true;
    ready(std::move(request));
  };
  retries_.send(std::move(prepare), &http::is_transient, kPolicy,
                [weak = weak_from_this(), number = token_.number,
                 asked = std::move(asked)](Result<http::Response> ended) mutable {
                  const auto state = weak.lock();
                  if (state == nullptr || state->is_closed_) return;
                  state->on_answer(std::move(asked), number, std::move(ended));
                });
}

void MetadataSession::on_answer(Waiting asked, std::uint64_t token_number,
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
    if (token_.number == token_number) token_.renew_at = token_.expires = Instant{};
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

}  // namespace gossamer::aws
