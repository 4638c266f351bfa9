#include "fakecloud/s3_service.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "fakecloud/s3_multipart.hpp"
#include "fakecloud/s3_payload.hpp"
#include "fakecloud/service_error.hpp"
#include "fakecloud/service_time.hpp"
#include "fakecloud/xml_writer.hpp"

namespace gossamer::fakecloud {
namespace {

constexpr std::size_t kKeyBytesMax = 1'024;
constexpr std::size_t kDeletesMax = 1'000;

bool is_bucket_name(const std::string& name) {
  constexpr const char* kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  return name.size() >= 3 && name.size() <= 63 &&
         name.find_first_not_of(kAllowed) == std::string::npos && name.front() != '.' &&
         name.front() != '-' && name.back() != '.' && name.back() != '-';
}

Answer list_buckets(const Parts& parts, const Moment& moment) {
  XmlWriter xml{"ListAllMyBucketsResult", kS3Namespace};
  xml.open("Owner").text("ID", "fake").text("DisplayName", "fake").close().open("Buckets");
  for (const std::string& name : parts.buckets.names()) {
    xml.open("Bucket").text("Name", name).text("CreationDate", to_iso_time(moment.now)).close();
  }
  return s3_answer(xml.finish());
}

Answer serve_bucket(Parts& parts, const Operation& operation) {
  if (operation.name == "CreateBucket") parts.buckets.create(operation.bucket);
  if (operation.name == "DeleteBucket") {
    if (!parts.buckets.remove_bucket(operation.bucket)) {
      return error_of(operation, 409, "BucketNotEmpty",
                      "The bucket you tried to delete is not empty");
    }
    Answer answer;
    answer.status = 204;
    return answer;
  }
  if (operation.name == "GetBucketLocation") {
    XmlWriter xml{"LocationConstraint", kS3Namespace};
    return s3_answer(xml.finish());
  }
  Answer answer;
  answer.headers.push_back({"x-amz-bucket-region", parts.options.region});
  return answer;
}

Answer delete_object(Parts& parts, const Operation& operation) {
  parts.buckets.remove(operation.bucket, operation.key);
  Answer answer;
  answer.status = 204;
  return answer;
}

/// Empty: nothing is wrong with the names.
std::optional<Answer> wrong_names(const Parts& parts, const Operation& operation) {
  if (operation.name == "NotImplemented" || operation.name == "UploadPartCopy" ||
      operation.name == "CopyObject" || operation.name == "ListObjects") {
    return error_of(operation, 501, "NotImplemented",
                    "A header or parameter you provided implies functionality that is not "
                    "implemented");
  }
  if (operation.name == "ListBuckets") return std::nullopt;
  if (!is_bucket_name(operation.bucket)) {
    return error_of(operation, 400, "InvalidBucketName", "The specified bucket is not valid.");
  }
  if (operation.key.size() > kKeyBytesMax) {
    return error_of(operation, 400, "KeyTooLongError", "Your key is too long");
  }
  if (operation.name != "CreateBucket" && !parts.buckets.has(operation.bucket)) {
    return error_of(operation, 404, "NoSuchBucket", "The specified bucket does not exist");
  }
  return std::nullopt;
}

}  // namespace

Answer s3_answer(std::string xml) {
  Answer answer;
  answer.headers.push_back({"Content-Type", "application/xml"});
  answer.text = std::move(xml);
  return answer;
}

Answer delete_objects(Parts& parts, const Request& request, const Operation& operation) {
  const auto body = payload_of(parts, request, operation);
  if (!body) return body.error();
  pugi::xml_document document;
  const auto& bytes = (*body)->bytes;
  // Keys are taken as they stand, also of spaces alone.
  constexpr unsigned kOptions = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const bool is_read = document.load_buffer(bytes.data(), bytes.size(), kOptions);
  const pugi::xml_node root = document.child("Delete");
  const auto children = root.children("Object");
  if (!is_read || !root ||
      static_cast<std::size_t>(std::distance(children.begin(), children.end())) > kDeletesMax) {
    return error_of(operation, 400, "MalformedXML", "The XML you provided was not well-formed");
  }
  XmlWriter xml{"DeleteResult", kS3Namespace};
  const bool is_quiet = std::string_view{root.child_value("Quiet")} == "true";
  for (const pugi::xml_node object : children) {
    const std::string key = object.child_value("Key");
    parts.buckets.remove(operation.bucket, key);
    if (!is_quiet) xml.open("Deleted").text("Key", key).close();
  }
  return s3_answer(xml.finish());
}

Answer serve_s3(Parts& parts, const Request& request, const Operation& operation,
                const Moment& moment) {
  if (auto wrong = wrong_names(parts, operation)) return *wrong;
  const std::string& name = operation.name;
  if (name == "PutObject") return put_object(parts, request, operation, moment);
  if (name == "GetObject" || name == "HeadObject") return get_object(parts, request, operation);
  if (name == "DeleteObject") return delete_object(parts, operation);
  if (name == "DeleteObjects") return delete_objects(parts, request, operation);
  if (name == "ListObjectsV2") return list_objects(parts, operation, moment);
  if (name.find("Multipart") != std::string::npos || name == "UploadPart" || name == "ListParts") {
    return serve_multipart(parts, request, operation, moment);
  }
  if (name == "ListBuckets") return list_buckets(parts, moment);
  return serve_bucket(parts, operation);
}

}  // namespace gossamer::fakecloud
