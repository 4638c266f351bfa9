// One object: put, get and head.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "aws/digest.hpp"
#include "fakecloud/checksums.hpp"
#include "fakecloud/s3_payload.hpp"
#include "fakecloud/s3_service.hpp"
#include "fakecloud/service_error.hpp"
#include "fakecloud/service_time.hpp"

namespace gossamer::fakecloud {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool matches(const std::string& etag, std::string_view condition) {
  if (condition == "*") return true;
  while (!condition.empty()) {
    const std::size_t end = std::min(condition.find(','), condition.size());
    std::string_view one = condition.substr(0, end);
    condition.remove_prefix(std::min(end + 1, condition.size()));
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one == etag || fmt::format("\"{}\"", one) == etag) return true;
  }
  return false;
}

struct Range {
  enum class Kind : std::uint8_t { whole, part, none };
  Kind kind = Kind::whole;
  std::size_t begin = 0, size = 0;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `bytes=1-2`, `bytes=1-` and `bytes=-2`. What cannot be read is ignored, as HTTP wants it.
Range range_of(std::string_view text, std::size_t size) {
  if (text.substr(0, 6) != "bytes=") return {};
  text.remove_prefix(6);
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = number(text.substr(0, dash));
  const auto last = number(text.substr(dash + 1));
  if (!first) {
    if (!last || dash != 0) return {};
    if (*last == 0 || size == 0) return {Range::Kind::none, 0, 0};
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(*last, size));
    return {Range::Kind::part, size - count, count};
  }
  if (!last && dash + 1 != text.size()) return {};
  if (last && *last < *first) return {};
  if (*first >= size) return {Range::Kind::none, 0, 0};
  const std::uint64_t end = last ? std::min<std::uint64_t>(*last, size - 1) : size - 1;
  return {Range::Kind::part, static_cast<std::size_t>(*first),
          static_cast<std::size_t>(end - *first + 1)};
}

void describe(const Object& object, Answer& answer) {
  answer.headers.push_back({"ETag", object.etag});
  answer.headers.push_back({"Last-Modified", to_http_time(object.modified)});
  answer.headers.push_back({"Accept-Ranges", "bytes"});
  for (const http::Header& header : object.headers) answer.headers.push_back(header);
}

}  // namespace

http::Headers object_headers(const Request& request) {
  constexpr std::string_view kKept[] = {"content-type",  "content-encoding", "content-language",
                                        "cache-control", "expires",          "content-disposition"};
  http::Headers kept;
  bool has_type = false;
  for (const http::Header& header : request.headers) {
    const std::string name = lower(header.name);
    const bool is_kept = std::find(std::begin(kKept), std::end(kKept), name) != std::end(kKept) ||
                         name.rfind("x-amz-meta-", 0) == 0 ||
                         name.rfind("x-amz-server-side-encryption", 0) == 0;
    has_type = has_type || name == "content-type";
    // aws-chunked is of the way here, not of the object.
    if (is_kept && header.value != "aws-chunked") kept.push_back({name, header.value});
  }
  if (!has_type) kept.push_back({"content-type", "binary/octet-stream"});
  return kept;
}

PutCondition condition_of(const Request& request) {
  return {request.header("if-none-match") == "*", std::string{request.header("if-match")}};
}

Answer put_refusal(const Operation& operation, PutOutcome outcome) {
  if (outcome == PutOutcome::no_such_bucket) {
    return error_of(operation, 404, "NoSuchBucket", "The specified bucket does not exist");
  }
  if (outcome == PutOutcome::no_such_key) {
    return error_of(operation, 404, "NoSuchKey", "The specified key does not exist.");
  }
  return error_of(operation, 412, "PreconditionFailed",
                  "At least one of the pre-conditions you specified did not hold");
}

void echo_checksums(const Request& request, Answer& answer) {
  for (const http::Header& header : request.headers) {
    const std::string name = lower(header.name);
    if (name.rfind("x-amz-checksum-", 0) == 0) answer.headers.push_back({name, header.value});
  }
}

std::shared_ptr<const Quota::Share> overhead_of(const Parts& parts, const Request& request) {
  std::uint64_t bytes = 512 + request.target.size();
  for (const http::Header& header : request.headers) bytes += header.value.size();
  auto share = Quota::take(parts.quota, bytes);
  return share ? std::make_shared<const Quota::Share>(std::move(*share)) : nullptr;
}

Answer over_quota(const Operation& operation) {
  return error_of(operation, 400, "EntityTooLarge", "over the bytes that this cloud may hold");
}

Answer put_object(Parts& parts, const Request& request, const Operation& operation,
                  const Moment& moment) {
  if (request.has_header("if-none-match") && request.header("if-none-match") != "*") {
    return error_of(operation, 501, "NotImplemented", "If-None-Match may be * only");
  }
  auto body = payload_of(parts, request, operation);
  if (!body) return body.error();
  auto object = std::make_shared<Object>();
  object->overhead = overhead_of(parts, request);
  if (object->overhead == nullptr) return over_quota(operation);
  object->etag = fmt::format("\"{}\"", aws::to_hex(md5((*body)->bytes)));
  object->body = std::move(*body);
  object->modified = moment.now;
  object->headers = object_headers(request);
  Answer answer;
  answer.headers.push_back({"ETag", object->etag});
  echo_checksums(request, answer);
  for (const http::Header& header : object->headers) {
    if (header.name.rfind("x-amz-server-side", 0) == 0) answer.headers.push_back(header);
  }
  const PutOutcome outcome =
      parts.buckets.put(operation.bucket, operation.key, std::move(object),
                        moment.is_unconditional ? PutCondition{} : condition_of(request));
  return outcome == PutOutcome::stored ? answer : put_refusal(operation, outcome);
}

Answer get_object(Parts& parts, const Request& request, const Operation& operation) {
  const ObjectPointer object = parts.buckets.get(operation.bucket, operation.key);
  if (object == nullptr) {
    return error_of(operation, 404, "NoSuchKey", "The specified key does not exist.");
  }
  if (request.has_header("if-match") && !matches(object->etag, request.header("if-match"))) {
    return put_refusal(operation, PutOutcome::mismatch);
  }
  Answer answer;
  describe(*object, answer);
  if (request.has_header("if-none-match") &&
      matches(object->etag, request.header("if-none-match"))) {
    answer.status = 304;
    return answer;
  }
  const std::size_t size = object->body->bytes.size();
  const Range range = range_of(request.header("range"), size);
  if (range.kind == Range::Kind::none) {
    answer = error_of(operation, 416, "InvalidRange", "The requested range is not satisfiable");
    answer.headers.push_back({"Content-Range", fmt::format("bytes */{}", size)});
    return answer;
  }
  answer.object = object->body;
  answer.object_size = size;
  if (range.kind == Range::Kind::part) {
    answer.status = 206;
    answer.object_begin = range.begin;
    answer.object_size = range.size;
    answer.headers.push_back({"Content-Range", fmt::format("bytes {}-{}/{}", range.begin,
                                                           range.begin + range.size - 1, size)});
  }
  return answer;
}

}  // namespace gossamer::fakecloud
