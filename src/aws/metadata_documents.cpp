#include "aws/metadata_documents.hpp"

#include <fmt/format.h>

#include <utility>

#include "aws/credentials_json.hpp"
#include "aws/endpoint.hpp"
#include "aws/json_object.hpp"

namespace gossamer::aws {

Result<InstanceIdentity> parse_identity_document(std::string_view text) {
  const auto object = parse_json_object(as_bytes(text));
  if (!object) return fail(ErrorCode::corrupted, "the identity document is not a JSON object");
  InstanceIdentity identity;
  identity.instance_id = text_at(*object, "instanceId");
  identity.region = text_at(*object, "region");
  identity.zone = text_at(*object, "availabilityZone");
  identity.account = text_at(*object, "accountId");
  identity.instance_type = text_at(*object, "instanceType");
  identity.private_v4 = text_at(*object, "privateIp");
  const char* missing = identity.instance_id.empty() ? "instanceId"
                        : identity.region.empty()    ? "region"
                                                     : nullptr;
  if (missing != nullptr) {
    return fail(ErrorCode::corrupted, fmt::format("the identity document has no {}", missing));
  }
  // It becomes part of a host's name.
  if (!is_region(identity.region)) {
    return fail(ErrorCode::corrupted,
                fmt::format("the identity document's region '{}' is no region",
                            shown_code(identity.region)));
  }
  return identity;
}

Result<TerminationNotice> parse_instance_action(std::string_view text) {
  const auto object = parse_json_object(as_bytes(text));
  if (!object) return fail(ErrorCode::corrupted, "the spot instance action is not a JSON object");
  const std::string action = text_at(*object, "action");
  TerminationNotice notice;
  if (action == "terminate") {
    notice.kind = TerminationNotice::Kind::spot_terminate;
  } else if (action == "stop") {
    notice.kind = TerminationNotice::Kind::spot_stop;
  } else if (action == "hibernate") {
    notice.kind = TerminationNotice::Kind::spot_hibernate;
  } else {
    return fail(ErrorCode::corrupted,
                fmt::format("the spot instance action '{}' is not known", shown_code(action)));
  }
  notice.at = parse_iso_time(text_at(*object, "time"));
  return notice;
}

Result<TerminationNotice> parse_rebalance(std::string_view text) {
  const auto object = parse_json_object(as_bytes(text));
  if (!object) {
    return fail(ErrorCode::corrupted, "the rebalance recommendation is not a JSON object");
  }
  return TerminationNotice{TerminationNotice::Kind::rebalance,
                           parse_iso_time(text_at(*object, "noticeTime"))};
}

std::vector<std::string> parse_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

}  // namespace gossamer::aws
