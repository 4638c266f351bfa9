#pragma once

#include <optional>
#include <string>

#include "aws/environment.hpp"
#include "aws/profile_file.hpp"
#include "gossamer/aws_options.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"
#include "ports/workers.hpp"

namespace gossamer::aws {

/// Which profile is meant, and which files it is looked for in.
struct ProfilePlace {
  std::string profile{"default"};
  bool is_named = false;           ///< Somebody asked for it, so that it must exist.
  std::string credentials_file{};  ///< Empty: nowhere.
  std::string config_file{};       ///< Empty: nowhere.
  /// The files are the default ones, under HOME: one that may not be read is as good as none.
  bool may_lack_credentials = true, may_lack_config = true;
};
/// By AwsOptions::profile, AWS_PROFILE, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE and HOME.
ProfilePlace find_profile_place(const AwsOptions& options, const Environment& environment);

/// One profile, of both files: what the credentials file says goes before the config file.
struct Profile {
  std::string name{};
  bool is_there = false;
  /// A file that a variable names and that is absent, for messages: `; there is no file 'x'
  /// (AWS_CONFIG_FILE)`. The AWS tools take it for an empty one, so it is no error by itself.
  std::string absent{};
  std::string credentials_file{}, config_file{};
  ProfileSettings credentials{};  ///< Of the credentials file.
  ProfileSettings config{};
  /// Of `[services x]`, if the profile has `services = x`: by service, such as `s3`.
  ProfileSettings services{};

  /// Null if neither file has it. `file` gets the name of the one that has.
  const ProfileSetting* find(const std::string& key, const std::string** file = nullptr) const;
  /// The text under `key`, for what is no secret. Empty if there is none.
  std::string text(const std::string& key) const;
  /// The endpoint that the profile states for a service, in `[services]`, in its own block for the
  /// service, or for all. Empty: none. Errors: corrupted; invalid_argument (it is none, told by
  /// file and line, and never with a user or password).
  Result<std::string> endpoint_of(const std::string& service) const;
};

/// Blocks: for a worker. A profile that was named and is in neither file is an error.
/// Errors: not_found, io, corrupted, resource_exhausted, permission_denied, invalid_argument.
Result<Profile> read_profile(const ProfilePlace& place);

}  // namespace gossamer::aws
