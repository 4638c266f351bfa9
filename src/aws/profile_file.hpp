#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/secret.hpp"
#include "gossamer/result.hpp"

namespace gossamer::aws {

/// Any value of a profile may be a secret, so none can be printed by mistake.
struct ProfileSetting {
  Secret value{};
  std::size_t line = 0;  ///< Counted from 1.
};
/// By key, in lower case.
using ProfileSettings = std::map<std::string, ProfileSetting>;

/// What a config or credentials file says.
struct ProfileFile {
  std::map<std::string, ProfileSettings> profiles{};
  std::map<std::string, ProfileSettings> services{};  ///< `[services x]`, of config files.
  ProfileSettings defaults{};  ///< `[DEFAULT]`: holds in every profile that does not say otherwise.

  /// What holds in one profile; nothing if there is none of that name.
  std::optional<ProfileSettings> find(const std::string& profile) const;
};

enum class ProfileFileKind : std::uint8_t {
  config,      ///< `[default]`, `[profile x]`.
  credentials  ///< `[default]`, `[x]`.
};

inline constexpr std::size_t kProfileFileBytesMax = 1024 * 1024;
inline constexpr std::size_t kProfileFileLinesMax = 65'536;

/// The format is what botocore reads: sections in brackets, `key = value` or `key: value`,
/// whole-line comments by '#' or ';', and more of a value on lines that are indented deeper. A
/// section or a key that comes twice is an error, as it is there.
///
/// Pure. Errors: corrupted, resource_exhausted. They name `file` and the line, never what is in it:
/// that may be a secret on the wrong line.
/// Source: botocore, configloader.py; Python, configparser.
Result<ProfileFile> parse_profile_file(std::string_view text, ProfileFileKind kind,
                                       std::string_view file);

/// The inner settings of `s3 =` and indented lines below it, all under that line's number. Lines
/// that are no setting are an error.
Result<ProfileSettings> parse_nested_settings(const ProfileSetting& setting, std::string_view file);

}  // namespace gossamer::aws
