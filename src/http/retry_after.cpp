#include "http/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>

namespace gossamer::http {
namespace {

// No caller waits for longer; a number of any length is as good as this.
constexpr std::chrono::seconds kRetryAfterMax = std::chrono::hours{24 * 365};

std::optional<std::chrono::seconds> parse_date(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const time_t at = curl_getdate(std::string{text}.c_str(), nullptr);
  if (at == -1) return std::nullopt;
  return std::chrono::seconds{at};
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::chrono::seconds> parse_retry_after(const Headers& headers,
                                                      std::chrono::seconds now) {
  const std::string_view value = find_header(headers, "Retry-After");
  if (is_number(value)) {
    std::int64_t seconds = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (parsed.ec != std::errc{}) return kRetryAfterMax;
    return std::min(std::chrono::seconds{seconds}, kRetryAfterMax);
  }
  const auto until = parse_date(value);
  if (!until) return std::nullopt;
  const auto from = parse_date(find_header(headers, "Date")).value_or(now);
  return std::clamp(*until - from, std::chrono::seconds{0}, kRetryAfterMax);
}

}  // namespace gossamer::http
