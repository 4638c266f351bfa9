#include "aws/signed_client.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "aws/endpoint.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// AWS bears 15 minutes for S3 and 5 for the rest. A clock that is off by less than this was not
/// what a request was refused for.
constexpr seconds kSkewWorthCorrecting{240};

template <std::size_t Count>
bool is_one_of(std::string_view code, const std::array<std::string_view, Count>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

/// Said of a wrong clock, and of other things: the answer's Date decides.
constexpr std::array<std::string_view, 6> kSkewCodes{
    "RequestTimeTooSkewed", "RequestExpired",        "RequestInTheFuture",
    "AuthFailure",          "SignatureDoesNotMatch", "InvalidSignatureException"};
constexpr std::array<std::string_view, 5> kExpiredCodes{"ExpiredToken", "ExpiredTokenException",
                                                        "RequestExpired", "TokenRefreshRequired",
                                                        "InvalidClientTokenId"};
/// Said of keys that were never known, too: only temporary ones are forgotten in time.
constexpr std::array<std::string_view, 3> kForgottenCodes{"InvalidAccessKeyId", "InvalidToken",
                                                          "AuthFailure"};
constexpr std::array<std::string_view, 9> kThrottlingCodes{"SlowDown",
                                                           "Throttling",
                                                           "ThrottlingException",
                                                           "ThrottledException",
                                                           "RequestLimitExceeded",
                                                           "RequestThrottled",
                                                           "RequestThrottledException",
                                                           "TooManyRequestsException",
                                                           "BandwidthLimitExceeded"};
/// S3 says RequestTimeout, with status 400, when the body came too slowly.
constexpr std::array<std::string_view, 3> kServerFaultCodes{"ServiceUnavailable", "InternalError",
                                                            "RequestTimeout"};

/// Further from ours no service's clock is believed: who can forge a Date would have requests
/// signed for a day to come.
constexpr seconds kSkewMax = std::chrono::hours{24};
constexpr std::string_view kClockUnbelievable =
    "the service's clock is more than 24 hours from this machine's, which is not believed: set "
    "this machine's clock";

bool is_refusal(const http::Response& response) {
  return response.status == 400 || response.status == 401 || response.status == 403;
}

bool is_worth_repeating(const Result<http::Response>& ended) {
  if (http::is_transient(ended)) return true;
  if (!ended || ended->is_success()) return false;
  const std::string code = parse_service_error(*ended).code;
  return is_one_of(code, kThrottlingCodes) || is_one_of(code, kServerFaultCodes);
}

/// What an attempt was signed with.
struct Signature {
  std::string access_key_id{};
  bool is_temporary = false;
  seconds clock_error{};
  std::vector<Secret> secrets{};  ///< What was sent, and no error may show.
};

/// What of a signed request must not be seen again.
std::vector<Secret> secrets_of(const Credentials& credentials, const http::Headers& headers) {
  std::vector<Secret> secrets{credentials.secret_access_key, credentials.session_token};
  constexpr std::string_view kMark = "Signature=";
  const std::string_view authorization = http::find_header(headers, "authorization");
  const std::size_t mark = authorization.rfind(kMark);
  if (mark != std::string_view::npos) {
    secrets.emplace_back(std::string{authorization.substr(mark + kMark.size())});
  }
  return secrets;
}

/// Only error bodies are looked at, which a success may have, too: S3's, of a completed upload.
bool may_be_error(const http::Response& response) {
  return !response.is_success() || as_text(response.body).find("<Error") != std::string_view::npos;
}

}  // namespace

/// One call on its way: rounds of attempts, and what was learnt from the refusal that ended a
/// round.
struct Underway {
  Underway(SignedClient::Make by, http::Retries::Judge judged, http::RetryPolicy how,
           http::Client::Done then)
      : make(std::move(by)), judge(std::move(judged)), policy(how), done(std::move(then)) {}

  SignedClient::Make make;
  http::Retries::Judge judge;
  Call call{};               ///< Of this attempt.
  http::RetryPolicy policy;  ///< What is left of it.
  http::Client::Done done;
  Instant began{};
  unsigned attempts = 0;  ///< Of this round.
  Signature last{};
  bool was_clock_corrected = false;
  bool was_clock_unbelievable = false;
  bool were_credentials_renewed = false;
};

