#include "aws/signature_v4.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "aws/digest.hpp"
#include "aws/uri.hpp"

namespace gossamer::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kDateHeader = "x-amz-date";
constexpr std::string_view kTokenHeader = "x-amz-security-token";
constexpr std::string_view kPayloadHeader = "x-amz-content-sha256";

std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Without spaces at its ends, and with one space for each run of them.
std::string collapse_spaces(std::string_view value) {
  std::string collapsed;
  collapsed.reserve(value.size());
  for (const char c : value) {
    if (!is_space(c)) {
      collapsed += c;
    } else if (!collapsed.empty() && collapsed.back() != ' ') {
      collapsed += ' ';
    }
  }
  if (!collapsed.empty() && collapsed.back() == ' ') collapsed.pop_back();
  return collapsed;
}

/// Without empty and `.` parts, and with `..` resolved; a slash at the end stays.
/// Source: RFC 3986, section 5.2.4, and empty parts as the signing process wants them.
std::string normalise(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    at = end + 1;
  }
  std::string normal;
  for (const std::string_view part : parts) normal.append("/").append(part);
  const bool ends_in_slash = path.empty() || path.back() == '/';
  if (normal.empty() || ends_in_slash) normal += '/';
  return normal;
}

std::string canonical_path(const Signable& request, bool is_s3) {
  std::string path = uri_encode(request.path.empty() ? "/" : request.path, true);
  return is_s3 ? path : uri_encode(normalise(path), true);
}

/// Sorted by name and then value, both encoded.
std::string canonical_query(const Query& query) {
  Query encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) encoded.emplace_back(uri_encode(name), uri_encode(value));
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    if (!text.empty()) text += '&';
    text.append(name).append("=").append(value);
  }
  return text;
}

/// Lower-case names and their values, joined by commas; the host is among them.
using CanonicalHeaders = std::map<std::string, std::string>;

CanonicalHeaders canonical_headers(const Signable& request) {
  CanonicalHeaders canonical;
  for (const http::Header& header : request.headers) {
    std::string name = to_lower(header.name);
    const auto [at, is_new] = canonical.try_emplace(std::move(name));
    if (!is_new) at->second += ',';
    at->second += collapse_spaces(header.value);
  }
  canonical["host"] = request.host;  // Whatever a header says.
  return canonical;
}

std::string signed_names(const CanonicalHeaders& headers) {
  std::string names;
  for (const auto& [name, value] : headers) {
    if (!names.empty()) names += ';';
    names += name;
  }
  return names;
}

std::string sha256_of_nothing() {
  return to_hex(sha256({}));
}

/// `20150830/us-east-1/service/aws4_request`
std::string credential_scope(const SigningScope& scope) {
  return fmt::format("{}/{}/{}/aws4_request", to_basic_time(scope.at).substr(0, 8), scope.region,
                     scope.service);
}

/// Those that come by themselves would otherwise be there twice.
bool is_made_by_signing(const http::Header& header) {
  const std::string name = to_lower(header.name);
  return name == "host" || name == "authorization" || name == kDateHeader || name == kTokenHeader ||
         name == kPayloadHeader;
}

http::Headers without_made_by_signing(const http::Headers& headers) {
  http::Headers left;
  left.reserve(headers.size() + 4);
  for (const http::Header& header : headers) {
    if (!is_made_by_signing(header)) left.push_back(header);
  }
  return left;
}

std::string target_of(const std::string& path, const std::string& query) {
  std::string target = uri_encode(path.empty() ? "/" : path, true);
  if (!query.empty()) target.append("?").append(query);
  return target;
}

std::string signature_over(const Signable& request, const SigningScope& scope,
                           const Credentials& credentials) {
  return signature_of(string_to_sign(canonical_request(request, scope), scope), scope,
                      credentials.secret_access_key.reveal());
}

}  // namespace

std::string canonical_request(const Signable& request, const SigningScope& scope) {
  const CanonicalHeaders headers = canonical_headers(request);
  std::string text = request.method;
  text.append("\n").append(canonical_path(request, scope.is_s3));
  text.append("\n").append(canonical_query(request.query)).append("\n");
  for (const auto& [name, value] : headers) {
    text.append(name).append(":").append(value).append("\n");
  }
  text.append("\n").append(signed_names(headers)).append("\n");
  text += request.payload_sha256.empty() ? sha256_of_nothing() : request.payload_sha256;
  return text;
}

std::string string_to_sign(const std::string& canonical, const SigningScope& scope) {
  return fmt::format("{}\n{}\n{}\n{}", kAlgorithm, to_basic_time(scope.at), credential_scope(scope),
                     to_hex(sha256(as_bytes(canonical))));
}

std::string signature_of(const std::string& string_to_sign, const SigningScope& scope,
                         std::string_view secret_access_key) {
  std::string first{"AWS4"};
  first.reserve(first.size() + secret_access_key.size());
  first += secret_access_key;
  Sha256 key = hmac_sha256(as_bytes(first), as_bytes(to_basic_time(scope.at).substr(0, 8)));
  OPENSSL_cleanse(first.data(), first.size());
  for (const std::string_view part :
       {std::string_view{scope.region}, std::string_view{scope.service},
        std::string_view{"aws4_request"}}) {
    key = hmac_sha256(key, as_bytes(part));
  }
  const Sha256 signature = hmac_sha256(key, as_bytes(string_to_sign));
  OPENSSL_cleanse(key.data(), key.size());
  return to_hex(signature);
}

Signed sign(const Signable& request, const SigningScope& scope, const Credentials& credentials) {
  Signable whole = request;
  whole.headers = without_made_by_signing(request.headers);
  if (whole.payload_sha256.empty()) whole.payload_sha256 = sha256_of_nothing();
  whole.headers.push_back({std::string{kDateHeader}, to_basic_time(scope.at)});
  if (scope.is_s3) whole.headers.push_back({std::string{kPayloadHeader}, whole.payload_sha256});
  if (!credentials.session_token.empty()) {
    whole.headers.push_back(
        {std::string{kTokenHeader}, std::string{credentials.session_token.reveal()}});
  }

  Signed result;
  result.target = target_of(whole.path, canonical_query(whole.query));
  std::string authorization = fmt::format(
      "{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm, credentials.access_key_id,
      credential_scope(scope), signed_names(canonical_headers(whole)),
      signature_over(whole, scope, credentials));
  result.headers = std::move(whole.headers);
  result.headers.push_back({"authorization", std::move(authorization)});
  return result;
}

std::string presign(const Signable& request, const SigningScope& scope,
                    const Credentials& credentials, std::chrono::seconds expires) {
  constexpr std::chrono::seconds kLongest = std::chrono::days{7};
  Signable whole = request;
  whole.headers = without_made_by_signing(request.headers);
  if (scope.is_s3) whole.payload_sha256 = kUnsignedPayload;
  expires = std::clamp(expires, std::chrono::seconds{1}, kLongest);
  whole.query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  whole.query.emplace_back("X-Amz-Credential",
                           credentials.access_key_id + "/" + credential_scope(scope));
  whole.query.emplace_back("X-Amz-Date", to_basic_time(scope.at));
  whole.query.emplace_back("X-Amz-Expires", std::to_string(expires.count()));
  whole.query.emplace_back("X-Amz-SignedHeaders", signed_names(canonical_headers(whole)));
  if (!credentials.session_token.empty()) {
    whole.query.emplace_back("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  return fmt::format("{}&X-Amz-Signature={}", target_of(whole.path, canonical_query(whole.query)),
                     signature_over(whole, scope, credentials));
}

}  // namespace gossamer::aws
