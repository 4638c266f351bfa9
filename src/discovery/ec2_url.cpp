#include "discovery/ec2_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "aws/endpoint.hpp"
#include "aws/uri.hpp"

namespace gossamer {
namespace {

// Source: "Filtering" in the EC2 API Reference and "Tag restrictions" in the User Guide.
constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kValuesMax = 200;
constexpr std::size_t kKeyBytesMax = 128 * 4;
constexpr std::size_t kValueBytesMax = 256 * 4;
constexpr std::int64_t kIntervalMaxS = 86'400;

tl::unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::invalid_argument, std::move(why));
}

std::string shown(std::string_view text) {
  return std::string{text.substr(0, 100)};
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Result<std::string> decode(std::string_view text, std::string_view what) {
  std::optional<std::string> decoded = aws::uri_decode(text);
  if (!decoded) {
    return refuse(
        fmt::format("{} '{}': '%' must be followed by two hex digits", what, shown(text)));
  }
  const bool has_control = std::any_of(decoded->begin(), decoded->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (has_control)
    return refuse(fmt::format("{} '{}': it has control characters", what, shown(text)));
  return std::move(*decoded);
}

/// `A|B`, each decoded after it was split.
Result<std::vector<std::string>> decode_values(std::string_view text, std::string_view what) {
  std::vector<std::string> values;
  for (const std::string_view part : split(text, '|')) {
    Result<std::string> value = decode(part, what);
    if (!value) return tl::unexpected(value.error());
    if (value->empty()) {
      return refuse(fmt::format("{}: a value is empty; '*' is any value", what));
    }
    if (value->size() > kValueBytesMax) return refuse(fmt::format("{}: a value is too long", what));
    values.push_back(std::move(*value));
  }
  if (values.size() > kValuesMax) {
    return refuse(fmt::format("{}: EC2 takes at most {} values", what, kValuesMax));
  }
  return values;
}

Result<void> read_tags(std::string_view text, Ec2Url& url) {
  if (text.empty()) return refuse("it names no tag; write ec2:KEY=VALUE[|VALUE..][;KEY=VALUE..]");
  if (text.substr(0, 2) == "//") {
    return refuse(
        fmt::format("there is no '//' after ec2: write ec2:{}; a tag that begins so is written "
                    "%2F%2F..",
                    shown(text.substr(2))));
  }
  for (const std::string_view part : split(text, ';')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return refuse(fmt::format("tag '{}' must be KEY=VALUE[|VALUE..]", shown(part)));
    }
    Result<std::string> key = decode(part.substr(0, equals), "tag");
    if (!key) return tl::unexpected(key.error());
    if (key->size() > kKeyBytesMax) return refuse("a tag's key is too long");
    auto values = decode_values(part.substr(equals + 1), fmt::format("tag '{}'", shown(*key)));
    if (!values) return tl::unexpected(values.error());
    const auto is_same = [&](const Ec2Url::Tag& tag) { return tag.key == *key; };
    if (std::any_of(url.tags.begin(), url.tags.end(), is_same)) {
      return refuse(fmt::format("tag '{}' is named twice; write {}=VALUE|VALUE", *key, *key));
    }
    url.tags.push_back({std::move(*key), std::move(*values)});
  }
  if (url.tags.size() > kTagsMax) return refuse(fmt::format("more than {} tags", kTagsMax));
  return {};
}

std::optional<std::int64_t> to_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return number;
}

/// The name in `tag:NAME`.
std::optional<std::string_view> tag_name(std::string_view text) {
  constexpr std::string_view kPrefix = "tag:";
  if (text.substr(0, kPrefix.size()) != kPrefix || text.size() == kPrefix.size()) {
    return std::nullopt;
  }
  return text.substr(kPrefix.size());
}

Result<void> set_region(Ec2Url& url, std::string_view text) {
  if (!aws::is_region_name(text)) {
    return refuse(
        fmt::format("region '{}' must be a region's name, such as eu-west-1", shown(text)));
  }
  url.region = text;
  return {};
}

Result<void> set_endpoint(Ec2Url& url, std::string_view text) {
  // What it names is not shown in the error: a password may be in it.
  Result<std::string> endpoint = aws::parse_endpoint_url(text);
  if (!endpoint) {
    return refuse(
        "endpoint must be http://HOST[:PORT] or https://HOST[:PORT], without a path, a "
        "user or a query");
  }
  url.endpoint = std::move(*endpoint);
  return {};
}

Result<void> set_address(Ec2Url& url, std::string_view text) {
  using Kind = Ec2Url::AddressKind;
  if (const auto tag = tag_name(text)) {
    url.address = Kind::tag;
    url.address_tag = *tag;
  } else if (text == "private_v4") {
    url.address = Kind::private_v4;
  } else if (text == "private_v6") {
    url.address = Kind::private_v6;
  } else if (text == "public_v4") {
    url.address = Kind::public_v4;
  } else {
    return refuse(fmt::format("address '{}' must be private_v4, private_v6, public_v4 or tag:NAME",
                              shown(text)));
  }
  return {};
}