struct SignedClient::State : std::enable_shared_from_this<State> {
  State(UvLoop& on, http::Client& client, CredentialsChain& from, Options with, std::uint64_t seed)
      : loop(on),
        credentials(from),
        options(std::move(with)),
        retries(std::make_unique<http::Retries>(on, client, seed)) {}

  SigningScope scope() const {
    return {options.region, options.service, options.clock() + clock_error,
            options.service == "s3"};
  }
  Signable signable(const Call& call) const;
  std::string url_of(const Call& call, const std::string& target) const;
  http::Request request_of(Underway& underway, const Credentials& found) const;
  void begin_round(const std::shared_ptr<Underway>& underway);
  void prepare(const std::shared_ptr<Underway>& underway, http::Retries::Ready ready);
  void end_round(const std::shared_ptr<Underway>& underway, Result<http::Response> ended);
  bool corrects_clock(Underway& underway, const http::Response& refusal);
  bool renews_credentials(Underway& underway, const http::Response& refusal);
  void answer_later(UniqueFunction<void()> answer);

  UvLoop& loop;
  CredentialsChain& credentials;
  const Options options;
  UvClock clock;
  seconds clock_error{0};
  std::unique_ptr<http::Retries> retries;
  std::vector<std::unique_ptr<UvTimer>> answers;
};

Signable SignedClient::State::signable(const Call& call) const {
  return {call.method,  call.host_prefix + host_of(options.endpoint),
          call.path,    call.query,
          call.headers, call.payload_sha256};
}

std::string SignedClient::State::url_of(const Call& call, const std::string& target) const {
  const std::size_t scheme_end = options.endpoint.find("://");
  const std::string scheme = options.endpoint.substr(0, scheme_end);
  return scheme + "://" + call.host_prefix + host_of(options.endpoint) + target;
}

http::Request SignedClient::State::request_of(Underway& underway, const Credentials& found) const {
  const Call& call = underway.call;
  Signed result = sign(signable(call), scope(), found);
  underway.last = {found.access_key_id, !found.session_token.empty(), clock_error,
                   secrets_of(found, result.headers)};
  http::Request request;
  request.method = call.method;
  request.url = url_of(call, result.target);
  request.headers = std::move(result.headers);
  request.body = call.body;
  request.sink = call.sink;
  request.on_head = call.on_head;
  request.body_bytes_max = call.body_bytes_max;
  request.timeouts = call.timeouts;
  return request;
}

void SignedClient::State::begin_round(const std::shared_ptr<Underway>& underway) {
  underway->attempts = 0;
  const std::weak_ptr<State> weak = weak_from_this();
  retries->send(
      [weak, underway](unsigned, http::Retries::Ready ready) {
        if (const auto self = weak.lock()) self->prepare(underway, std::move(ready));
      },
      [underway](const Result<http::Response>& ended) { return underway->judge(ended); },
      underway->policy,
      [weak, underway](Result<http::Response> ended) {
        if (const auto self = weak.lock()) self->end_round(underway, std::move(ended));
      });
}

void SignedClient::State::prepare(const std::shared_ptr<Underway>& underway,
                                  http::Retries::Ready ready) {
  ++underway->attempts;
  credentials.get([weak = weak_from_this(), underway,
                   ready = std::move(ready)](Result<Credentials> found) mutable {
    const auto self = weak.lock();
    if (!self) return;
    if (!found) {
      ready(tl::unexpected<Error>(found.error()));
      return;
    }
    underway->call = underway->make();
    ready(self->request_of(*underway, *found));
  });
}

void SignedClient::State::end_round(const std::shared_ptr<Underway>& underway,
                                    Result<http::Response> ended) {
  const bool is_refused = ended.has_value() && is_refusal(*ended);
  if (!is_refused ||
      !(corrects_clock(*underway, *ended) || renews_credentials(*underway, *ended))) {
    if (ended && may_be_error(*ended)) {
      if (underway->was_clock_unbelievable) put_before_message(*ended, kClockUnbelievable);
      hide_quoted(*ended, underway->last.secrets);
    }
    underway->done(std::move(ended));
    return;
  }
  // The refused attempt does not count, and the time that is over does.
  const unsigned counted = std::max(1U, underway->attempts) - 1;
  underway->policy.attempts_max -= std::min(counted, underway->policy.attempts_max - 1);
  const auto took = std::chrono::duration_cast<milliseconds>(clock.now() - underway->began);
  underway->policy.whole = std::max(milliseconds{1}, underway->policy.whole - took);
  underway->began = clock.now();
  begin_round(underway);
}

