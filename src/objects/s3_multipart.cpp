// A put in parts: begun, parts in parallel, completed; or aborted.

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "objects/s3_listing.hpp"
#include "objects/s3_put.hpp"

namespace gossamer::objects {
namespace {

// A completion may be answered 200 before it has happened; then the body tells how it ended.
bool is_completion_worth_repeating(const S3Answer& answer) {
  return is_worth_repeating(answer) || (answer && answer->is_success() && has_error_body(*answer));
}

class Upload : public std::enable_shared_from_this<Upload> {
 public:
  Upload(std::shared_ptr<S3Bucket> bucket, std::string key, S3Body body, ObjectStore::Done done)
      : bucket_(std::move(bucket)),
        key_(std::move(key)),
        body_(std::move(body)),
        source_(std::make_shared<SharedSource>(body_.source)),
        etags_(body_.parts.size()),
        done_(std::move(done)) {}

  void begin() {
    aws::Call call = bucket_->call("POST", bucket_->full_key(key_));
    call.query = {{"uploads", ""}};
    call.headers.push_back({kChecksumHeader, body_.checksum});
    call.headers.push_back({"x-amz-checksum-algorithm", "SHA256"});
    bucket_->encrypt(call);
    bucket_->send(std::move(call),
                  [self = shared_from_this()](S3Answer answer) { self->on_begun(answer); });
  }

 private:
  std::string what() const { return bucket_->describe("PUT", key_); }

  void on_begun(const S3Answer& answer) {
    const ObjectResult result = outcome_of(S3Operation::put, answer, what());
    if (result.outcome != ObjectOutcome::ok) return done_(result);
    id_ = upload_id_of(*answer);
    if (id_.empty()) {
      return done_({ObjectOutcome::unknown, what() + ": the answer names no upload"});
    }
    send_parts();
  }

  void send_parts() {
    while (!failure_ && under_way_ < bucket_->limits().parts_at_once && next_ < etags_.size()) {
      send_part(next_++);
    }
    if (under_way_ > 0) return;
    if (failure_) return abort();
    complete();
  }

  void send_part(std::size_t index) {
    ++under_way_;
    const std::uint64_t offset = index * body_.part_bytes;
    aws::Call call = bucket_->call("PUT", bucket_->full_key(key_));
    call.query = {{"partNumber", std::to_string(index + 1)}, {"uploadId", id_}};
    bucket_->set_body(call,
                      make_part(source_, offset, std::min(body_.part_bytes, body_.size - offset)),
                      body_.parts[index]);
    bucket_->send(std::move(call), [self = shared_from_this(), index](S3Answer answer) {
      self->on_part(index, answer);
    });
  }

  void on_part(std::size_t index, const S3Answer& answer) {
    --under_way_;
    ObjectResult result = outcome_of_put(S3Operation::put, answer, what());
    if (result.outcome == ObjectOutcome::ok) {
      etags_[index] = http::find_header(answer->headers, "ETag");
      // Servers that do not echo it refuse the XML that tells it once more.
      knows_checksums_ = !http::find_header(answer->headers, "x-amz-checksum-sha256").empty();
    }
    if (result.outcome != ObjectOutcome::ok && !failure_) failure_ = std::move(result);
    send_parts();
  }

  Bytes completion() const {
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("CompleteMultipartUpload");
    root.append_attribute("xmlns") = "http://s3.amazonaws.com/doc/2006-03-01/";
    for (std::size_t i = 0; i < etags_.size(); ++i) {
      pugi::xml_node part = root.append_child("Part");
      part.append_child("PartNumber").text() = static_cast<unsigned>(i + 1);
      part.append_child("ETag").text() = etags_[i].c_str();
      if (knows_checksums_) {
        part.append_child("ChecksumSHA256").text() = aws::to_base64(body_.parts[i]).c_str();
      }
    }
    std::ostringstream text;
    document.save(text, "", pugi::format_raw);
    return to_bytes(text.str());
  }

  void complete() {
    Bytes bytes = completion();
    aws::Call call = bucket_->call("POST", bucket_->full_key(key_));
    call.query = {{"uploadId", id_}};
    call.payload_sha256 = aws::to_hex(aws::sha256(bytes));
    call.body = make_source(std::move(bytes));
    call.headers.push_back({"Content-Type", "application/xml"});
    // Putting thousands of parts together takes S3 minutes.
    call.timeouts = bucket_->timeouts_for(body_.size);
    bucket_->send([call = std::move(call)] { return call; }, &is_completion_worth_repeating,
                  bucket_->limits().repeats,
                  [self = shared_from_this()](S3Answer answer) { self->on_completed(answer); });
  }

  void on_completed(const S3Answer& answer) {
    ObjectResult result = outcome_of(S3Operation::put, answer, what());
    if (result.outcome == ObjectOutcome::ok && !is_completed(*answer)) {
      const aws::ServiceError error = aws::parse_service_error(*answer);
      result = {ObjectOutcome::unknown,
                fmt::format("{}: {}, and then {}: {}", what(), answer->status,
                            error.code.empty() ? "no word of S3's" : error.code, error.message)};
    }
    if (result.outcome == ObjectOutcome::ok) return done_(result);
    failure_ = std::move(result);
    // An earlier copy of the request may have done it: then the upload is gone, and the object
    // there.
    if (answer && (answer->status == 404 || answer->is_success())) return look_for_object();
    abort();
  }

  static bool is_completed(const http::Response& response) {
    return !xml_text(response, "CompleteMultipartUploadResult", "ETag").empty();
  }

  void look_for_object() {
    aws::Call call = bucket_->call("HEAD", bucket_->full_key(key_));
    bucket_->send(std::move(call), [self = shared_from_this()](S3Answer answer) {
      const bool is_ours =
          answer && answer->is_success() &&
          http::find_header(answer->headers, kChecksumHeader) == self->body_.checksum;
      if (is_ours) return self->done_({ObjectOutcome::ok, {}});
      self->abort();
    });
  }

  // How the abort ends changes nothing: what it leaves is swept up later.
  void abort() {
    aws::Call call = bucket_->call("DELETE", bucket_->full_key(key_));
    call.query = {{"uploadId", id_}};
    bucket_->send(std::move(call),
                  [self = shared_from_this()](S3Answer) { self->done_(*self->failure_); });
  }

  const std::shared_ptr<S3Bucket> bucket_;
  const std::string key_;
  const S3Body body_;
  const std::shared_ptr<SharedSource> source_;
  std::string id_;
  std::vector<std::string> etags_;
  bool knows_checksums_ = false;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  std::optional<ObjectResult> failure_;
  ObjectStore::Done done_;
};

}  // namespace

void s3_put_in_parts(std::shared_ptr<S3Bucket> bucket, std::string key, S3Body body,
                     ObjectStore::Done done) {
  std::make_shared<Upload>(std::move(bucket), std::move(key), std::move(body), std::move(done))
      ->begin();
}

}  // namespace gossamer::objects
