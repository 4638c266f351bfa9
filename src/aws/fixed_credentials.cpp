#include "aws/fixed_credentials.hpp"

#include <fmt/format.h>

#include <utility>

namespace gossamer::aws {
namespace {

/// Where fixed keys came from, as messages name it.
struct Names {
  std::string_view source, key, secret, token;
};
constexpr Names kOptions{"options", "access_key_id", "secret_access_key", "session_token"};
constexpr Names kEnvironment{"environment", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                             "AWS_SESSION_TOKEN"};

class FixedCredentials final : public CredentialsSource {
 public:
  FixedCredentials(const Names& names, Credentials credentials)
      : names_(names), credentials_(std::move(credentials)) {}

  std::string_view name() const noexcept override { return names_.source; }
  std::string why_nothing() const override { return fmt::format("{} is not set", names_.key); }

  void find(Found found) override {
    const bool has_key = !credentials_.access_key_id.empty();
    const bool has_secret = !credentials_.secret_access_key.empty();
    if (has_key != has_secret) {
      found(fail(
          ErrorCode::invalid_argument,
          fmt::format("{} is set and {} is not; they come together",
                      has_key ? names_.key : names_.secret, has_key ? names_.secret : names_.key)));
    } else if (!has_key) {
      found(std::optional<Credentials>{});
    } else if (const std::string_view unfit = name_of_unfit(); !unfit.empty()) {
      found(fail(ErrorCode::invalid_argument,
                 fmt::format("{} has control characters in it, such as a line end", unfit)));
    } else {
      found(std::optional<Credentials>{credentials_});
    }
  }

 private:
  std::string_view name_of_unfit() const {
    if (has_control_characters(credentials_.access_key_id)) return names_.key;
    if (has_control_characters(credentials_.secret_access_key.reveal())) return names_.secret;
    if (has_control_characters(credentials_.session_token.reveal())) return names_.token;
    return {};
  }

  const Names names_;
  const Credentials credentials_;
};

}  // namespace

std::unique_ptr<CredentialsSource> make_stated_credentials(const AwsOptions& options) {
  Credentials stated;
  stated.access_key_id = options.access_key_id;
  stated.secret_access_key = Secret{options.secret_access_key};
  stated.session_token = Secret{options.session_token};
  return std::make_unique<FixedCredentials>(kOptions, std::move(stated));
}

std::unique_ptr<CredentialsSource> make_environment_credentials(const Environment& environment) {
  Credentials set;
  set.access_key_id = environment("AWS_ACCESS_KEY_ID").value_or("");
  set.secret_access_key = Secret{environment("AWS_SECRET_ACCESS_KEY").value_or("")};
  set.session_token = Secret{environment("AWS_SESSION_TOKEN").value_or("")};
  return std::make_unique<FixedCredentials>(kEnvironment, std::move(set));
}

}  // namespace gossamer::aws
