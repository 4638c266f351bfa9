// Multipart uploads: what changes them.

#include "fakecloud/s3_multipart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

#include "aws/digest.hpp"
#include "fakecloud/checksums.hpp"
#include "fakecloud/s3_payload.hpp"
#include "fakecloud/s3_service.hpp"
#include "fakecloud/service_error.hpp"
#include "fakecloud/xml_writer.hpp"

namespace gossamer::fakecloud {
namespace {

constexpr unsigned kPartsMax = 10'000;
constexpr std::size_t kPartBytesMin = 5U << 20;

Answer no_such_upload(const Operation& operation) {
  return error_of(operation, 404, "NoSuchUpload",
                  "The specified upload does not exist. The upload ID may be invalid, or the "
                  "upload may have been aborted or completed.");
}

struct WantedPart {
  unsigned number = 0;
  std::string etag{};  ///< With quotes.
};

/// Empty: it is no list of parts.
std::vector<WantedPart> wanted_parts(ByteView body) {
  std::vector<WantedPart> wanted;
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return wanted;
  for (const pugi::xml_node part : document.child("CompleteMultipartUpload").children("Part")) {
    WantedPart one{part.child("PartNumber").text().as_uint(), part.child_value("ETag")};
    if (one.number == 0 || wanted.size() == kPartsMax) return {};
    if (one.etag.empty() || one.etag.front() != '"') one.etag = fmt::format("\"{}\"", one.etag);
    wanted.push_back(std::move(one));
  }
  return wanted;
}

/// Empty code: nothing is wrong with them.
struct Fault {
  std::string_view code{}, message{};
};
Fault fault_of(const Upload& upload, const std::vector<WantedPart>& wanted) {
  if (wanted.empty()) return {"MalformedXML", "The XML you provided was not well-formed"};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i > 0 && wanted[i].number <= wanted[i - 1].number) {
      return {"InvalidPartOrder", "The list of parts was not in ascending order."};
    }
    const auto part = upload.parts.find(wanted[i].number);
    if (part == upload.parts.end() || part->second.etag != wanted[i].etag) {
      return {"InvalidPart", "One or more of the specified parts could not be found."};
    }
  }
  for (std::size_t i = 0; i + 1 < wanted.size(); ++i) {
    if (upload.parts.at(wanted[i].number).body->bytes.size() < kPartBytesMin) {
      return {"EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"};
    }
  }
  return {};
}

/// Null if the quota does not hold it.
std::shared_ptr<Object> assemble(const Parts& parts, const Upload& upload,
                                 const std::vector<WantedPart>& wanted) {
  std::uint64_t size = 0;
  for (const WantedPart& one : wanted) size += upload.parts.at(one.number).body->bytes.size();
  auto share = Quota::take(parts.quota, size);
  if (!share) return nullptr;
  auto body = std::make_shared<HeldBytes>();
  body->share = std::move(*share);
  body->bytes.reserve(size);
  Bytes digests;
  for (const WantedPart& one : wanted) {
    const Bytes& bytes = upload.parts.at(one.number).body->bytes;
    body->bytes.insert(body->bytes.end(), bytes.begin(), bytes.end());
    const auto digest = md5(bytes);
    digests.insert(digests.end(), digest.begin(), digest.end());
  }
  auto object = std::make_shared<Object>();
  object->etag = fmt::format("\"{}-{}\"", aws::to_hex(md5(digests)), wanted.size());
  object->body = std::move(body);
  object->headers = upload.headers;
  object->overhead = upload.overhead;
  return object;
}

Answer create_upload(Parts& parts, const Request& request, const Operation& operation,
                     const Moment& moment) {
  Upload upload{operation.bucket,           operation.key, parts.keys.make_text(32),
                object_headers(request),    moment.now,    {},
                overhead_of(parts, request)};
  if (upload.overhead == nullptr) return over_quota(operation);
  XmlWriter xml{"InitiateMultipartUploadResult", kS3Namespace};
  xml.text("Bucket", upload.bucket).text("Key", upload.key).text("UploadId", upload.id);
  parts.uploads.begin(std::move(upload));
  return s3_answer(xml.finish());
}

