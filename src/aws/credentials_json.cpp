#include "aws/credentials_json.hpp"

#include <fmt/format.h>

#include <utility>

#include "aws/json_object.hpp"

namespace gossamer::aws {
namespace {

constexpr std::size_t kCodeBytesMax = 100;

}  // namespace

std::string shown_code(std::string_view code) {
  std::string shown{code.substr(0, kCodeBytesMax)};
  for (char& c : shown) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return shown;
}

Result<Credentials> parse_credentials_json(ByteView body) {
  const auto object = parse_json_object(body);
  if (!object) return fail(ErrorCode::corrupted, "the answer is not a JSON object");
  const std::string code = text_at(*object, "Code");
  if (!code.empty() && code != "Success") {
    return fail(ErrorCode::permission_denied,
                fmt::format("the answer's Code is '{}'", shown_code(code)));
  }
  Credentials credentials;
  credentials.access_key_id = text_at(*object, "AccessKeyId");
  credentials.secret_access_key = Secret{text_at(*object, "SecretAccessKey")};
  credentials.session_token = Secret{text_at(*object, "Token")};
  const char* missing = credentials.access_key_id.empty()       ? "AccessKeyId"
                        : credentials.secret_access_key.empty() ? "SecretAccessKey"
                                                                : nullptr;
  if (missing != nullptr) {
    return fail(ErrorCode::corrupted, fmt::format("the answer has no {}", missing));
  }
  const char* unfit = has_control_characters(credentials.access_key_id) ? "AccessKeyId"
                      : has_control_characters(credentials.secret_access_key.reveal())
                          ? "SecretAccessKey"
                      : has_control_characters(credentials.session_token.reveal()) ? "Token"
                                                                                   : nullptr;
  if (unfit != nullptr) {
    return fail(ErrorCode::corrupted,
                fmt::format("the answer's {} has control characters in it", unfit));
  }
  if (const auto expiration = object->find("Expiration"); expiration != object->end()) {
    credentials.expires = parse_iso_time(text_at(*object, "Expiration"));
    if (!credentials.expires) {
      return fail(ErrorCode::corrupted, "the answer's Expiration is not a time");
    }
  }
  return credentials;
}

}  // namespace gossamer::aws