bool SignedClient::State::corrects_clock(Underway& underway, const http::Response& refusal) {
  if (underway.was_clock_corrected) return false;
  // The answer to a HEAD has no body that could say why.
  const bool may_be_skew =
      underway.call.method == "HEAD" || is_one_of(parse_service_error(refusal).code, kSkewCodes);
  const std::optional<WallTime> theirs =
      parse_http_time(http::find_header(refusal.headers, "date"));
  if (!may_be_skew || !theirs) return false;
  const seconds error = *theirs - options.clock();
  underway.was_clock_unbelievable = std::chrono::abs(error) > kSkewMax;
  if (underway.was_clock_unbelievable) return false;
  if (std::chrono::abs(error - underway.last.clock_error) <= kSkewWorthCorrecting) return false;
  underway.was_clock_corrected = true;
  clock_error = error;
  return true;
}

bool SignedClient::State::renews_credentials(Underway& underway, const http::Response& refusal) {
  if (underway.were_credentials_renewed) return false;
  const std::string code = parse_service_error(refusal).code;
  // A HEAD tells no code. S3 says 400 of an expired token, and 403 of what is not permitted.
  const bool is_nameless = underway.call.method == "HEAD" && refusal.status == 400;
  const bool is_expired =
      is_one_of(code, kExpiredCodes) ||
      (underway.last.is_temporary && (is_nameless || is_one_of(code, kForgottenCodes)));
  if (!is_expired) return false;
  underway.were_credentials_renewed = true;
  credentials.refused(underway.last.access_key_id);
  return true;
}

void SignedClient::State::answer_later(UniqueFunction<void()> answer) {
  answers.erase(std::remove_if(answers.begin(), answers.end(),
                               [](const auto& timer) { return !timer->is_armed(); }),
                answers.end());
  answers.push_back(std::make_unique<UvTimer>(loop, std::move(answer)));
  answers.back()->arm(Duration{0});
}

SignedClient::SignedClient(UvLoop& loop, http::Client& client, CredentialsChain& credentials,
                           Options options, std::uint64_t seed)
    : state_(std::make_shared<State>(loop, client, credentials, std::move(options), seed)) {}

// What waits is dropped now, and not when the last of the callbacks lets go of the state.
SignedClient::~SignedClient() {
  state_->retries.reset();
  state_->answers.clear();
}

void SignedClient::send(Call call, http::RetryPolicy policy, http::Client::Done done) {
  send([call = std::move(call)] { return call; }, &is_worth_repeating, policy, std::move(done));
}

void SignedClient::send(Make make, http::Retries::Judge is_worth_repeating,
                        http::RetryPolicy policy, http::Client::Done done) {
  policy.attempts_max = std::max(1U, policy.attempts_max);
  const auto underway = std::make_shared<Underway>(std::move(make), std::move(is_worth_repeating),
                                                   policy, std::move(done));
  underway->began = state_->clock.now();
  state_->begin_round(underway);
}

void SignedClient::presign(Call call, std::chrono::seconds expires,
                           UniqueFunction<void(Result<std::string>)> done) {
  const std::weak_ptr<State> weak = state_;
  state_->credentials.get([weak, call = std::move(call), expires,
                           done = std::move(done)](Result<Credentials> found) mutable {
    const auto self = weak.lock();
    if (!self) return;
    Result<std::string> url = tl::unexpected<Error>(Error{});
    if (found) {
      url = self->url_of(call, aws::presign(self->signable(call), self->scope(), *found, expires));
    } else {
      url = tl::unexpected<Error>(found.error());
    }
    // The chain may answer at once, and nobody is to hear of it inside his own call.
    self->answer_later(
        [done = std::move(done), url = std::move(url)]() mutable { done(std::move(url)); });
  });
}

std::chrono::seconds SignedClient::clock_error() const {
  return state_->clock_error;
}
const SignedClient::Options& SignedClient::options() const {
  return state_->options;
}

}  // namespace gossamer::aws
