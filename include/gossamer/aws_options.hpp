#pragma once

#include <string>

namespace gossamer {

/// How a node speaks to AWS, where `s3:` and `ec2:` URLs do not say. Everything may stay empty:
/// then it is found as the AWS tools find it.
///
/// Credentials come from the first of: these fields; AWS_ACCESS_KEY_ID and its companions; a web
/// identity token file (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN); the profile in the shared
/// credentials and config files (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE); a container's
/// endpoint (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI); the instance's role by IMDSv2. A
/// profile that is named here goes before the environment. Credentials that expire are renewed
/// before they do, and files are read again, without a restart. No log or error holds a secret.
/// Source: "Standardized credential providers", AWS SDKs and Tools Reference Guide.
struct AwsOptions {
  std::string access_key_id{};
  std::string secret_access_key{};
  std::string session_token{};
  std::string profile{};  ///< Else AWS_PROFILE, else `default`.
  std::string region{};   ///< Else AWS_REGION, AWS_DEFAULT_REGION, the profile, IMDS.
  std::string
      metadata_endpoint{};     ///< Else AWS_EC2_METADATA_SERVICE_ENDPOINT, else 169.254.169.254.
  std::string sts_endpoint{};  ///< Else AWS_ENDPOINT_URL_STS, else the region's.
  std::string ca_file{};       ///< Else AWS_CA_BUNDLE, else the system's.
};

}  // namespace gossamer
