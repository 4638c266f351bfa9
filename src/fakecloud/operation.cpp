#include "fakecloud/operation.hpp"

#include <algorithm>
#include <array>

#include "aws/uri.hpp"

namespace gossamer::fakecloud {
namespace {

constexpr std::size_t kParametersMax = 4'096;

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

/// In a form '+' is a space; in the query of a URL that is signed it is itself.
bool append_query(std::string_view text, bool is_form, aws::Query& query) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    std::string item{text.substr(0, end)};
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    if (query.size() == kParametersMax) return false;
    if (is_form) std::replace(item.begin(), item.end(), '+', ' ');
    const std::size_t equals = std::min(item.find('='), item.size());
    auto name = aws::uri_decode(std::string_view{item}.substr(0, equals));
    auto value = aws::uri_decode(std::string_view{item}.substr(std::min(equals + 1, item.size())));
    if (!name || !value) return false;
    query.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

/// The bucket that a host names, if it names one: `bucket.s3.localhost`, `bucket.localhost`,
/// `bucket.127.0.0.1`.
std::string_view bucket_of_host(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (host == "s3.localhost" || host == "127.0.0.1" || host == "localhost") return {};
  for (const std::string_view suffix : {".s3.localhost", ".localhost", ".127.0.0.1"}) {
    if (ends_with(host, suffix)) return host.substr(0, host.size() - suffix.size());
  }
  return {};
}

std::string name_of_bucket_operation(const std::string& method, const Operation& operation) {
  if (method == "GET") {
    if (operation.has("location")) return "GetBucketLocation";
    if (operation.has("uploads")) return "ListMultipartUploads";
    if (operation.parameter("list-type") == "2") return "ListObjectsV2";
    for (const char* other : {"versioning", "acl", "policy", "lifecycle", "tagging", "versions",
                              "encryption", "cors", "object-lock", "website", "logging"}) {
      if (operation.has(other)) return "NotImplemented";
    }
    return "ListObjects";
  }
  if (method == "HEAD") return "HeadBucket";
  if (method == "PUT") return operation.query.empty() ? "CreateBucket" : "NotImplemented";
  if (method == "DELETE") return operation.query.empty() ? "DeleteBucket" : "NotImplemented";
  if (method == "POST" && operation.has("delete")) return "DeleteObjects";
  return "NotImplemented";
}

std::string name_of_object_operation(const Request& request, const Operation& operation) {
  const bool is_of_upload = operation.has("uploadId");
  for (const char* other : {"acl", "tagging", "retention", "legal-hold", "torrent", "attributes",
                            "restore", "select"}) {
    if (operation.has(other)) return "NotImplemented";
  }
  if (request.method == "GET") return is_of_upload ? "ListParts" : "GetObject";
  if (request.method == "HEAD") return "HeadObject";
  if (request.method == "DELETE") return is_of_upload ? "AbortMultipartUpload" : "DeleteObject";
  if (request.method == "POST") {
    if (operation.has("uploads")) return "CreateMultipartUpload";
    return is_of_upload ? "CompleteMultipartUpload" : "NotImplemented";
  }
  if (request.method != "PUT") return "NotImplemented";
  const bool is_copy = request.has_header("x-amz-copy-source");
  if (is_of_upload) return is_copy ? "UploadPartCopy" : "UploadPart";
  return is_copy ? "CopyObject" : "PutObject";
}

void name_s3(const Request& request, Operation& operation) {
  operation.service = Service::s3;
  std::string_view rest = std::string_view{operation.path}.substr(1);
  operation.bucket = bucket_of_host(request.header("host"));
  if (operation.bucket.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    operation.bucket = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  operation.key = rest;
  if (operation.bucket.empty()) {
    operation.name = request.method == "GET" ? "ListBuckets" : "NotImplemented";
  } else if (operation.key.empty()) {
    operation.name = name_of_bucket_operation(request.method, operation);
  } else {
    operation.name = name_of_object_operation(request, operation);
  }
}

bool name_query_api(const Request& request, Operation& operation) {
  if (request.method == "POST" && !append_query(as_text(request.content()), true, operation.form)) {
    return false;
  }
  operation.name = operation.parameter("Action");
  operation.service =
      starts_with(operation.name, "AssumeRole") || operation.name == "GetCallerIdentity"
          ? Service::sts
          : Service::ec2;
  return true;
}

void name_metadata(const Request& request, Operation& operation) {
  operation.service = Service::imds;
  const std::string_view rest = std::string_view{operation.path}.substr(6);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  operation.instance = rest.substr(0, slash);
  operation.key = rest.substr(std::min(slash + 1, rest.size()));
  operation.name = request.method == "PUT" ? "GetToken" : "GetMetadata";
}

}  // namespace

std::string_view to_string(Service service) {
  constexpr std::array<std::string_view, 6> kNames{"s3",   "ec2",       "sts",
                                                   "imds", "container", "control"};
  return kNames[static_cast<std::size_t>(service)];
}

bool is_operation_name(std::string_view name) {
  constexpr std::array<std::string_view, 28> kNames{"ListBuckets",
                                                    "CreateBucket",
                                                    "DeleteBucket",
                                                    "HeadBucket",
                                                    "GetBucketLocation",
                                                    "ListObjects",
                                                    "ListObjectsV2",
                                                    "ListMultipartUploads",
                                                    "DeleteObjects",
                                                    "GetObject",
                                                    "HeadObject",
                                                    "PutObject",
                                                    "DeleteObject",
                                                    "CopyObject",
                                                    "CreateMultipartUpload",
                                                    "UploadPart",
                                                    "UploadPartCopy",
                                                    "ListParts",
                                                    "CompleteMultipartUpload",
                                                    "AbortMultipartUpload",
                                                    "NotImplemented",
                                                    "DescribeInstances",
                                                    "AssumeRole",
                                                    "AssumeRoleWithWebIdentity",
                                                    "GetCallerIdentity",
                                                    "GetToken",
                                                    "GetMetadata",
                                                    "GetCredentials"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::string_view Operation::parameter(std::string_view its_name) const {
  for (const aws::Query* part : {&query, &form}) {
    for (const auto& [other, value] : *part) {
      if (other == its_name) return value;
    }
  }
  return {};
}

bool Operation::has(std::string_view its_name) const {
  return std::any_of(query.begin(), query.end(),
                     [&](const auto& item) { return item.first == its_name; });
}

std::optional<Operation> operation_of(const Request& request) {
  Operation operation;
  auto path = aws::uri_decode(request.path());
  if (!path || path->empty() || !append_query(request.query(), false, operation.query)) {
    return std::nullopt;
  }
  operation.path = std::move(*path);
  if (starts_with(operation.path, "/_control/")) {
    operation.service = Service::control;
    operation.name = operation.path.substr(10);
  } else if (starts_with(operation.path, "/imds/")) {
    name_metadata(request, operation);
  } else if (operation.path == "/container-credentials") {
    operation.service = Service::container;
    operation.name = "GetCredentials";
  } else if (operation.path == "/" && bucket_of_host(request.header("host")).empty() &&
             (request.method == "POST" || operation.has("Action"))) {
    if (!name_query_api(request, operation)) return std::nullopt;
  } else {
    name_s3(request, operation);
  }
  return operation;
}

}  // namespace gossamer::fakecloud
