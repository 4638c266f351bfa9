#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "aws/instance_metadata.hpp"
#include "gossamer/result.hpp"

namespace gossamer::aws {

/// What the instance metadata service answers with, read. Pure; nothing throws.
/// Errors: corrupted, with what is missing.

/// `dynamic/instance-identity/document`.
Result<InstanceIdentity> parse_identity_document(std::string_view text);
/// `meta-data/spot/instance-action`: `{"action": "terminate", "time": "..."}`.
Result<TerminationNotice> parse_instance_action(std::string_view text);
/// `meta-data/events/recommendations/rebalance`: `{"noticeTime": "..."}`.
Result<TerminationNotice> parse_rebalance(std::string_view text);
/// The lines of a list, without empty ones.
std::vector<std::string> parse_lines(std::string_view text);

}  // namespace gossamer::aws
