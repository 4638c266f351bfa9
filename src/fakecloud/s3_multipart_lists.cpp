// ListMultipartUploads and ListParts.

#include <algorithm>
#include <charconv>

#include "aws/uri.hpp"
#include "fakecloud/s3_multipart.hpp"
#include "fakecloud/s3_service.hpp"
#include "fakecloud/service_time.hpp"
#include "fakecloud/xml_writer.hpp"

namespace gossamer::fakecloud {
namespace {

/// What is said, at most `otherwise`; that if nothing that can be read is said.
std::size_t count_of(std::string_view stated, std::size_t otherwise) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(stated.data(), stated.data() + stated.size(), count);
  if (stated.empty() || error != std::errc{} || end != stated.data() + stated.size()) {
    return otherwise;
  }
  return std::min(count, otherwise);
}

}  // namespace

Answer list_uploads(const Parts& parts, const Operation& operation) {
  const std::string_view encoding = operation.parameter("encoding-type");
  const auto shown = [&](std::string_view text) {
    return encoding.empty() ? std::string{text} : aws::uri_encode(text, true);
  };
  const std::size_t count_max = count_of(operation.parameter("max-uploads"),
                                         std::min<std::size_t>(1'000, parts.options.page_max));
  const std::string prefix{operation.parameter("prefix")};
  std::vector<Upload> uploads =
      parts.uploads.list(operation.bucket, prefix, std::string{operation.parameter("key-marker")},
                         std::string{operation.parameter("upload-id-marker")}, count_max + 1);
  const bool is_truncated = uploads.size() > count_max;
  if (is_truncated) uploads.pop_back();
  XmlWriter xml{"ListMultipartUploadsResult", kS3Namespace};
  xml.text("Bucket", operation.bucket).text("KeyMarker", shown(operation.parameter("key-marker")));
  xml.text("UploadIdMarker", operation.parameter("upload-id-marker"));
  if (!prefix.empty()) xml.text("Prefix", shown(prefix));
  if (!encoding.empty()) xml.text("EncodingType", encoding);
  xml.text("MaxUploads", std::to_string(count_max));
  xml.text("IsTruncated", is_truncated ? "true" : "false");
  if (is_truncated && !uploads.empty()) {
    xml.text("NextKeyMarker", shown(uploads.back().key));
    xml.text("NextUploadIdMarker", uploads.back().id);
  }
  for (const Upload& upload : uploads) {
    xml.open("Upload").text("Key", shown(upload.key)).text("UploadId", upload.id);
    xml.open("Initiator").text("ID", "fake").text("DisplayName", "fake").close();
    xml.open("Owner").text("ID", "fake").text("DisplayName", "fake").close();
    xml.text("StorageClass", "STANDARD").text("Initiated", to_iso_time(upload.begun)).close();
  }
  return s3_answer(xml.finish());
}

Answer list_parts(const Upload& upload, const Operation& operation) {
  const std::size_t count_max = count_of(operation.parameter("max-parts"), 1'000);
  const std::size_t marker = count_of(operation.parameter("part-number-marker"), 10'000);
  const bool has_marker = !operation.parameter("part-number-marker").empty();
  auto at =
      has_marker ? upload.parts.upper_bound(static_cast<unsigned>(marker)) : upload.parts.begin();
  XmlWriter xml{"ListPartsResult", kS3Namespace};
  xml.text("Bucket", upload.bucket).text("Key", upload.key).text("UploadId", upload.id);
  xml.text("PartNumberMarker", has_marker ? std::to_string(marker) : "0");
  xml.text("MaxParts", std::to_string(count_max)).text("StorageClass", "STANDARD");
  std::string last;
  for (std::size_t count = 0; at != upload.parts.end() && count < count_max; ++at, ++count) {
    last = std::to_string(at->first);
    xml.open("Part").text("PartNumber", last).text("ETag", at->second.etag);
    xml.text("LastModified", to_iso_time(at->second.modified));
    xml.text("Size", std::to_string(at->second.body->bytes.size())).close();
  }
  if (!last.empty()) xml.text("NextPartNumberMarker", last);
  xml.text("IsTruncated", at != upload.parts.end() ? "true" : "false");
  return s3_answer(xml.finish());
}

}  // namespace gossamer::fakecloud
