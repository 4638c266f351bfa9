#include "aws/web_identity.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <utility>

#include "aws/credentials_json.hpp"
#include "aws/endpoint.hpp"
#include "aws/secret_file.hpp"
#include "aws/uri.hpp"

namespace gossamer::aws {
namespace {

using std::chrono::milliseconds;

constexpr const char* kGlobalEndpoint = "https://sts.amazonaws.com";
constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::size_t kMessageBytesMax = 300;
constexpr http::Timeouts kTimeouts{milliseconds{3'000}, milliseconds{10'000}, milliseconds{5'000},
                                   milliseconds{15'000}};
constexpr http::RetryPolicy kPolicy{3, milliseconds{100}, milliseconds{2'000},
                                    milliseconds{30'000}};

std::string form_of(const WebIdentityRole& role, const Secret& token) {
  return fmt::format(
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={}&RoleSessionName={}"
      "&WebIdentityToken={}",
      uri_encode(role.role_arn),
      uri_encode(role.session_name.empty() ? "gossamer" : role.session_name),
      uri_encode(token.reveal()));
}

std::string shown_message(std::string_view message, std::string_view token) {
  std::string shown;
  for (std::string_view rest = message.substr(0, kMessageBytesMax); !rest.empty();) {
    const std::string_view part = rest.substr(0, 100);
    shown.append(shown_code(part));
    rest.remove_prefix(part.size());
  }
  const bool holds_token = !token.empty() && message.find(token) != std::string_view::npos;
  return holds_token ? "(its words hold the token and are left out)" : shown;
}

Error refusal(const http::Response& response, std::string_view token) {
  pugi::xml_document document;
  std::string code, message;
  if (document.load_buffer(response.body.data(), response.body.size())) {
    const pugi::xml_node error = document.document_element().child("Error");
    code = shown_code(error.child_value("Code"));
    message = shown_message(error.child_value("Message"), token);
  }
  if (!token.empty() && code.find(token) != std::string::npos) code.clear();
  const bool is_refused = response.status >= 400 && response.status < 500;
  return {is_refused ? ErrorCode::permission_denied : ErrorCode::unavailable,
          fmt::format("STS answered with status {} {}: {}", response.status,
                      code.empty() ? "and no code" : code,
                      message.empty() ? "no reason is given" : message)};
}

/// What a repetition may cure, and STS's own word for that.
bool is_worth_repeating(const Result<http::Response>& ended) {
  if (http::is_transient(ended)) return true;
  return ended && ended->status == 400 &&
         as_text(ended->body).find("<Code>IDPCommunicationError</Code>") != std::string_view::npos;
}

}  // namespace

Result<Credentials> parse_assumed_role(const http::Response& response, std::string_view token) {
  if (!response.is_success()) return tl::unexpected<Error>(refusal(response, token));
  pugi::xml_document document;
  if (!document.load_buffer(response.body.data(), response.body.size())) {
    return fail(ErrorCode::corrupted, "what STS answered is not XML");
  }
  const pugi::xml_node found =
      document.document_element().child("AssumeRoleWithWebIdentityResult").child("Credentials");
  Credentials credentials;
  credentials.access_key_id = found.child_value("AccessKeyId");
  credentials.secret_access_key = Secret{found.child_value("SecretAccessKey")};
  credentials.session_token = Secret{found.child_value("SessionToken")};
  credentials.expires = parse_iso_time(found.child_value("Expiration"));
  const char* missing = credentials.access_key_id.empty()       ? "AccessKeyId"
                        : credentials.secret_access_key.empty() ? "SecretAccessKey"
                        : credentials.session_token.empty()     ? "SessionToken"
                        : !credentials.expires                  ? "Expiration"
                                                                : nullptr;
  if (missing != nullptr) {
    return fail(ErrorCode::corrupted, fmt::format("what STS answered has no {}", missing));
  }
  if (has_control_characters(credentials.access_key_id) ||
      has_control_characters(credentials.secret_access_key.reveal()) ||
      has_control_characters(credentials.session_token.reveal())) {
    return fail(ErrorCode::corrupted, "the keys that STS answered have control characters in them");
  }
  return credentials;
}

struct WebIdentity::State {
  State(UvLoop& loop, Workers& on, http::Client& client, std::string at, std::uint64_t seed)
      : workers(on), endpoint(std::move(at)), retries(loop, client, seed) {}

  Result<std::string> endpoint_for(const std::string& region) const {
    if (!endpoint.empty()) {
      return parse_endpoint_url(endpoint).map_error([](Error&& error) {
        error.detail = "AwsOptions::sts_endpoint or AWS_ENDPOINT_URL_STS: " + error.detail;
        return std::move(error);
      });
    }
    if (region.empty()) return std::string{kGlobalEndpoint};
    return endpoint_of("sts", region, false);
  }

  void ask(const WebIdentityRole& role, Secret token,
           UniqueFunction<void(Result<Credentials>)> done) {
    Result<std::string> url = endpoint_for(role.region);
    if (!url) return done(tl::unexpected<Error>(std::move(url.error())));
    auto prepare = [url = *url + "/", form = Secret{form_of(role, token)}](
                       unsigned, http::Retries::Ready ready) {
      http::Request request;
      request.method = "POST";
      request.url = url;
      request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
      request.body = make_source(to_bytes(form.reveal()));
      request.body_bytes_max = kAnswerBytesMax;
      request.timeouts = kTimeouts;
      ready(std::move(request));
    };
    retries.send(
        std::move(prepare), &is_worth_repeating, kPolicy,
        [token = std::move(token), done = std::move(done)](Result<http::Response> ended) mutable {
          if (ended) {
            done(parse_assumed_role(*ended, token.reveal()));
          } else {
            done(fail(ended.error().code,
                      fmt::format("cannot ask STS for the role: {}", ended.error().detail)));
          }
        });
  }

  Workers& workers;
  const std::string endpoint;
  http::Retries retries;
};

WebIdentity::WebIdentity(UvLoop& loop, Workers& workers, http::Client& client, std::string endpoint,
                         std::uint64_t seed)
    : state_(std::make_shared<State>(loop, workers, client, std::move(endpoint), seed)) {}

WebIdentity::~WebIdentity() = default;

void WebIdentity::assume(WebIdentityRole role, UniqueFunction<void(Result<Credentials>)> done) {
  auto token = std::make_shared<Result<Secret>>();
  std::string path = role.token_file;
  state_->workers.run(
      [token, path = std::move(path)] { *token = read_token_file(path); },
      [token, weak = std::weak_ptr{state_}, role = std::move(role),
       done = std::move(done)]() mutable {
        const auto state = weak.lock();
        if (state == nullptr) return;
        if (*token) {
          state->ask(role, std::move(**token), std::move(done));
        } else {
          done(fail((*token).error().code,
                    fmt::format("the web identity's token: {}", (*token).error().detail)));
        }
      });
}

namespace {

class WebIdentityCredentials final : public CredentialsSource {
 public:
  WebIdentityCredentials(std::shared_ptr<WebIdentity> service, WebIdentityRole role)
      : service_(std::move(service)), role_(std::move(role)) {}

  std::string_view name() const noexcept override { return "web identity"; }
  std::string why_nothing() const override { return "AWS_WEB_IDENTITY_TOKEN_FILE is not set"; }

  void find(Found found) override {
    if (role_.token_file.empty()) {
      found(std::optional<Credentials>{});
      return;
    }
    if (role_.role_arn.empty()) {
      found(fail(ErrorCode::invalid_argument,
                 "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not; they come together"));
      return;
    }
    service_->assume(role_, [alive = std::weak_ptr{alive_},
                             found = std::move(found)](Result<Credentials> credentials) mutable {
      if (alive.expired()) return;
      found(std::move(credentials).map([](Credentials&& got) {
        return std::optional<Credentials>{std::move(got)};
      }));
    });
  }

 private:
  const std::shared_ptr<WebIdentity> service_;
  const WebIdentityRole role_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<CredentialsSource> make_web_identity_credentials(
    std::shared_ptr<WebIdentity> service, const Environment& environment, std::string region) {
  WebIdentityRole role;
  role.token_file = environment("AWS_WEB_IDENTITY_TOKEN_FILE").value_or("");
  role.role_arn = environment("AWS_ROLE_ARN").value_or("");
  role.session_name = environment("AWS_ROLE_SESSION_NAME").value_or("");
  role.region = std::move(region);
  return std::make_unique<WebIdentityCredentials>(std::move(service), std::move(role));
}

}  // namespace gossamer::aws
