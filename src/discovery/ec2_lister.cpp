#include "discovery/ec2_lister.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "aws/digest.hpp"
#include "aws/ec2_all_pages.hpp"
#include "aws/endpoint.hpp"
#include "aws/signed_client.hpp"
#include "base/assert.hpp"
#include "gossamer/ports/object_store.hpp"
#include "transport/uv_clock.hpp"

namespace gossamer {
namespace {

using Failure = Ec2Lister::Failure;

/// What the URL names of tags beside those that are asked for.
std::set<std::string> tag_keys_of(const Ec2Url& url) {
  std::set<std::string> keys;
  for (const std::string* key : {&url.address_tag, &url.port_tag}) {
    if (!key->empty()) keys.insert(*key);
  }
  return keys;
}

/// Source: "Error codes for the Amazon EC2 API" and what the SDKs take for throttling.
bool is_throttling(int status, std::string_view code) {
  constexpr std::array<std::string_view, 8> kCodes{"RequestLimitExceeded",
                                                   "Client.RequestLimitExceeded",
                                                   "Throttling",
                                                   "ThrottlingException",
                                                   "ThrottledException",
                                                   "RequestThrottled",
                                                   "SlowDown",
                                                   "TooManyRequestsException"};
  return status == 429 || std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

ErrorCode code_of(int status) {
  if (status == 401 || status == 403) return ErrorCode::permission_denied;
  if (status == 429 || status >= 500) return ErrorCode::unavailable;
  return ErrorCode::invalid_argument;
}

/// Source: "Error codes for the Amazon EC2 API": AuthFailure is all that it says of each of these.
std::string auth_advice(const std::string& region, std::string_view source) {
  return fmt::format(
      "; it was asked in region {} with credentials{}{}: are they of that region's partition and "
      "valid still, is the region enabled for their account, and is the clock right?",
      region, source.empty() ? "" : " from ", source);
}

Failure failure_of(const http::Response& response, const aws::SignedClient::Options& asked,
                   std::string_view credentials_source) {
  const aws::ServiceError error = aws::parse_service_error(response);
  Failure failure;
  failure.is_throttled = is_throttling(response.status, error.code);
  failure.error.code = failure.is_throttled ? ErrorCode::unavailable : code_of(response.status);
  std::string advice;
  if (failure.is_throttled) {
    advice = "; it is asked less often from now on";
  } else if (error.code == "UnauthorizedOperation") {
    advice = "; the role needs the permission ec2:DescribeInstances, and no other";
  } else if (error.code == "AuthFailure") {
    advice = auth_advice(asked.region, credentials_source);
  }
  failure.error.detail =
      fmt::format("DescribeInstances at {} was answered {}{}{}{}{}", asked.endpoint,
                  response.status, error.code.empty() ? "" : " " + error.code,
                  error.message.empty() ? "" : ": ", error.message, advice);
  return failure;
}

}  // namespace

struct Ec2Lister::State : std::enable_shared_from_this<State> {
  State(const Ec2Url& the_url, aws::Session& the_session, Bounds the_bounds)
      : url(the_url), filters(filters_of(the_url)), session(the_session), bounds(the_bounds) {}

  void begin();
  std::string_view credentials_source();
  void find_endpoint(std::string region);
  Result<void> open(std::string region, std::string endpoint);
  void ask_page();
  void on_page(Result<http::Response> ended);
  void fail_with(Failure failure);
  void finish();

