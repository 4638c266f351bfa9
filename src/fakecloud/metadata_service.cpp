#include "fakecloud/metadata_service.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "fakecloud/service_error.hpp"
#include "fakecloud/service_time.hpp"

namespace gossamer::fakecloud {
namespace {

using nlohmann::json;

constexpr std::string_view kRole = "gossamer-node";
constexpr std::string_view kTtlHeader = "x-aws-ec2-metadata-token-ttl-seconds";
constexpr std::string_view kTokenHeader = "x-aws-ec2-metadata-token";

Answer text_answer(std::string text, const char* type = "text/plain") {
  Answer answer;
  answer.headers.push_back({"Content-Type", type});
  answer.text = std::move(text);
  return answer;
}

Answer issue_token(Parts& parts, const Request& request, const Operation& operation,
                   const Moment& moment) {
  if (operation.key != "latest/api/token")
    return error_of(operation, 404, "Not Found", "no such path");
  // A proxy on the way would let others ask in the machine's name.
  if (request.has_header("x-forwarded-for")) {
    return error_of(operation, 403, "Forbidden", "came through a proxy");
  }
  const std::string_view stated = request.header(kTtlHeader);
  int life = 0;
  const auto [end, error] = std::from_chars(stated.data(), stated.data() + stated.size(), life);
  if (stated.empty() || error != std::errc{} || end != stated.data() + stated.size() || life < 1 ||
      life > 21'600) {
    return error_of(operation, 400, "Bad Request", "the TTL header must say 1 to 21600 seconds");
  }
  Answer answer =
      text_answer(parts.tokens.issue(operation.instance, moment.now + std::chrono::seconds{life}));
  answer.headers.push_back({std::string{kTtlHeader}, std::string{stated}});
  return answer;
}

std::string identity_of(const Parts& parts, const Machine& machine) {
  const FakeInstance& instance = machine.instance;
  json document = {{"accountId", "123456789012"},
                   {"architecture", "x86_64"},
                   {"availabilityZone", instance.zone},
                   {"imageId", "ami-0123456789abcdef0"},
                   {"instanceId", instance.id},
                   {"instanceType", instance.instance_type},
                   {"kernelId", nullptr},
                   {"pendingTime", to_iso_time(machine.launched, false)},
                   {"region", parts.options.region},
                   {"version", "2017-09-30"}};
  document["privateIp"] = instance.private_v4.empty() ? json() : json(instance.private_v4);
  return document.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string credentials_of(Parts& parts, const Moment& moment) {
  const AccessKey key = parts.keys.issue(moment.now);
  return json{{"Code", "Success"},
              {"LastUpdated", to_iso_time(moment.now, false)},
              {"Type", "AWS-HMAC"},
              {"AccessKeyId", key.id},
              {"SecretAccessKey", key.secret},
              {"Token", key.token},
              {"Expiration", to_iso_time(*key.expires, false)}}
      .dump(2);
}

/// What lies directly under the metadata; empty text: not there.
std::string field_of(const Parts& parts, const Machine& machine, std::string_view path) {
  // Some clients ask for what is no folder as if it were one, and are answered.
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  const FakeInstance& instance = machine.instance;
  const std::map<std::string, std::string, std::less<>> fields = {
      {"instance-id", instance.id},
      {"instance-type", instance.instance_type},
      {"local-ipv4", instance.private_v4},
      {"public-ipv4", instance.public_v4},
      {"ipv6", instance.ipv6},
      {"mac", machine.mac},
      {"ami-id", "ami-0123456789abcdef0"},
      {"placement/availability-zone", instance.zone},
      {"placement/region", parts.options.region},
      {"services/domain", "amazonaws.com"},
      {"services/partition", "aws"},
      {"network/interfaces/macs/" + machine.mac + "/ipv6s", instance.ipv6},
      {"network/interfaces/macs/" + machine.mac + "/vpc-id", instance.vpc},
  };
  const auto found = fields.find(path);
  return found == fields.end() ? std::string{} : found->second;
}

std::optional<std::string> tags_of(const Machine& machine, std::string_view path) {
  constexpr std::string_view kTags = "tags/instance";
  const auto& tags = machine.instance.tags;
  if (path.substr(0, kTags.size()) != kTags || tags.empty()) return std::nullopt;
  path.remove_prefix(kTags.size());
  if (path.empty() || path == "/") {
    std::string names;
    for (const auto& [key, value] : tags) names += (names.empty() ? "" : "\n") + key;
    return names;
  }
  const auto tag = tags.find(std::string{path.substr(1)});
  if (tag == tags.end()) return std::nullopt;
  return tag->second;
}

std::optional<std::string> notice_of(const Machine& machine, std::string_view path) {
  if (path == "spot/instance-action" && machine.notice) {
    return json{{"action", machine.notice->action},
                {"time", to_iso_time(machine.notice->at, false)}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
  }
  if (path == "spot/termination-time" && machine.notice && machine.notice->action == "terminate") {
    return to_iso_time(machine.notice->at, false);
  }
  if (path == "events/recommendations/rebalance" && machine.rebalance) {
    return json{{"noticeTime", to_iso_time(machine.rebalance->given, false)}}.dump();
  }
  return std::nullopt;
}

Answer get_metadata(Parts& parts, const Operation& operation, const Machine& machine,
                    const Moment& moment) {
  constexpr std::string_view kMetadata = "latest/meta-data/";
  const std::string_view key = operation.key;
  if (key == "latest/dynamic/instance-identity/document") {
    return text_answer(identity_of(parts, machine));
  }
  if (key.substr(0, kMetadata.size()) != kMetadata) {
    return error_of(operation, 404, "Not Found", "no such path");
  }
  std::string_view path = key.substr(kMetadata.size());
  constexpr std::string_view kRoles = "iam/security-credentials";
  if (path.substr(0, kRoles.size()) == kRoles) {
    path.remove_prefix(kRoles.size());
    if (path.empty() || path == "/") return text_answer(std::string{kRole});
    if (path.substr(1) == kRole) return text_answer(credentials_of(parts, moment));
    return error_of(operation, 404, "Not Found", "no such role");
  }
  if (auto text = tags_of(machine, path)) return text_answer(*text);
  if (auto text = notice_of(machine, path)) return text_answer(*text, "application/json");
  if (auto text = field_of(parts, machine, path); !text.empty()) return text_answer(text);
  return error_of(operation, 404, "Not Found", "no such path");
}

}  // namespace

Answer serve_metadata(Parts& parts, const Request& request, const Operation& operation,
                      const Moment& moment) {
  const auto machine = parts.instances.find(operation.instance);
  if (!machine) return error_of(operation, 404, "Not Found", "no such machine");
  if (request.method == "PUT") return issue_token(parts, request, operation, moment);
  if (request.method != "GET") return error_of(operation, 405, "Method Not Allowed", "GET or PUT");
  const std::string token{request.header(kTokenHeader)};
  if (!parts.tokens.is_good(token, operation.instance, moment.now)) {
    return error_of(operation, 401, "Unauthorized", "a session token is needed");
  }
  return get_metadata(parts, operation, *machine, moment);
}

}  // namespace gossamer::fakecloud
