#pragma once

#include <cstdint>
#include <string>

#include "driver/admissions.hpp"
#include "gossamer/admission.hpp"
#include "wire/identity.hpp"

namespace gossamer::node {

/// Errors: invalid_argument.
Result<driver::AdmissionPolicy> admission_policy(const AdmissionOptions& options);

/// What a node says of itself to those that ask for an admission; empty without. It must hold, and
/// where there are authorities it must be there and be one of theirs.
/// Errors: permission_denied, with what to do.
Result<Bytes> own_admission(const AdmissionOptions& options, const driver::AdmissionPolicy& policy,
                            const wire::Identity& self, const std::string& cluster,
                            std::uint64_t wall_ms);

}  // namespace gossamer::node