Answer upload_part(Parts& parts, const Request& request, const Operation& operation,
                   const Moment& moment) {
  const std::string_view stated = operation.parameter("partNumber");
  unsigned number = 0;
  const auto [end, error] = std::from_chars(stated.data(), stated.data() + stated.size(), number);
  if (stated.empty() || error != std::errc{} || end != stated.data() + stated.size() ||
      number < 1 || number > kPartsMax) {
    return error_of(operation, 400, "InvalidArgument",
                    "Part number must be an integer between 1 and 10000, inclusive");
  }
  auto body = payload_of(parts, request, operation);
  if (!body) return body.error();
  UploadPart part;
  part.etag = fmt::format("\"{}\"", aws::to_hex(md5((*body)->bytes)));
  part.body = std::move(*body);
  part.modified = moment.now;
  Answer answer;
  answer.headers.push_back({"ETag", part.etag});
  echo_checksums(request, answer);
  const bool is_there =
      parts.uploads.put_part(operation.bucket, operation.key,
                             std::string{operation.parameter("uploadId")}, number, std::move(part));
  return is_there ? answer : no_such_upload(operation);
}

Answer complete_upload(Parts& parts, const Request& request, const Operation& operation,
                       const Moment& moment) {
  const auto body = payload_of(parts, request, operation);
  if (!body) return body.error();
  const std::string id{operation.parameter("uploadId")};
  const auto upload = parts.uploads.find(operation.bucket, operation.key, id);
  if (!upload) return no_such_upload(operation);
  const std::vector<WantedPart> wanted = wanted_parts((*body)->bytes);
  const Fault fault = fault_of(*upload, wanted);
  if (!fault.code.empty()) return error_of(operation, 400, fault.code, fault.message);
  auto object = assemble(parts, *upload, wanted);
  if (object == nullptr) return over_quota(operation);
  object->modified = moment.now;
  const std::string etag = object->etag;
  const PutOutcome outcome =
      parts.buckets.put(operation.bucket, operation.key, std::move(object), condition_of(request));
  if (outcome != PutOutcome::stored) return put_refusal(operation, outcome);
  parts.uploads.remove(operation.bucket, operation.key, id);
  XmlWriter xml{"CompleteMultipartUploadResult", kS3Namespace};
  xml.text("Location", fmt::format("http://{}{}", request.header("host"), operation.path));
  xml.text("Bucket", operation.bucket).text("Key", operation.key).text("ETag", etag);
  return s3_answer(xml.finish());
}

Answer abort_upload(Parts& parts, const Operation& operation) {
  Answer answer;
  answer.status = 204;
  const bool is_there = parts.uploads.remove(operation.bucket, operation.key,
                                             std::string{operation.parameter("uploadId")});
  return is_there ? answer : no_such_upload(operation);
}

}  // namespace

Answer serve_multipart(Parts& parts, const Request& request, const Operation& operation,
                       const Moment& moment) {
  if (operation.name == "CreateMultipartUpload") {
    return create_upload(parts, request, operation, moment);
  }
  if (operation.name == "UploadPart") return upload_part(parts, request, operation, moment);
  if (operation.name == "AbortMultipartUpload") return abort_upload(parts, operation);
  if (operation.name == "ListMultipartUploads") return list_uploads(parts, operation);
  if (operation.name == "CompleteMultipartUpload") {
    return complete_upload(parts, request, operation, moment);
  }
  const auto upload = parts.uploads.find(operation.bucket, operation.key,
                                         std::string{operation.parameter("uploadId")});
  return upload ? list_parts(*upload, operation) : no_such_upload(operation);
}

}  // namespace gossamer::fakecloud
