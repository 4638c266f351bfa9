#include "aws/profile.hpp"

#include <fmt/format.h>

#include <utility>

#include "aws/endpoint.hpp"
#include "aws/secret_file.hpp"

namespace gossamer::aws {
namespace {

constexpr const char* kCredentialsFile = "AWS_SHARED_CREDENTIALS_FILE";
constexpr const char* kConfigFile = "AWS_CONFIG_FILE";

std::string expand_home(std::string path, const std::string& home) {
  if (path == "~" || path.starts_with("~/")) path.replace(0, 1, home);
  return path;
}

std::string find_file(const Environment& environment, const char* variable,
                      const char* default_name, bool* may_lack) {
  const std::string home = environment("HOME").value_or("");
  const std::optional<std::string> stated = environment(variable);
  *may_lack = !stated;
  if (stated) return expand_home(*stated, home);
  return home.empty() ? std::string{} : home + "/.aws/" + default_name;
}

/// An absent file is told by `absent`, unless it is a default one.
Result<ProfileFile> read_file(const std::string& path, bool may_lack, ProfileFileKind kind,
                              std::string& absent) {
  // No regular file, but what many set to say that there is none.
  if (path.empty() || path == "/dev/null") return ProfileFile{};
  Result<std::optional<Secret>> text = read_secret_file(path, kProfileFileBytesMax);
  if (!text) {
    if (may_lack && text.error().code == ErrorCode::permission_denied) return ProfileFile{};
    return tl::unexpected<Error>(std::move(text.error()));
  }
  if (!*text) {
    if (!may_lack) {
      absent += fmt::format("; there is no file '{}' ({})", path,
                            kind == ProfileFileKind::config ? kConfigFile : kCredentialsFile);
    }
    return ProfileFile{};
  }
  return parse_profile_file((*text)->reveal(), kind, path);
}

Result<std::string> checked_endpoint(const ProfileSetting& setting, const std::string& file) {
  if (setting.value.empty()) return std::string{};
  return parse_endpoint_url(setting.value.reveal()).map_error([&](Error&& error) {
    error.detail =
        fmt::format("file '{}', line {}: endpoint_url: {}", file, setting.line, error.detail);
    return std::move(error);
  });
}

}  // namespace

ProfilePlace find_profile_place(const AwsOptions& options, const Environment& environment) {
  ProfilePlace place;
  const std::optional<std::string> set = environment("AWS_PROFILE");
  place.is_named = !options.profile.empty() || set;
  if (place.is_named) place.profile = !options.profile.empty() ? options.profile : *set;
  place.credentials_file =
      find_file(environment, kCredentialsFile, "credentials", &place.may_lack_credentials);
  place.config_file = find_file(environment, kConfigFile, "config", &place.may_lack_config);
  return place;
}

const ProfileSetting* Profile::find(const std::string& key, const std::string** file) const {
  if (const auto found = credentials.find(key); found != credentials.end()) {
    if (file != nullptr) *file = &credentials_file;
    return &found->second;
  }
  if (const auto found = config.find(key); found != config.end()) {
    if (file != nullptr) *file = &config_file;
    return &found->second;
  }
  return nullptr;
}

std::string Profile::text(const std::string& key) const {
  const ProfileSetting* setting = find(key);
  return setting == nullptr ? std::string{} : std::string{setting->value.reveal()};
}

Result<std::string> Profile::endpoint_of(const std::string& service) const {
  const auto stated = services.find(service);
  const std::string* file = &config_file;
  const ProfileSetting* block = stated != services.end() ? &stated->second : find(service, &file);
  if (block != nullptr) {
    Result<ProfileSettings> inner = parse_nested_settings(*block, *file);
    if (!inner) return tl::unexpected<Error>(std::move(inner.error()));
    if (const auto url = inner->find("endpoint_url"); url != inner->end()) {
      return checked_endpoint(url->second, *file);
    }
  }
  const ProfileSetting* for_all = find("endpoint_url", &file);
  return for_all == nullptr ? Result<std::string>{} : checked_endpoint(*for_all, *file);
}

Result<Profile> read_profile(const ProfilePlace& place) {
  Profile profile;
  Result<ProfileFile> credentials = read_file(place.credentials_file, place.may_lack_credentials,
                                              ProfileFileKind::credentials, profile.absent);
  if (!credentials) return tl::unexpected<Error>(std::move(credentials.error()));
  Result<ProfileFile> config =
      read_file(place.config_file, place.may_lack_config, ProfileFileKind::config, profile.absent);
  if (!config) return tl::unexpected<Error>(std::move(config.error()));

  profile.name = place.profile;
  profile.credentials_file = place.credentials_file;
  profile.config_file = place.config_file;
  auto in_credentials = credentials->find(place.profile);
  auto in_config = config->find(place.profile);
  profile.is_there = in_credentials || in_config;
  if (!profile.is_there && place.is_named) {
    return fail(ErrorCode::not_found,
                fmt::format("there is no profile '{}', neither as [{}] in '{}' nor as [profile {}] "
                            "in '{}'{}",
                            place.profile, place.profile, place.credentials_file, place.profile,
                            place.config_file, profile.absent));
  }
  if (in_credentials) profile.credentials = std::move(*in_credentials);
  if (in_config) profile.config = std::move(*in_config);
  if (const auto found = config->services.find(profile.text("services"));
      found != config->services.end()) {
    profile.services = found->second;
  }
  return profile;
}

}  // namespace gossamer::aws
