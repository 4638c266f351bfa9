#include "objects/s3_leftovers.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "objects/object_key.hpp"
#include "objects/s3_listing.hpp"

namespace gossamer::objects {
namespace {

constexpr std::size_t kAbortsAtOnce = 4;
constexpr std::size_t kPagesMax = 1'000;

aws::Call abort_of(const S3Bucket& bucket, const std::string& full_key, const std::string& id) {
  aws::Call call = bucket.call("DELETE", full_key);
  call.query = {{"uploadId", id}};
  return call;
}

// One page of uploads after the other; each is through before the next is asked for.
class Sweep : public std::enable_shared_from_this<Sweep> {
 public:
  explicit Sweep(std::shared_ptr<S3Bucket> bucket) : bucket_(std::move(bucket)) {}

  void ask() {
    ++pages_;
    aws::Call call = bucket_->call_of_bucket();
    call.query = {{"uploads", ""}, {"encoding-type", "url"}, {"prefix", bucket_->full_key("")}};
    if (!key_marker_.empty()) {
      call.query.emplace_back("key-marker", key_marker_);
      call.query.emplace_back("upload-id-marker", id_marker_);
    }
    call.body_bytes_max = kListingBytesMax;
    bucket_->send(std::move(call),
                  [self = shared_from_this()](S3Answer answer) { self->on_page(answer); });
  }

 private:
  void on_page(const S3Answer& answer) {
    if (!answer || !answer->is_success()) return;
    // Ages are counted by the server's clock, which wrote them.
    const auto now = aws::parse_http_time(http::find_header(answer->headers, "Date"));
    S3UploadPage page = parse_uploads(*answer);
    for (S3Upload& upload : page.uploads) {
      const auto begun = aws::parse_iso_time(upload.begun);
      if (!now || !begun || *now - *begun < bucket_->limits().leftover_age) continue;
      if (key_fault(bucket_->own_key(upload.key)).empty()) old_.push_back(std::move(upload));
    }
    // Who does not come forward would be asked for ever.
    const bool goes_on =
        page.next_key > key_marker_ || (page.next_key == key_marker_ && page.next_id != id_marker_);
    is_last_ = page.next_key.empty() || !goes_on || pages_ == kPagesMax;
    key_marker_ = std::move(page.next_key);
    id_marker_ = std::move(page.next_id);
    abort_some();
  }

  void abort_some() {
    while (under_way_ < kAbortsAtOnce && !old_.empty()) {
      const S3Upload upload = std::move(old_.back());
      old_.pop_back();
      ++under_way_;
      bucket_->send(abort_of(*bucket_, upload.key, upload.id),
                    [self = shared_from_this()](const S3Answer&) {
                      --self->under_way_;
                      self->abort_some();
                    });
    }
    if (under_way_ == 0 && !std::exchange(is_last_, true)) ask();
  }

  const std::shared_ptr<S3Bucket> bucket_;
  std::vector<S3Upload> old_;
  std::string key_marker_;
  std::string id_marker_;
  std::size_t pages_ = 0;
  std::size_t under_way_ = 0;
  bool is_last_ = true;
};

}  // namespace

void s3_abort_leftovers(std::shared_ptr<S3Bucket> bucket) {
  std::make_shared<Sweep>(std::move(bucket))->ask();
}

void s3_try_abort(std::shared_ptr<S3Bucket> bucket, std::string key, ObjectStore::Done done) {
  S3Bucket& at = *bucket;
  aws::Call begin = at.call("POST", at.full_key(key));
  begin.query = {{"uploads", ""}};
  at.encrypt(begin);
  at.send(std::move(begin), [bucket = std::move(bucket), key = std::move(key),
                             done = std::move(done)](S3Answer begun) mutable {
    const std::string what = bucket->describe("POST", key);
    ObjectResult result = outcome_of(S3Operation::put, begun, what);
    if (result.outcome != ObjectOutcome::ok) return done(std::move(result));
    const std::string id = upload_id_of(*begun);
    if (id.empty()) return done({ObjectOutcome::unknown, what + ": the answer names no upload"});
    S3Bucket& then = *bucket;
    aws::Call abort = abort_of(then, then.full_key(key), id);
    then.send(std::move(abort), [bucket = std::move(bucket), key = std::move(key),
                                 done = std::move(done)](S3Answer answer) mutable {
      done(outcome_of(S3Operation::remove, answer, bucket->describe("DELETE an upload of", key)));
    });
  });
}

}  // namespace gossamer::objects
