#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/signature_v4.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"

namespace gossamer::aws {

/// Values are alternatives; several filters must all fit. EC2 takes `*` and `?` in values as
/// wildcards, and a backslash before them as the characters themselves.
struct Ec2Filter {
  std::string name{};
  std::vector<std::string> values{};
};

/// What discovery wants of an instance. Empty: not said, as of a public address that it has not.
struct Ec2Instance {
  std::string id{};
  std::string state{};  ///< pending, running, shutting-down, terminated, stopping, stopped.
  std::string private_v4{};
  std::string public_v4{};
  std::string ipv6{};  ///< Its own, else the first of its interfaces.
  std::string zone{};
  std::map<std::string, std::string> tags{};
  friend bool operator==(const Ec2Instance&, const Ec2Instance&) = default;
};

/// One answer of DescribeInstances. A page may be empty and have a next one.
struct Ec2Page {
  std::vector<Ec2Instance> instances{};
  std::string next_token{};  ///< Empty: the last page.
};

inline constexpr std::size_t kEc2PageBytesMax = 16 * 1024 * 1024;
inline constexpr int kEc2PageInstances = 1'000;  ///< What is asked for; EC2 gives no more.
/// What a page may hold at most. EC2's own are far from it: an instance has some 300 tags of XML,
/// at some 30 bytes each, and 50 tags of its own.
inline constexpr std::size_t kEc2PageInstancesMax = 10'000;
inline constexpr std::size_t kEc2PageMarkupMax = 800'000;  ///< Of `<`.
inline constexpr std::size_t kEc2InstanceTagsMax = 200;
inline constexpr std::size_t kEc2FieldBytesMax = 256;  ///< Of whatever is no tag.

/// The parameters of one request. `next_token` is that of the page before; empty: the first page.
/// Source: "DescribeInstances" and "Query requests", Amazon EC2 API Reference, 2016-11-15.
Query describe_instances_query(const std::vector<Ec2Filter>& filters, std::string_view next_token);

/// `application/x-www-form-urlencoded`, as the body of a POST.
std::string to_form(const Query& query);

/// Entities of a DOCTYPE are not expanded, and nothing outside of the text is read.
/// Errors: corrupted (no XML, or another answer), resource_exhausted over one of the bounds above;
/// memory is bounded by counting before any XML is parsed.
Result<Ec2Page> parse_describe_instances(ByteView body);

}  // namespace gossamer::aws
