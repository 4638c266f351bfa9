#include "fakecloud/s3_payload.hpp"

#include <charconv>
#include <functional>
#include <string>

#include "aws/digest.hpp"
#include "fakecloud/checksums.hpp"
#include "fakecloud/s3_service.hpp"
#include "fakecloud/service_error.hpp"

namespace gossamer::fakecloud {
namespace {

constexpr std::string_view kStreaming = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// Takes a line off `text`; false if there is no whole one.
bool take_line(std::string_view& text, std::string_view& line) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return false;
  line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return true;
}

/// `SIZE\r\n` bytes `\r\n`, to the chunk of nothing, and then trailers, which join `trailers`.
bool decode_chunks(std::string_view text, Bytes& body, http::Headers& trailers) {
  std::string_view line;
  for (;;) {
    if (!take_line(text, line)) return false;
    line = line.substr(0, line.find(';'));
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (error != std::errc{} || end != line.data() + line.size()) return false;
    if (size == 0) break;
    if (text.size() < 2 || size > text.size() - 2) return false;
    const ByteView piece = as_bytes(text.substr(0, size));
    body.insert(body.end(), piece.begin(), piece.end());
    text.remove_prefix(size);
    if (!take_line(text, line) || !line.empty()) return false;
  }
  while (take_line(text, line) && !line.empty()) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    trailers.push_back({std::string{line.substr(0, colon)}, std::string{value}});
  }
  return true;
}

struct Checksum {
  const char* header;
  std::function<std::string(ByteView)> base64;
};

/// Empty if all that is stated fits.
std::string_view wrong_checksum(const http::Headers& stated, ByteView body) {
  static const Checksum kChecksums[] = {
      {"content-md5", [](ByteView bytes) { return aws::to_base64(md5(bytes)); }},
      {"x-amz-checksum-sha256", [](ByteView bytes) { return aws::to_base64(aws::sha256(bytes)); }},
      {"x-amz-checksum-sha1", [](ByteView bytes) { return aws::to_base64(sha1(bytes)); }},
      {"x-amz-checksum-crc32", [](ByteView bytes) { return aws::to_base64(crc32(bytes)); }},
      {"x-amz-checksum-crc32c", [](ByteView bytes) { return aws::to_base64(crc32c(bytes)); }},
  };
  for (const Checksum& checksum : kChecksums) {
    const std::string_view value = http::find_header(stated, checksum.header);
    if (!value.empty() && value != checksum.base64(body)) return checksum.header;
  }
  return {};
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

tl::expected<SharedBody, Answer> payload_of(const Parts& parts, const Request& request,
                                            const Operation& operation) {
  const auto refuse = [&](int status, std::string_view code, const std::string& message) {
    return tl::unexpected<Answer>(error_of(operation, status, code, message));
  };
  const std::string_view stated = request.header("x-amz-content-sha256");
  const bool is_presigned = operation.has("X-Amz-Algorithm");
  if (stated.empty() && !is_presigned) {
    return refuse(400, "InvalidRequest",
                  "Missing required header for this request: x-amz-content-sha256");
  }
  SharedBody body = request.body;
  http::Headers checksums = request.headers;
  if (stated == kStreaming) {
    auto share = Quota::take(parts.quota, request.content().size());
    if (!share) return tl::unexpected<Answer>(over_quota(operation));
    auto decoded = std::make_shared<HeldBytes>();
    decoded->share = std::move(*share);
    if (!decode_chunks(as_text(request.content()), decoded->bytes, checksums)) {
      return refuse(400, "IncompleteBody", "the chunks of the body cannot be read");
    }
    if (request.header("x-amz-decoded-content-length") != std::to_string(decoded->bytes.size())) {
      return refuse(400, "IncompleteBody", "x-amz-decoded-content-length is not what came");
    }
    body = std::move(decoded);
  } else if (stated.substr(0, 10) == "STREAMING-") {
    return refuse(501, "NotImplemented", "signed chunks are not implemented");
  } else if (is_hash(stated)) {
    if (aws::to_hex(aws::sha256(request.content())) != stated) {
      return refuse(400, "XAmzContentSHA256Mismatch",
                    "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
  } else if (stated != "UNSIGNED-PAYLOAD" && !stated.empty()) {
    return refuse(400, "InvalidArgument",
                  "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a hash");
  }
  const std::string_view wrong = wrong_checksum(checksums, body->bytes);
  if (!wrong.empty()) {
    return refuse(400, "BadDigest",
                  std::string{wrong} + " that was stated is not that of the body");
  }
  return body;
}

}  // namespace gossamer::fakecloud
