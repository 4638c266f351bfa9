#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aws/credentials.hpp"
#include "aws/environment.hpp"
#include "http/retries.hpp"
#include "ports/workers.hpp"

namespace gossamer::aws {

/// Asks the endpoint that ECS and EKS Pod Identity give a container:
/// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, else _FULL_URI, with the token of
/// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, else of AWS_CONTAINER_AUTHORIZATION_TOKEN. The file is
/// read anew each time, since it is rotated. A full URI must be https or lead to this machine, so
/// that the token is not told to the network.
///
/// **Lifetime**: all outlive it.
/// Source: "Container credential provider", AWS SDKs and Tools Reference Guide.
std::unique_ptr<CredentialsSource> make_container_credentials(UvLoop& loop, Workers& workers,
                                                              http::Client& client,
                                                              const Environment& environment,
                                                              std::uint64_t seed);

/// Errors: invalid_argument, unless a full URI may be asked.
Result<void> check_container_uri(const std::string& uri);

}  // namespace gossamer::aws
