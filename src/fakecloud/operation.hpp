#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/signature_v4.hpp"
#include "fakecloud/message.hpp"

namespace gossamer::fakecloud {

enum class Service : std::uint8_t { s3, ec2, sts, imds, container, control };
/// As counters and faults name it.
std::string_view to_string(Service service);

/// What a request asks for, as far as its head says.
struct Operation {
  Service service{};
  std::string name{};      ///< `PutObject`, `DescribeInstances`, `GetMetadata`.
  std::string bucket{};    ///< S3.
  std::string key{};       ///< The object's; or the metadata path: `latest/meta-data/instance-id`.
  std::string instance{};  ///< Of the metadata.
  std::string path{};      ///< Decoded.
  aws::Query query{};      ///< Decoded, of the URL.
  aws::Query form{};       ///< Decoded, of the body of a query API.

  /// Of the URL, else of the form; empty if there is none.
  std::string_view parameter(std::string_view its_name) const;
  /// In the URL, with or without a value.
  bool has(std::string_view its_name) const;
};

/// Whether operations are ever called so.
bool is_operation_name(std::string_view name);
/// Empty if path or query cannot be decoded.
std::optional<Operation> operation_of(const Request& request);

}  // namespace gossamer::fakecloud
