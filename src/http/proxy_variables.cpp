#include "http/proxy_variables.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace gossamer::http {
namespace {

std::string_view value_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

/// In libcurl's order. HTTP_PROXY is not among them: a web server's clients could set it.
const char* proxy_variable(bool is_https) {
  constexpr std::array<const char*, 4> kForHttps{"https_proxy", "HTTPS_PROXY", "all_proxy",
                                                 "ALL_PROXY"};
  constexpr std::array<const char*, 3> kForHttp{"http_proxy", "all_proxy", "ALL_PROXY"};
  const char* const* begin = is_https ? kForHttps.data() : kForHttp.data();
  const char* const* end = begin + (is_https ? kForHttps.size() : kForHttp.size());
  for (; begin != end; ++begin) {
    if (!value_of(*begin).empty()) return *begin;
  }
  return nullptr;
}

}  // namespace

std::string shown_proxy(std::string_view origin) {
  const char* variable = proxy_variable(origin.starts_with("https:"));
  const std::string_view lower = value_of("no_proxy");
  const std::string_view excepted = lower.empty() ? value_of("NO_PROXY") : lower;
  if (variable == nullptr || excepted == "*") return {};
  return fmt::format("{} through the proxy of {}", excepted.empty() ? "" : ", perhaps", variable);
}

}  // namespace gossamer::http
