#include "fakecloud/token_service.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "fakecloud/service_error.hpp"
#include "fakecloud/service_time.hpp"
#include "fakecloud/xml_writer.hpp"

namespace gossamer::fakecloud {
namespace {

constexpr const char* kStsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";

Answer xml_answer(XmlWriter& xml) {
  Answer answer;
  answer.headers.push_back({"Content-Type", "text/xml"});
  answer.text = xml.finish();
  return answer;
}

void write_request_id(XmlWriter& xml) {
  xml.open("ResponseMetadata").text("RequestId", "00000000-0000-4000-8000-000000000003").close();
}

Answer assume_role(Parts& parts, const Operation& operation, const Moment& moment) {
  const std::string role{operation.parameter("RoleArn")};
  const std::string session{operation.parameter("RoleSessionName")};
  if (role.size() < 20 || session.size() < 2) {
    return error_of(operation, 400, "ValidationError", "RoleArn and RoleSessionName are needed");
  }
  if (operation.parameter("WebIdentityToken").size() < 4) {
    return error_of(operation, 400, "InvalidIdentityToken", "The token cannot be read");
  }
  const AccessKey key = parts.keys.issue(moment.now);
  XmlWriter xml{"AssumeRoleWithWebIdentityResponse", kStsNamespace};
  xml.open("AssumeRoleWithWebIdentityResult");
  xml.text("SubjectFromWebIdentityToken", "fake").text("Audience", "sts.amazonaws.com");
  xml.open("AssumedRoleUser").text("Arn", fmt::format("{}/{}", role, session));
  xml.text("AssumedRoleId", "AROAFAKE:" + session).close();
  xml.open("Credentials").text("SessionToken", key.token).text("SecretAccessKey", key.secret);
  xml.text("Expiration", to_iso_time(*key.expires, false)).text("AccessKeyId", key.id).close();
  xml.text("Provider", "fake").close();
  write_request_id(xml);
  return xml_answer(xml);
}

Answer caller_identity() {
  XmlWriter xml{"GetCallerIdentityResponse", kStsNamespace};
  xml.open("GetCallerIdentityResult").text("Arn", "arn:aws:iam::123456789012:user/fake");
  xml.text("UserId", "AIDAFAKE").text("Account", "123456789012").close();
  write_request_id(xml);
  return xml_answer(xml);
}

}  // namespace

Answer serve_sts(Parts& parts, const Operation& operation, const Moment& moment) {
  if (operation.parameter("Version") == "2011-06-15") {
    if (operation.name == "AssumeRoleWithWebIdentity") return assume_role(parts, operation, moment);
    if (operation.name == "GetCallerIdentity") return caller_identity();
  }
  return error_of(operation, 400, "InvalidAction",
                  fmt::format("Could not find operation {}", operation.name));
}

Answer serve_container_credentials(Parts& parts, const Moment& moment) {
  const AccessKey key = parts.keys.issue(moment.now);
  Answer answer;
  answer.headers.push_back({"Content-Type", "application/json"});
  answer.text = nlohmann::json{{"RoleArn", "arn:aws:iam::123456789012:role/gossamer-node"},
                               {"AccessKeyId", key.id},
                               {"SecretAccessKey", key.secret},
                               {"Token", key.token},
                               {"Expiration", to_iso_time(*key.expires, false)}}
                    .dump();
  return answer;
}

}  // namespace gossamer::fakecloud
