#include "gossamer/options.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "aws/endpoint.hpp"
#include "gossamer/admin_channel.hpp"
#include "gossamer/log.hpp"
#include "node/check_zone.hpp"
#include "transport/address_ranges.hpp"

namespace gossamer {
namespace {

Result<void> out_of_range(std::string_view field, std::size_t value, std::size_t low,
                          std::size_t high, std::string_view unit = "") {
  return fail(ErrorCode::invalid_argument, fmt::format("{} is {}{}; it must be {} to {}{}", field,
                                                       value, unit, low, high, unit));
}

Result<void> check_length(std::string_view field, std::string_view value, std::size_t low,
                          std::size_t high) {
  if (value.size() >= low && value.size() <= high) return {};
  return out_of_range(fmt::format("the length of {}", field), value.size(), low, high, " bytes");
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

Result<void> check_key(const NodeOptions& options) {
  const int given = (options.key_file.empty() ? 0 : 1) + (options.key_bytes.empty() ? 0 : 1) +
                    (options.is_insecure ? 1 : 0);
  if (given != 1) {
    return fail(ErrorCode::invalid_argument,
                "exactly one of key_file, key_bytes and is_insecure must be set: the cluster's "
                "secret, or that there is none");
  }
  if (!options.key_bytes.empty()) return check_length("key_bytes", options.key_bytes, 32, 32);
  if (!options.is_insecure || options.is_insecure_beyond_loopback) return {};
  for (const Endpoint& endpoint : {options.bind, options.advertise.value_or(options.bind)}) {
    if (is_loopback(endpoint.address)) continue;
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("is_insecure is set, and {} can be reached from other machines: bind to "
                    "127.0.0.1, make a key with `gossamer keys new`, or set "
                    "is_insecure_beyond_loopback too (`--insecure --insecure`)",
                    to_string(endpoint)));
  }
  return {};
}

Result<void> check_endpoint(std::string_view field, const Endpoint& endpoint) {
  const auto parsed = parse_endpoint(to_string(endpoint));
  if (parsed) return {};
  return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", field, parsed.error().detail));
}

// Others would take it for themselves.
Result<void> check_advertised(const Endpoint& endpoint) {
  if (auto ok = check_endpoint("advertise", endpoint); !ok) return ok;
  std::array<std::uint8_t, 16> bytes{};
  const bool is_v6 = endpoint.address.find(':') != std::string::npos;
  inet_pton(is_v6 ? AF_INET6 : AF_INET, endpoint.address.c_str(), bytes.data());
  const std::array<std::uint8_t, 16> none{};
  std::array<std::uint8_t, 16> mapped_none{};
  mapped_none[10] = mapped_none[11] = 0xff;
  if (bytes != none && bytes != mapped_none) return {};
  return fail(
      ErrorCode::invalid_argument,
      fmt::format("advertise is {}, which no other node can reach; it must be an address of "
                  "this machine, or unset",
                  to_string(endpoint)));
}

Result<void> check_endpoint_url(std::string_view field, const std::string& url) {
  if (url.empty()) return {};
  if (auto parsed = aws::parse_endpoint_url(url); !parsed) {
    return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", field, parsed.error().detail));
  }
  return {};
}

// What is said of a secret is only whether it is there.
Result<void> check_aws(const AwsOptions& aws) {
  if (aws.access_key_id.empty() != aws.secret_access_key.empty()) {
    return fail(
        ErrorCode::invalid_argument,
        "of aws.access_key_id and aws.secret_access_key one is set; it must be both or none");
  }
  if (!aws.session_token.empty() && aws.access_key_id.empty()) {
    return fail(ErrorCode::invalid_argument,
                "aws.session_token is set without the keys that it belongs to");
  }
  return check_endpoint_url("aws.sts_endpoint", aws.sts_endpoint);
}

Result<void> check_admin(const NodeOptions& options) {
  const bool has_file = !options.admin_token_file.empty();
  const bool has_token = !options.admin_token.empty();
  if (!options.admin_listen && !has_file && !has_token) return {};
  if (!options.admin_listen) {
    return fail(ErrorCode::invalid_argument,
                "an admin token is set without admin_listen, for which it would be");
  }
  if (has_file == has_token) {
    return fail(ErrorCode::invalid_argument,
                "admin_listen needs exactly one of admin_token_file and admin_token: who comes by "
                "TCP is let in by it alone");
  }
  if (auto ok = check_endpoint("admin_listen", *options.admin_listen); !ok) return ok;
  return has_token ? check_admin_token(options.admin_token) : Result<void>{};
}

// Labels are printed wherever the node is known: none may move a cursor or end a line.
Result<void> check_label(std::string_view field, const std::string& label, std::size_t low = 1) {
  if (auto ok = check_length(field, label, low, 64); !ok) return ok;
  const bool is_clean = std::none_of(label.begin(), label.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (is_clean) return {};
  return fail(ErrorCode::invalid_argument, fmt::format("{} holds a control character", field));
}

}  // namespace

Result<void> node::check_zone(const std::string& zone) {
  return check_label("zone", zone, 0);
}

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "unknown";
}

Result<void> NodeOptions::validate() const {
  if (auto ok = check_label("name", name); !ok) return ok;
  if (auto ok = check_label("cluster", cluster); !ok) return ok;
  if (auto ok = check_length("metadata", metadata, 0, 256); !ok) return ok;
  if (auto ok = node::check_zone(zone); !ok) return ok;
  if (auto ok = check_endpoint("bind", bind); !ok) return ok;
  if (advertise) {
    if (auto ok = check_advertised(*advertise); !ok) return ok;
  }
  if (auto ranges = AddressRanges::parse(allowed_peers); !ranges) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("allowed_peers: {}", ranges.error().detail));
  }
  if (auto ok = check_key(*this); !ok) return ok;
  if (auto ok = admission.validate(); !ok) return ok;
  if (auto ok = check_admin(*this); !ok) return ok;
  if (auto ok = membership.validate(); !ok) return ok;
  if (!object_store_url.empty() && object_store != nullptr) {
    return fail(ErrorCode::invalid_argument,
                "object_store_url and object_store are both set; only one of them may be");
  }
  for (const auto& source : discovery) {
    if (source == nullptr)
      return fail(ErrorCode::invalid_argument, "discovery holds a null pointer");
  }
  if (auto ok = check_aws(aws); !ok) return ok;
  for (const auto& [factory_name, factory] : factories) {
    if (auto ok = check_length("a factory's name", factory_name, 1, 64); !ok) return ok;
    if (!factory) {
      return fail(ErrorCode::invalid_argument, fmt::format("factory '{}' is empty", factory_name));
    }
  }
  if (worker_count < 1 || worker_count > 64)
    return out_of_range("worker_count", worker_count, 1, 64);
  if (post_queue_max < 1 || post_queue_max > 1'000'000) {
    return out_of_range("post_queue_max", post_queue_max, 1, 1'000'000);
  }
  if (leave_timeout.count() < 0 || leave_timeout.count() > 60'000) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("leave_timeout is {} ms; it must be 0 to 60000 ms", leave_timeout.count()));
  }
  return {};
}

}  // namespace gossamer
