#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

// What words of the command line must look like.

namespace gossamer::cli {

CLI::Validator endpoint();  ///< ADDRESS:PORT, numeric.
CLI::Validator length(std::size_t low, std::size_t high);
CLI::Validator url(std::string schemes, std::vector<std::string> prefixes);
CLI::Validator discovery_url();
CLI::Validator object_store_url();
/// Milliseconds, or 0, which switches off.
CLI::Validator zero_or(std::int64_t low, std::int64_t high);

/// The name of a file, not the secret that is to be in it: that is refused without being repeated.
CLI::Validator file_name();

/// Of one of these lengths, in lower case.
CLI::Validator hex_digits(std::vector<std::size_t> lengths);

/// For the end of a command's help that reaches a cloud.
inline constexpr const char* kCloudHelp =
    "Credentials, region and profile for s3: and ec2: are found as the AWS tools find them: "
    "AWS_PROFILE,\n"
    "AWS_REGION, AWS_ACCESS_KEY_ID and its companions, the shared files, a role. See "
    "docs/OPERATING.md.";

}  // namespace gossamer::cli
