#pragma once

#include <memory>

#include "aws/credentials.hpp"
#include "aws/profile.hpp"
#include "aws/web_identity.hpp"
#include "ports/workers.hpp"

namespace gossamer::aws {

/// Credentials of a profile in the shared files: keys, or a role for a web identity. The files are
/// read anew at every find, so a rotation needs no restart. What we do not do
/// (`credential_process`, `sso_...`, `source_profile`, `credential_source`) is refused in a
/// sentence of its own.
///
/// **Lifetime**: `workers` outlives it. `region` is that of the STS where the profile names none.
std::unique_ptr<CredentialsSource> make_profile_credentials(Workers& workers, ProfilePlace place,
                                                            std::shared_ptr<WebIdentity> service,
                                                            std::string region);

/// What a profile holds. Nothing of either: it has no credentials.
struct ProfileKeys {
  std::optional<Credentials> keys{};
  std::optional<WebIdentityRole> role{};
};
/// Errors: invalid_argument, with the file and the line.
Result<ProfileKeys> keys_of(const Profile& profile);

}  // namespace gossamer::aws
