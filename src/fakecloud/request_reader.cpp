#include "fakecloud/request_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace gossamer::fakecloud {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kIdleMax = 75s;
constexpr std::size_t kPieceBytes = 256 * 1024;

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> parse_number(std::string_view text, int base) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

bool parse_request_line(std::string_view line, Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || first == 0) return false;
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  return line.substr(last + 1).substr(0, 7) == "HTTP/1." &&
         request.target.size() <= kTargetBytesMax && request.target.front() == '/' &&
         request.target.find(' ') == std::string::npos;
}

bool parse_header_line(std::string_view line, http::Headers& headers) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || headers.size() == kHeadersMax) return false;
  headers.push_back(
      {std::string{line.substr(0, colon)}, std::string{trimmed(line.substr(colon + 1))}});
  return true;
}

bool is_same_text(std::string_view value, std::string_view lower) {
  return std::equal(value.begin(), value.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

bool RequestReader::fill() {
  std::array<std::uint8_t, 16'384> piece;
  const std::size_t count = socket_.read_some(piece.data(), piece.size(), kIdleMax);
  ahead_.append(as_text({piece.data(), count}));
  return count > 0;
}

RequestReader::End RequestReader::read(Request& request) {
  request = {};
  request.body = std::make_shared<HeldBytes>();
  const End head = read_head(request);
  return head == End::request ? read_body(request) : head;
}

RequestReader::End RequestReader::read_head(Request& request) {
  std::size_t end = 0;
  while ((end = ahead_.find("\r\n\r\n")) == std::string::npos) {
    if (ahead_.size() > kHeadBytesMax) return End::malformed;
    if (!fill()) return End::closed;
  }
  if (end > kHeadBytesMax) return End::malformed;
  const std::string head = ahead_.substr(0, end + 2);
  ahead_.erase(0, end + 4);
  std::size_t begin = head.find("\r\n") + 2;
  if (!parse_request_line(std::string_view{head}.substr(0, begin - 2), request)) {
    return End::malformed;
  }
  while (begin < head.size()) {
    const std::size_t line_end = head.find("\r\n", begin);
    const std::string_view line = std::string_view{head}.substr(begin, line_end - begin);
    if (!parse_header_line(line, request.headers)) return End::malformed;
    begin = line_end + 2;
  }
  return End::request;
}

RequestReader::End RequestReader::read_body(Request& request) {
  auto body = std::make_shared<HeldBytes>();
  request.body = body;
  const bool is_chunked = is_same_text(request.header("transfer-encoding"), "chunked");
  std::optional<std::uint64_t> size = 0;
  if (!is_chunked && request.has_header("content-length")) {
    size = parse_number(request.header("content-length"), 10);
    if (!size) return End::malformed;
    if (*size > kBodyBytesMax) return End::too_large;
    auto share = Quota::take(quota_, *size);
    if (!share) return End::too_large;
    body->share = std::move(*share);
  }
  if ((is_chunked || *size > 0) && is_same_text(request.header("expect"), "100-continue") &&
      !socket_.write_all(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"), 10s)) {
    return End::closed;
  }
  return is_chunked ? read_chunks(*body) : read_sized(*size, *body);
}

RequestReader::End RequestReader::read_sized(std::uint64_t size, HeldBytes& body) {
  body.bytes.reserve(size);
  return append(size, body.bytes) ? End::request : End::closed;
}

bool RequestReader::append(std::uint64_t size, Bytes& to) {
  const std::size_t used = static_cast<std::size_t>(std::min<std::uint64_t>(size, ahead_.size()));
  to.insert(to.end(), ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(used));
  ahead_.erase(0, used);
  for (std::uint64_t left = size - used; left > 0;) {
    const std::size_t at = to.size();
    to.resize(at + static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes)));
    const std::size_t count = socket_.read_some(to.data() + at, to.size() - at, kIdleMax);
    to.resize(at + count);
    if (count == 0) return false;
    left -= count;
  }
  return true;
}

bool RequestReader::read_line(std::string& line) {
  std::size_t end = 0;
  while ((end = ahead_.find("\r\n")) == std::string::npos) {
    if (ahead_.size() > kHeadBytesMax || !fill()) return false;
  }
  line = ahead_.substr(0, end);
  ahead_.erase(0, end + 2);
  return true;
}

RequestReader::End RequestReader::read_chunks(HeldBytes& body) {
  std::string line;
  for (;;) {
    if (!read_line(line)) return End::closed;
    const auto size = parse_number(trimmed(line.substr(0, line.find(';'))), 16);
    if (!size) return End::malformed;
    if (*size > kBodyBytesMax - body.bytes.size()) return End::too_large;
    if (*size == 0) break;
    auto share = Quota::take(quota_, body.bytes.size() + *size);
    if (!share) return End::too_large;
    body.share = std::move(*share);
    if (!append(*size, body.bytes) || !read_line(line)) return End::closed;
  }
  for (std::size_t trailers = 0; trailers < kHeadersMax; ++trailers) {
    if (!read_line(line)) return End::closed;
    if (line.empty()) return End::request;
  }
  return End::malformed;
}

}  // namespace gossamer::fakecloud