  const Ec2Url url;
  const std::vector<aws::Ec2Filter> filters;
  aws::Session& session;
  const Bounds bounds;
  UvClock clock{};
  Instant begun_at{};  // When the first page was asked for.
  std::unique_ptr<aws::SignedClient> client;
  aws::Ec2AllPages pages;
  Done done;
};

void Ec2Lister::State::begin() {
  pages = aws::Ec2AllPages{aws::Ec2AllPages::Bounds{}, tag_keys_of(url)};
  begun_at = clock.now();
  if (client != nullptr) return ask_page();
  session.find_region(url.region, [weak = weak_from_this()](Result<std::string> region) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (!region) return self->fail_with({region.error()});
    self->find_endpoint(std::move(*region));
  });
}

void Ec2Lister::State::find_endpoint(std::string region) {
  session.find_endpoint("ec2", url.endpoint,
                        [weak = weak_from_this(), region](Result<std::string> endpoint) {
                          const auto self = weak.lock();
                          if (self == nullptr) return;
                          if (endpoint && endpoint->empty()) {
                            endpoint = aws::endpoint_of("ec2", region, self->url.is_dual_stack);
                          }
                          if (!endpoint) return self->fail_with({endpoint.error()});
                          const Result<void> opened = self->open(region, std::move(*endpoint));
                          if (!opened) return self->fail_with({opened.error()});
                          self->ask_page();
                        });
}

Result<void> Ec2Lister::State::open(std::string region, std::string endpoint) {
  auto http = session.client();
  if (!http) return tl::unexpected(http.error());
  auto credentials = session.credentials();
  if (!credentials) return tl::unexpected(credentials.error());
  aws::SignedClient::Options options;
  options.endpoint = std::move(endpoint);
  options.region = std::move(region);
  options.service = "ec2";
  client = std::make_unique<aws::SignedClient>(session.loop(), **http, **credentials,
                                               std::move(options), session.next_seed());
  return {};
}

void Ec2Lister::State::ask_page() {
  Bytes form = to_bytes(aws::to_form(aws::describe_instances_query(filters, pages.next_token())));
  aws::Call call;
  call.method = "POST";
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.payload_sha256 = aws::to_hex(aws::sha256(form));
  call.body = make_source(std::move(form));
  call.body_bytes_max = aws::kEc2PageBytesMax;
  call.timeouts.first_byte = call.timeouts.stall = bounds.silence;
  call.timeouts.whole = bounds.page;
  http::RetryPolicy once;
  once.attempts_max = 1;
  client->send(std::move(call), once, [weak = weak_from_this()](Result<http::Response> ended) {
    if (const auto self = weak.lock()) self->on_page(std::move(ended));
  });
}

void Ec2Lister::State::on_page(Result<http::Response> ended) {
  const std::string& endpoint = client->options().endpoint;
  if (!ended) {
    return fail_with({Error{ended.error().code, fmt::format("DescribeInstances at {}: {}", endpoint,
                                                            ended.error().detail)}});
  }
  if (!ended->is_success())
    return fail_with(failure_of(*ended, client->options(), credentials_source()));
  auto page = aws::parse_describe_instances(ended->body);
  if (!page) return fail_with({page.error()});
  const Result<bool> goes_on = pages.add(std::move(*page));
  if (!goes_on) return fail_with({goes_on.error()});
  if (!*goes_on) return finish();
  if (clock.now() - begun_at < Duration{bounds.all_pages}) return ask_page();
  fail_with(
      {Error{ErrorCode::timed_out,
             fmt::format("DescribeInstances at {} gave {} pages in {} ms, and there are more; "
                         "name tags that fewer have",
                         endpoint, pages.pages(), bounds.all_pages.count())}});
}

std::string_view Ec2Lister::State::credentials_source() {
  const auto credentials = session.credentials();
  return credentials ? (*credentials)->source() : std::string_view{};
}

void Ec2Lister::State::fail_with(Failure failure) {
  pages = aws::Ec2AllPages{};
  Done told = std::exchange(done, {});
  told(tl::unexpected(std::move(failure)));
}

void Ec2Lister::State::finish() {
  Listing listing{pages.take(), pages.pages(), pages.problem()};
  pages = aws::Ec2AllPages{};
  Done told = std::exchange(done, {});
  told(std::move(listing));
}

Ec2Lister::Ec2Lister(const Ec2Url& url, aws::Session& session, Bounds bounds)
    : state_(std::make_shared<State>(url, session, bounds)) {}

Ec2Lister::~Ec2Lister() = default;

void Ec2Lister::list(Done done) {
  GOSSAMER_ASSERT(!state_->done);
  state_->done = std::move(done);
  const auto held = state_;  // `done` may destroy us.
  held->begin();
}

}  // namespace gossamer