Result<void> set_port(Ec2Url& url, std::string_view text) {
  if (const auto tag = tag_name(text)) {
    url.port_tag = *tag;
    return {};
  }
  const std::optional<std::int64_t> port = to_number(text);
  if (!port || *port < 1 || *port > 65'535) {
    return refuse(
        fmt::format("port '{}' must be a number from 1 to 65535, or tag:NAME", shown(text)));
  }
  url.port = static_cast<std::uint16_t>(*port);
  return {};
}

Result<void> set_state(Ec2Url& url, std::string_view text) {
  url.takes_running = url.takes_pending = false;
  for (const std::string_view state : split(text, '|')) {
    if (state != "running" && state != "pending") {
      return refuse(
          fmt::format("state '{}' must be running, pending or running|pending: nothing "
                      "else can answer",
                      shown(text)));
    }
    (state == "running" ? url.takes_running : url.takes_pending) = true;
  }
  return {};
}

Result<void> set_dual_stack(Ec2Url& url, std::string_view text) {
  if (text != "true" && text != "false") {
    return refuse(fmt::format("dualstack '{}' must be true or false", shown(text)));
  }
  url.is_dual_stack = text == "true";
  return {};
}

Result<std::vector<std::string>> names(std::string_view parameter, std::string_view text) {
  std::vector<std::string> all;
  for (const std::string_view part : split(text, '|')) {
    if (part.empty() || part.size() > kValueBytesMax) {
      return refuse(
          fmt::format("{} '{}' must be one or more names, joined by '|'", parameter, shown(text)));
    }
    all.emplace_back(part);
  }
  if (all.size() <= kValuesMax) return all;
  return refuse(fmt::format("{}: EC2 takes at most {} values", parameter, kValuesMax));
}

Result<void> set_zone(Ec2Url& url, std::string_view text) {
  return names("zone", text).map([&](auto&& all) { url.zones = std::move(all); });
}

Result<void> set_vpc(Ec2Url& url, std::string_view text) {
  return names("vpc", text).map([&](auto&& all) { url.vpcs = std::move(all); });
}

Result<void> set_interval(Ec2Url& url, std::string_view text) {
  const std::optional<std::int64_t> seconds = to_number(text);
  if (!seconds || *seconds < 1 || *seconds > kIntervalMaxS) {
    return refuse(
        fmt::format("interval '{}' must be from 1 to {} seconds", shown(text), kIntervalMaxS));
  }
  url.interval = std::chrono::seconds{*seconds};
  return {};
}

struct Parameter {
  std::string_view name;
  Result<void> (*set)(Ec2Url& url, std::string_view text);
};

constexpr std::array kParameters{
    Parameter{"region", &set_region},
    Parameter{"endpoint", &set_endpoint},
    Parameter{"dualstack", &set_dual_stack},
    Parameter{"address", &set_address},
    Parameter{"port", &set_port},
    Parameter{"zone", &set_zone},
    Parameter{"vpc", &set_vpc},
    Parameter{"state", &set_state},
    Parameter{"interval", &set_interval},
};

bool is_credential(std::string_view name) {
  std::string lower{name};
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  constexpr std::array<std::string_view, 5> kParts{"key", "secret", "token", "password",
                                                   "credential"};
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

Result<void> set_parameter(Ec2Url& url, const std::string& name, std::string_view value) {
  if (is_credential(name)) {
    return refuse(
        fmt::format("'{}' does not belong in a URL, which is shown in logs and in the "
                    "process list; AWS credentials come from the environment, the shared "
                    "files or the instance's role",
                    shown(name)));
  }
  const auto* const known = std::find_if(kParameters.begin(), kParameters.end(),
                                         [&](const Parameter& each) { return each.name == name; });
  if (known == kParameters.end()) {
    return refuse(
        fmt::format("unknown parameter '{}'; known are region, endpoint, dualstack, "
                    "address, port, zone, vpc, state and interval",
                    shown(name)));
  }
  return known->set(url, value);
}

}  // namespace

Result<Ec2Url> parse_ec2_url(std::string_view after_scheme) {
  std::string why;
  const std::optional<aws::UrlParts> parts = aws::parse_url_parts(after_scheme, &why);
  if (!parts) return refuse(fmt::format("{} (a '?' in a tag is written %3F)", why));
  Ec2Url url;
  // Parameters first: this refuses what must not be shown.
  for (const auto& [name, value] : parts->parameters) {
    if (auto set = set_parameter(url, name, value); !set) return tl::unexpected(set.error());
  }
  if (auto tags = read_tags(parts->rest, url); !tags) return tl::unexpected(tags.error());
  if (url.is_dual_stack && !url.endpoint.empty()) {
    return refuse(
        "dualstack chooses among EC2's own endpoints, and endpoint names another: drop one");
  }
  return url;
}

std::vector<aws::Ec2Filter> filters_of(const Ec2Url& url) {
  std::vector<aws::Ec2Filter> filters;
  for (const Ec2Url::Tag& tag : url.tags) filters.push_back({"tag:" + tag.key, tag.values});
  if (!url.zones.empty()) filters.push_back({"availability-zone", url.zones});
  if (!url.vpcs.empty()) filters.push_back({"vpc-id", url.vpcs});
  return filters;
}

}  // namespace gossamer
