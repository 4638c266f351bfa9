#include "http/origin.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace gossamer::http {
namespace {

constexpr std::size_t kUrlBytesMax = 64 * 1024;

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using ParsedUrl = std::unique_ptr<CURLU, UrlCleanup>;

std::string part_of(const ParsedUrl& url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> held{text, &curl_free};
  return text;
}

bool is_plain(char c) {
  return c > ' ' && c < 0x7f && c != '#';
}

}  // namespace

Result<std::string> parse_origin(const std::string& url) {
  if (url.size() > kUrlBytesMax) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the URL has {} bytes, more than {}", url.size(), kUrlBytesMax));
  }
  if (!std::all_of(url.begin(), url.end(), is_plain)) {
    return fail(ErrorCode::invalid_argument,
                "the URL holds a space, a '#', or what is not printable ASCII: encode it");
  }
  const ParsedUrl parsed{curl_url()};
  constexpr unsigned kFlags = CURLU_PATH_AS_IS | CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), kFlags) != CURLUE_OK) {
    return fail(ErrorCode::invalid_argument,
                "the URL is not http://HOST[:PORT]/PATH or https://, without a user");
  }
  const std::string scheme = part_of(parsed, CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the URL's scheme is '{}', not http or https", scheme.substr(0, 32)));
  }
  const std::string host = part_of(parsed, CURLUPART_HOST, 0);
  const std::string port = part_of(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (host.empty()) return fail(ErrorCode::invalid_argument, "the URL names no host");
  return fmt::format("{}://{}:{}", scheme, host, port);
}

}  // namespace gossamer::http
