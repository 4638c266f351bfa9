#include "aws/container_credentials.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "aws/credentials_json.hpp"
#include "aws/secret_file.hpp"

namespace gossamer::aws {
namespace {

using std::chrono::milliseconds;

constexpr const char* kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* kTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr const char* kHost = "http://169.254.170.2";
constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr http::Timeouts kTimeouts{milliseconds{2'000}, milliseconds{5'000}, milliseconds{5'000},
                                   milliseconds{8'000}};
constexpr http::RetryPolicy kPolicy{3, milliseconds{100}, milliseconds{1'000},
                                    milliseconds{15'000}};

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// The host of `host:port/path`, without brackets.
std::string host_part(std::string_view rest) {
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\"));
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return std::string{authority.substr(1, end == std::string_view::npos ? end : end - 1)};
  }
  return std::string{authority.substr(0, authority.find(':'))};
}

bool is_this_machine(const std::string& host) {
  std::array<unsigned char, 4> v4{};
  if (inet_pton(AF_INET, host.c_str(), v4.data()) == 1) {
    const bool is_container = v4[0] == 169 && v4[1] == 254 && v4[2] == 170;
    return v4[0] == 127 || (is_container && (v4[3] == 2 || v4[3] == 23));
  }
  std::array<unsigned char, 16> v6{};
  if (inet_pton(AF_INET6, host.c_str(), v6.data()) == 1) {
    std::array<unsigned char, 16> loopback{}, pod_identity{};
    inet_pton(AF_INET6, "::1", loopback.data());
    inet_pton(AF_INET6, "fd00:ec2::23", pod_identity.data());
    return v6 == loopback || v6 == pod_identity;
  }
  return host == "localhost";
}

/// What the environment said, once.
struct Place {
  std::string variable{};  ///< For messages, since a URI may hold what is secret. Empty: none.
  std::string url{};
  Secret token{};
  std::string token_file{};
};

Place read_place(const Environment& environment) {
  Place place;
  if (const auto relative = environment(kRelative)) {
    place.variable = kRelative;
    place.url = kHost + *relative;
  } else if (const auto full = environment(kFull)) {
    place.variable = kFull;
    place.url = *full;
  }
  place.token = Secret{environment(kToken).value_or("")};
  place.token_file = environment(kTokenFile).value_or("");
  return place;
}

Result<void> check(const Place& place) {
  if (place.variable == kFull) {
    Result<void> checked = check_container_uri(place.url);
    if (!checked) return checked;
  } else if (place.url[std::string_view{kHost}.size()] != '/' || !is_printable(place.url)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} is not a path that begins with '/'", kRelative));
  }
  if (!is_printable(place.token.reveal()) && place.token_file.empty()) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} has blanks or control characters in it", kToken));
  }
  return {};
}

class ContainerCredentials final : public CredentialsSource {
 public:
  ContainerCredentials(UvLoop& loop, Workers& workers, http::Client& client, Place place,
                       std::uint64_t seed)
      : state_(std::make_shared<State>(loop, client, std::move(place), seed)), workers_(workers) {}

  std::string_view name() const noexcept override { return "container"; }
  std::string why_nothing() const override {
    return fmt::format("neither {} nor {} is set", kRelative, kFull);
  }

  void find(Found found) override {
    const Place& place = state_->place;
    if (place.variable.empty()) {
      found(std::optional<Credentials>{});
      return;
    }
    if (Result<void> checked = check(place); !checked) {
      found(tl::unexpected<Error>(std::move(checked.error())));
      return;
    }
    if (place.token_file.empty()) {
      state_->ask(place.token, std::move(found));
      return;
    }
    auto token = std::make_shared<Result<Secret>>();
    workers_.run([token, path = place.token_file] { *token = read_token_file(path); },
                 [token, weak = std::weak_ptr{state_}, found = std::move(found)]() mutable {
                   const auto state = weak.lock();
                   if (state == nullptr) return;
                   if (*token) {
                     state->ask(std::move(**token), std::move(found));
                   } else {
                     found(fail((*token).error().code,
                                fmt::format("{}: {}", kTokenFile, (*token).error().detail)));
                   }
                 });
  }

 private:
  struct State {
    State(UvLoop& loop, http::Client& client, Place of, std::uint64_t seed)
        : place(std::move(of)), retries(loop, client, seed) {}

    void ask(Secret token, Found found);

    const Place place;
    http::Retries retries;
  };

  std::shared_ptr<State> state_;
  Workers& workers_;
};

void ContainerCredentials::State::ask(Secret token, Found found) {
  auto prepare = [url = place.url, token = std::move(token)](unsigned, http::Retries::Ready ready) {
    http::Request request;
    request.url = url;
    request.headers = {{"accept", "application/json"}};
    if (!token.empty()) request.headers.push_back({"authorization", std::string{token.reveal()}});
    request.body_bytes_max = kAnswerBytesMax;
    request.timeouts = kTimeouts;
    request.is_direct = true;
    ready(std::move(request));
  };
  retries.send(
      std::move(prepare), &http::is_transient, kPolicy,
      [variable = place.variable, found = std::move(found)](Result<http::Response> ended) mutable {
        const auto refuse = [&](ErrorCode code, const std::string& why) {
          found(fail(code, fmt::format("the endpoint of {}: {}", variable, why)));
        };
        if (!ended) return refuse(ended.error().code, ended.error().detail);
        if (!ended->is_success()) {
          const bool is_refused = ended->status == 401 || ended->status == 403;
          return refuse(is_refused ? ErrorCode::permission_denied : ErrorCode::unavailable,
                        fmt::format("it answered with status {}", ended->status));
        }
        Result<Credentials> credentials = parse_credentials_json(ended->body);
        if (!credentials) return refuse(credentials.error().code, credentials.error().detail);
        found(std::optional<Credentials>{std::move(*credentials)});
      });
}

}  // namespace

Result<void> check_container_uri(const std::string& uri) {
  const std::string_view text = uri;
  const bool is_https = text.starts_with("https://");
  const bool is_http = text.starts_with("http://");
  const std::string_view rest = text.substr(std::min<std::size_t>(text.size(), is_https ? 8 : 7));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\"));
  if ((!is_https && !is_http) || authority.empty() || !is_printable(text) ||
      text.find('\\') != std::string_view::npos || authority.find('@') != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} is not a URI such as http://169.254.170.23/v1/credentials", kFull));
  }
  if (!is_https && !is_this_machine(host_part(rest))) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} is neither https nor at 127.0.0.1, [::1], 169.254.170.2, "
                            "169.254.170.23 or [fd00:ec2::23]: credentials would cross the network "
                            "in the clear",
                            kFull));
  }
  return {};
}

std::unique_ptr<CredentialsSource> make_container_credentials(UvLoop& loop, Workers& workers,
                                                              http::Client& client,
                                                              const Environment& environment,
                                                              std::uint64_t seed) {
  return std::make_unique<ContainerCredentials>(loop, workers, client, read_place(environment),
                                                seed);
}

}  // namespace gossamer::aws
