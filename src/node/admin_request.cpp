#include "node/admin_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "node/json.hpp"
#include "node/private_file.hpp"

namespace gossamer::node {
namespace {

constexpr std::array<std::string_view, 16> kRequests{
    "status", "members",  "services", "names",      "resolve", "watch",
    "events", "deploy",   "undeploy", "freeze",     "seeds",   "counters",
    "keys",   "keys_add", "keys_use", "keys_remove"};
constexpr std::size_t kKeyBytes = 32;

tl::unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::invalid_argument, std::move(why));
}

/// Keys beyond the bound are not kept: each is compared with all before it, so that 80,000 in one
/// line would take seconds.
Result<Json> parse_object(std::string_view line) {
  std::size_t keys = 0;
  int nesting = 0;
  const auto keep = [&](int depth, Json::parse_event_t event, Json&) {
    if (event == Json::parse_event_t::key) ++keys;
    nesting = std::max(nesting, depth);
    return keys <= kAdminKeysMax && depth <= kAdminNestingMax;
  };
  Json request = Json::parse(line.begin(), line.end(), keep, false);
  if (keys > kAdminKeysMax || nesting > kAdminNestingMax) {
    return fail(ErrorCode::resource_exhausted,
                fmt::format("a request has at most {} keys, nested at most {} deep", kAdminKeysMax,
                            kAdminNestingMax));
  }
  if (!request.is_object()) {
    return refuse(R"(a request is one JSON object on one line, as {"request":"members"})");
  }
  return request;
}

Result<std::string> text_of(const Json& request, const char* field) {
  const auto at = request.find(field);
  if (at == request.end() || !at->is_string()) {
    return refuse(fmt::format("'{}' must be a string", field));
  }
  return at->get<std::string>();
}

Result<void> read_spec(const Json& request, AdminRequest& into) {
  const auto at = request.find("spec");
  if (at == request.end()) return refuse("'spec' is missing");
  return spec_of(*at).map([&](ServiceSpec&& spec) { into.spec = std::move(spec); });
}

Result<void> read_text(const Json& request, const char* field, std::string& into) {
  return text_of(request, field).map([&](std::string&& text) { into = std::move(text); });
}

Result<void> read_ordinal(const Json& request, AdminRequest& into) {
  const auto at = request.find("ordinal");
  if (at == request.end()) return {};
  if (!at->is_number_unsigned() ||
      at->get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
    return refuse("'ordinal' must be a whole number from 0");
  }
  into.unit.ordinal = at->get<std::uint32_t>();
  return {};
}

// What is wrong with a key is not told by showing it.
Result<void> read_key(const Json& request, AdminRequest& into) {
  const auto text = text_of(request, "key");
  const auto bytes = text ? parse_hex(*text, kKeyBytes) : tl::make_unexpected(Error{});
  if (!bytes) return refuse("'key' must be a key's 64 hex digits");
  into.key = to_text(*bytes);
  return {};
}

Result<void> read_key_id(const Json& request, AdminRequest& into) {
  const auto text = text_of(request, "id");
  const auto bytes = text ? parse_hex(*text, sizeof(into.key_id)) : tl::make_unexpected(Error{});
  if (!bytes) return refuse("'id' must be the 8 hex digits of a key's id");
  for (const std::uint8_t byte : *bytes) into.key_id = into.key_id << 8U | byte;
  return {};
}

Result<void> read_fields(const Json& request, AdminRequest& into) {
  const std::string& asked = into.request;
  if (asked == "deploy") return read_spec(request, into);
  if (asked == "resolve" || asked == "watch") return read_text(request, "name", into.name);
  if (asked == "undeploy") return read_text(request, "service", into.unit.service);
  if (asked == "keys_add") return read_key(request, into);
  if (asked == "keys_use" || asked == "keys_remove") return read_key_id(request, into);
  if (asked != "freeze") return {};
  return read_text(request, "service", into.unit.service).and_then([&] {
    return read_ordinal(request, into);
  });
}

}  // namespace

Result<AdminRequest> parse_admin_request(std::string_view line) {
  const Result<Json> request = parse_object(line);
  if (!request) return tl::unexpected(request.error());
  AdminRequest parsed;
  if (auto named = read_text(*request, "request", parsed.request); !named) {
    return tl::unexpected(named.error());
  }
  if (std::find(kRequests.begin(), kRequests.end(), parsed.request) == kRequests.end()) {
    return refuse(fmt::format("there is no request '{}'; there are {}",
                              parsed.request.substr(0, 64), fmt::join(kRequests, ", ")));
  }
  if (auto read = read_fields(*request, parsed); !read) return tl::unexpected(read.error());
  return parsed;
}

}  // namespace gossamer::node
