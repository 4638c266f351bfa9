#include "node/least_policy.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace gossamer::node {
namespace {

using Policy = nlohmann::ordered_json;

std::string_view partition_of(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  if (region.starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

std::string below(const objects::S3Url& url, std::string_view what) {
  return url.prefix.empty() ? std::string{what} : fmt::format("{}/{}", url.prefix, what);
}

std::string bucket_arn(const objects::S3Url& url, std::string_view region) {
  return fmt::format("arn:{}:s3:::{}", partition_of(region), url.bucket);
}

Policy policy_of(Policy statements) {
  return {{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

/// A get of what is absent asks for the permission to list, too, without naming a prefix: hence
/// `IfExists`. Without it S3 says 403 instead of 404, and nobody could tell an end from a refusal.
Policy list_statement(const objects::S3Url& url, std::string_view region) {
  Policy statement{{"Sid", "GossamerList"},
                   {"Effect", "Allow"},
                   {"Action", "s3:ListBucket"},
                   {"Resource", bucket_arn(url, region)}};
  if (!url.prefix.empty()) {
    statement["Condition"] = {{"StringLikeIfExists", {{"s3:prefix", below(url, "*")}}}};
  }
  return statement;
}

Policy objects_statement(const objects::S3Url& url, std::string_view region) {
  return {
      {"Sid", "GossamerObjects"},
      {"Effect", "Allow"},
      {"Action", {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}},
      {"Resource", fmt::format("{}/{}", bucket_arn(url, region), below(url, "*"))}};
}

}  // namespace

std::string least_iam_policy(const objects::S3Url& url, std::string_view region) {
  Policy statements{list_statement(url, region), objects_statement(url, region)};
  if (!url.kms_key.empty()) {
    statements.push_back({{"Sid", "GossamerKey"},
                          {"Effect", "Allow"},
                          {"Action", {"kms:GenerateDataKey", "kms:Decrypt"}},
                          {"Resource", url.kms_key}});
  }
  return policy_of(std::move(statements)).dump(2);
}

std::string least_bucket_policy(const objects::S3Url& url, std::string_view region) {
  const Policy principal{
      {"AWS", fmt::format("arn:{}:iam::ACCOUNT:role/ROLE", partition_of(region))}};
  Policy statements = Policy::array();
  for (Policy statement : {list_statement(url, region), objects_statement(url, region)}) {
    statement["Principal"] = principal;
    statements.push_back(std::move(statement));
  }
  // Source: "Enforce conditional writes on Amazon S3 buckets", Amazon S3 User Guide.
  statements.push_back(
      {{"Sid", "GossamerCreateOnly"},
       {"Effect", "Deny"},
       {"Action", "s3:PutObject"},
       {"Resource",
        {fmt::format("{}/{}", bucket_arn(url, region), below(url, "journal/*")),
         fmt::format("{}/{}", bucket_arn(url, region), below(url, "specs/*")),
         fmt::format("{}/{}", bucket_arn(url, region), below(url, "data-keys/*"))}},
       {"Condition",
        {{"Null", {{"s3:if-none-match", "true"}}},
         {"Bool", {{"s3:ObjectCreationOperation", "true"}}}}},
       {"Principal", "*"}});
  return policy_of(std::move(statements)).dump(2);
}

std::string least_ec2_policy() {
  return policy_of(Policy::array({Policy{{"Sid", "GossamerDiscovery"},
                                         {"Effect", "Allow"},
                                         {"Action", "ec2:DescribeInstances"},
                                         {"Resource", "*"}}}))
      .dump(2);
}

}  // namespace gossamer::node
