#include "aws/profile_credentials.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace gossamer::aws {
namespace {

constexpr std::chrono::seconds kRecheck{60};

/// Ways to credentials that would need a program, a browser or another profile.
struct Refused {
  const char* key;
  const char* why;
};
constexpr std::array<Refused, 2> kRefusedRoles{{
    {"source_profile",
     "a role by 'source_profile' is not supported; use 'web_identity_token_file', or keys"},
    {"credential_source",
     "a role by 'credential_source' is not supported; use 'web_identity_token_file', or keys"},
}};
constexpr std::array<Refused, 3> kRefused{{
    {"sso_session", "'sso_session' is not supported: a node has nobody who could sign in"},
    {"sso_start_url", "'sso_start_url' is not supported: a node has nobody who could sign in"},
    {"credential_process",
     "'credential_process' is not supported: gossamer starts no programs; put the keys in the "
     "environment, or let the program write the credentials file"},
}};

tl::unexpected<Error> refuse(const std::string& file, std::size_t line, std::string_view why) {
  return fail(ErrorCode::invalid_argument, fmt::format("file '{}', line {}: {}", file, line, why));
}

bool is_set(const ProfileSettings& settings, const char* key) {
  const auto found = settings.find(key);
  return found != settings.end() && !found->second.value.empty();
}

/// The keys in one file: they are not mixed from two.
Result<std::optional<Credentials>> keys_in(const ProfileSettings& settings,
                                           const std::string& file) {
  const bool has_key = is_set(settings, "aws_access_key_id");
  const bool has_secret = is_set(settings, "aws_secret_access_key");
  if (!has_key && !has_secret) return std::nullopt;
  if (has_key != has_secret) {
    const char* there = has_key ? "aws_access_key_id" : "aws_secret_access_key";
    const char* missing = has_key ? "aws_secret_access_key" : "aws_access_key_id";
    return refuse(file, settings.at(there).line,
                  fmt::format("'{}' is there and '{}' is not; they come together", there, missing));
  }
  for (const char* key : {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}) {
    if (!is_set(settings, key)) continue;
    const ProfileSetting& setting = settings.at(key);
    if (has_control_characters(setting.value.reveal())) {
      const bool is_line = setting.value.reveal().find('\n') != std::string_view::npos;
      return refuse(file, setting.line,
                    fmt::format("'{}' {}", key,
                                is_line ? "goes on in the next line, which is indented"
                                        : "has control characters in it"));
    }
  }
  Credentials keys;
  keys.access_key_id = std::string{settings.at("aws_access_key_id").value.reveal()};
  keys.secret_access_key = settings.at("aws_secret_access_key").value;
  if (is_set(settings, "aws_session_token")) {
    keys.session_token = settings.at("aws_session_token").value;
  }
  return keys;
}

Result<ProfileKeys> role_of(const Profile& profile) {
  const std::string* file = nullptr;
  for (const Refused& refused : kRefusedRoles) {
    const ProfileSetting* setting = profile.find(refused.key, &file);
    if (setting != nullptr) return refuse(*file, setting->line, refused.why);
  }
  const ProfileSetting* role = profile.find("role_arn", &file);
  if (profile.find("web_identity_token_file") == nullptr) {
    return refuse(
        *file, role->line,
        "'role_arn' is there and 'web_identity_token_file' is not; the role cannot be had");
  }
  WebIdentityRole found;
  found.role_arn = profile.text("role_arn");
  found.token_file = profile.text("web_identity_token_file");
  found.session_name = profile.text("role_session_name");
  found.region = profile.text("region");
  return ProfileKeys{std::nullopt, std::move(found)};
}

class ProfileCredentials final : public CredentialsSource {
 public:
  ProfileCredentials(Workers& workers, ProfilePlace place, std::shared_ptr<WebIdentity> service,
                     std::string region)
      : workers_(workers),
        place_(std::move(place)),
        service_(std::move(service)),
        region_(std::move(region)),
        name_(fmt::format("profile '{}'", place_.profile)) {}

  std::string_view name() const noexcept override { return name_; }
  std::string why_nothing() const override {
    return fmt::format("it has no keys in '{}' or '{}'{}", place_.credentials_file,
                       place_.config_file, absent_);
  }
  std::optional<std::chrono::seconds> recheck_after() const override { return kRecheck; }

  void find(Found found) override {
    auto profile = std::make_shared<Result<Profile>>();
    workers_.run(
        [profile, place = place_] { *profile = read_profile(place); },
        [this, profile, alive = std::weak_ptr{alive_}, found = std::move(found)]() mutable {
          if (!alive.expired()) on_read(std::move(*profile), std::move(found));
        });
  }

 private:
  void on_read(Result<Profile> profile, Found found) {
    absent_ = profile ? profile->absent : std::string{};
    Result<ProfileKeys> keys = std::move(profile).and_then(&keys_of);
    if (!keys) {
      found(tl::unexpected<Error>(std::move(keys.error())));
    } else if (keys->role) {
      WebIdentityRole& role = *keys->role;
      if (role.region.empty()) role.region = region_;
      service_->assume(std::move(role), [alive = std::weak_ptr{alive_}, found = std::move(found)](
                                            Result<Credentials> credentials) mutable {
        if (alive.expired()) return;
        found(std::move(credentials).map([](Credentials&& got) {
          return std::optional<Credentials>{std::move(got)};
        }));
      });
    } else {
      found(std::move(keys->keys));
    }
  }

  Workers& workers_;
  const ProfilePlace place_;
  const std::shared_ptr<WebIdentity> service_;
  const std::string region_;
  const std::string name_;
  std::string absent_{};  ///< Files that should have been there.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

Result<ProfileKeys> keys_of(const Profile& profile) {
  if (profile.find("role_arn") != nullptr) return role_of(profile);
  Result<std::optional<Credentials>> keys = keys_in(profile.credentials, profile.credentials_file);
  if (keys && !*keys) keys = keys_in(profile.config, profile.config_file);
  if (!keys) return tl::unexpected<Error>(std::move(keys.error()));
  if (*keys) return ProfileKeys{std::move(*keys), std::nullopt};
  const std::string* file = nullptr;
  for (const Refused& refused : kRefused) {
    const ProfileSetting* setting = profile.find(refused.key, &file);
    if (setting != nullptr) return refuse(*file, setting->line, refused.why);
  }
  return ProfileKeys{};
}

std::unique_ptr<CredentialsSource> make_profile_credentials(Workers& workers, ProfilePlace place,
                                                            std::shared_ptr<WebIdentity> service,
                                                            std::string region) {
  return std::make_unique<ProfileCredentials>(workers, std::move(place), std::move(service),
                                              std::move(region));
}

}  // namespace gossamer::aws
