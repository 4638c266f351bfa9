#pragma once

#include "aws/credentials.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"

namespace gossamer::aws {

/// What a container's endpoint and the instance's role answer with: AccessKeyId, SecretAccessKey,
/// Token, Expiration; and Code, if it is not well. Errors: corrupted, permission_denied (a Code
/// other than Success). They say what is missing, and nothing of what is there but the Code.
/// Source: "Container credential provider", AWS SDKs and Tools Reference Guide.
Result<Credentials> parse_credentials_json(ByteView body);

/// A code or name that a service sent, fit for a message: cut at 100 bytes, and a '?' for every
/// character that is not printable ASCII.
std::string shown_code(std::string_view code);

}  // namespace gossamer::aws
