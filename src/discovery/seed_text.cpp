#include "discovery/seed_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace gossamer {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\v\f";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

Result<Endpoint> parse_seed(std::string_view text) {
  constexpr std::string_view kLocalhost = "localhost:";
  std::string numeric{text};
  if (text.substr(0, kLocalhost.size()) == kLocalhost) {
    numeric = fmt::format("127.0.0.1:{}", text.substr(kLocalhost.size()));
  }
  Result<Endpoint> endpoint = parse_endpoint(numeric);
  if (endpoint && endpoint->port == 0) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("endpoint '{}': nobody listens on port 0", text));
  }
  return endpoint;
}

SeedText parse_seed_text(std::string_view text, const std::string& source, std::size_t seeds_max) {
  SeedText parsed;
  std::string first_problem;
  std::size_t problems = 0;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view seed = trim(line.substr(0, line.find('#')));
    if (seed.empty()) continue;
    if (parsed.endpoints.size() == seeds_max) {
      ++problems;
      if (problems == 1) {
        first_problem =
            fmt::format("{}, line {}: more than {} addresses", source, number, seeds_max);
      }
      break;
    }
    Result<Endpoint> endpoint = parse_seed(seed);
    if (endpoint) {
      parsed.endpoints.push_back(std::move(*endpoint));
    } else if (++problems == 1) {
      first_problem = fmt::format("{}, line {}: {}", source, number, endpoint.error().detail);
    }
  }
  if (problems > 1) first_problem += fmt::format(" ({} more bad lines)", problems - 1);
  if (problems > 0) parsed.problem = Error{ErrorCode::invalid_argument, std::move(first_problem)};
  return parsed;
}

}  // namespace gossamer
