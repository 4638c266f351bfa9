#include "fakecloud/verify_signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "aws/digest.hpp"
#include "aws/signature_v4.hpp"

namespace gossamer::fakecloud {
namespace {

using namespace std::chrono_literals;
using Reason = Disbelief::Reason;

constexpr std::chrono::seconds kSkewMax = 15min;
constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

/// What the client claims, wherever it says so.
struct Claim {
  std::string key_id{}, date{}, region{}, service{};
  std::vector<std::string> signed_headers{};
  std::string signature{};
  std::string token{};
  std::optional<aws::WallTime> at{};
  std::optional<std::chrono::seconds> life{};  ///< Of a presigned URL.
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// `20150830T123600Z` only.
std::optional<aws::WallTime> parse_basic_time(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  return aws::parse_iso_time(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2),
                                         text.substr(6, 2), text.substr(9, 2), text.substr(11, 2),
                                         text.substr(13, 2)));
}

/// `KEY/20150830/us-east-1/s3/aws4_request`; the key may hold slashes.
bool read_credential(std::string_view text, Claim& claim) {
  std::vector<std::string> parts = split(text, '/');
  if (parts.size() < 5 || parts.back() != "aws4_request") return false;
  const std::size_t count = parts.size();
  claim.service = parts[count - 2];
  claim.region = parts[count - 3];
  claim.date = parts[count - 4];
  claim.key_id = parts[0];
  for (std::size_t i = 1; i + 4 < count; ++i) claim.key_id += "/" + parts[i];
  return !claim.key_id.empty();
}

std::optional<Claim> claim_of_header(const Request& request) {
  std::string_view text = request.header("authorization");
  if (text.substr(0, kAlgorithm.size()) != kAlgorithm) return std::nullopt;
  Claim claim;
  bool has_credential = false;
  for (std::string& item : split(text.substr(kAlgorithm.size()), ',')) {
    item.erase(0, item.find_first_not_of(' '));
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const std::string name = item.substr(0, equals);
    const std::string value = item.substr(equals + 1);
    if (name == "Credential") {
      has_credential = read_credential(value, claim);
    } else if (name == "SignedHeaders") {
      claim.signed_headers = split(value, ';');
    } else if (name == "Signature") {
      claim.signature = value;
    }
  }
  if (!has_credential || claim.signed_headers.empty() || claim.signature.empty()) {
    return std::nullopt;
  }
  claim.at = parse_basic_time(request.header("x-amz-date"));
  if (!claim.at) claim.at = aws::parse_http_time(request.header("date"));
  claim.token = request.header("x-amz-security-token");
  return claim;
}

std::optional<Claim> claim_of_query(const Operation& operation) {
  Claim claim;
  if (operation.parameter("X-Amz-Algorithm") != kAlgorithm ||
      !read_credential(operation.parameter("X-Amz-Credential"), claim)) {
    return std::nullopt;
  }
  claim.signed_headers = split(operation.parameter("X-Amz-SignedHeaders"), ';');
  claim.signature = operation.parameter("X-Amz-Signature");
  claim.token = operation.parameter("X-Amz-Security-Token");
  claim.at = parse_basic_time(operation.parameter("X-Amz-Date"));
  const std::string_view life = operation.parameter("X-Amz-Expires");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(life.data(), life.data() + life.size(), seconds);
  if (error != std::errc{} || end != life.data() + life.size() || seconds < 1 ||
      seconds > 604'800) {
    return std::nullopt;
  }
  claim.life = std::chrono::seconds{seconds};
  return claim;
}

bool is_signed(const Claim& claim, const std::string& name) {
  return std::find(claim.signed_headers.begin(), claim.signed_headers.end(), name) !=
         claim.signed_headers.end();
}

/// The host, and all that would change what is done.
std::optional<Disbelief> check_signed_headers(const Request& request, const Claim& claim) {
  if (!is_signed(claim, "host")) {
    return Disbelief{Reason::headers_not_signed, "the host header is not signed"};
  }
  for (const http::Header& header : request.headers) {
    const std::string name = lower(header.name);
    if (name.rfind("x-amz-", 0) != 0 || is_signed(claim, name)) continue;
    return Disbelief{
        Reason::headers_not_signed,
        fmt::format("There were headers present in the request which were not signed: {}", name)};
  }
  return std::nullopt;
}

aws::Signable signable_of(const Request& request, const Operation& operation, const Claim& claim) {
  const bool is_s3 = claim.service == "s3";
  aws::Signable signable;
  signable.method = request.method;
  signable.host = request.header("host");
  signable.path = operation.path;
  for (const auto& item : operation.query) {
    if (item.first != "X-Amz-Signature") signable.query.push_back(item);
  }
  for (const http::Header& header : request.headers) {
    if (is_signed(claim, lower(header.name))) signable.headers.push_back(header);
  }
  const std::string_view stated = request.header("x-amz-content-sha256");
  if (is_s3 && !stated.empty()) {
    signable.payload_sha256 = stated;
  } else if (is_s3 && claim.life) {
    signable.payload_sha256 = aws::kUnsignedPayload;
  } else {
    signable.payload_sha256 = aws::to_hex(aws::sha256(request.content()));
  }
  return signable;
}

std::optional<Disbelief> check_time(const Claim& claim, aws::WallTime now) {
  if (claim.life) {
    if (*claim.at > now + kSkewMax) return Disbelief{Reason::clock_skewed, "signed in the future"};
    if (now > *claim.at + *claim.life) return Disbelief{Reason::expired_url, "Request has expired"};
    return std::nullopt;
  }
  if (*claim.at > now + kSkewMax) return Disbelief{Reason::clock_skewed, "signed in the future"};
  if (*claim.at < now - kSkewMax) return Disbelief{Reason::clock_skewed, "signed too long ago"};
  return std::nullopt;
}

std::optional<Disbelief> check_key(const Claim& claim, const AccessKey& key, aws::WallTime now) {
  if (claim.token != key.token) return Disbelief{Reason::wrong_token, "not this key's token"};
  if (key.expires && *key.expires <= now) {
    return Disbelief{Reason::expired_token, "The provided token has expired."};
  }
  return std::nullopt;
}

std::optional<Disbelief> check_scope(const Claim& claim, const Operation& operation,
                                     const std::string& region) {
  if (!claim.at) return Disbelief{Reason::malformed, "no x-amz-date that can be read"};
  if (aws::to_basic_time(*claim.at).substr(0, 8) != claim.date) {
    return Disbelief{Reason::malformed, "the credential's date is not that of the request"};
  }
  if (claim.service != to_string(operation.service)) {
    return Disbelief{Reason::malformed,
                     fmt::format("the credential is scoped to service '{}', this is '{}'",
                                 claim.service, to_string(operation.service))};
  }
  if (claim.region != region) {
    return Disbelief{Reason::wrong_region,
                     fmt::format("the region '{}' is wrong; expecting '{}'", claim.region, region)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Disbelief> verify_signature(const Request& request, const Operation& operation,
                                          const std::string& region, const KeyRing& keys,
                                          aws::WallTime now) {
  const bool is_presigned = operation.has("X-Amz-Algorithm");
  if (!is_presigned && !request.has_header("authorization")) {
    return Disbelief{Reason::unsigned_request, "the request carries no signature"};
  }
  const std::optional<Claim> claim =
      is_presigned ? claim_of_query(operation) : claim_of_header(request);
  if (!claim) return Disbelief{Reason::malformed, "the authorization cannot be read"};
  if (auto wrong = check_scope(*claim, operation, region)) return wrong;
  const std::optional<AccessKey> key = keys.find(claim->key_id);
  if (!key) return Disbelief{Reason::unknown_key, "this access key is not known"};
  if (auto wrong = check_time(*claim, now)) return wrong;
  if (auto wrong = check_signed_headers(request, *claim)) return wrong;
  const aws::SigningScope scope{claim->region, claim->service, *claim->at, claim->service == "s3"};
  const std::string canonical =
      aws::canonical_request(signable_of(request, operation, *claim), scope);
  const std::string signature =
      aws::signature_of(aws::string_to_sign(canonical, scope), scope, key->secret);
  if (!aws::are_equal_in_constant_time(as_bytes(signature), as_bytes(claim->signature))) {
    return Disbelief{Reason::wrong_signature,
                     "The request signature we calculated does not match the signature you "
                     "provided. Check your key and signing method."};
  }
  return check_key(*claim, *key, now);
}

}  // namespace gossamer::fakecloud
