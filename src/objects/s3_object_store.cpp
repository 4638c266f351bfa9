#include "objects/s3_object_store.hpp"

#include <fmt/format.h>

#include "objects/object_key.hpp"
#include "objects/s3_bucket.hpp"
#include "objects/s3_get.hpp"
#include "objects/s3_leftovers.hpp"
#include "objects/s3_list.hpp"
#include "objects/s3_put.hpp"

namespace gossamer::objects {
namespace {

constexpr std::size_t kPartBytesMin = 5ULL << 20;
constexpr std::size_t kPartBytesMax = 5ULL << 30;
constexpr std::size_t kShownBytesMax = 600;

class S3ObjectStore final : public ObjectStore {
 public:
  explicit S3ObjectStore(std::shared_ptr<S3Bucket> bucket) : bucket_(std::move(bucket)) {}
  ~S3ObjectStore() override { bucket_->close(); }

  std::string_view place() const noexcept override { return bucket_->place(); }

  void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
           Done done) override {
    if (is_refused(key, done)) return;
    s3_get(bucket_, std::move(key), range, std::move(sink), std::move(done));
  }

  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    if (is_refused(key, done)) return;
    s3_put(bucket_, S3Operation::create, std::move(key), std::move(source), std::move(done));
  }

  void put(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    if (is_refused(key, done)) return;
    const bool is_in_parts = source->size() > bucket_->limits().one_put_bytes;
    s3_put(bucket_, S3Operation::put, std::move(key), std::move(source), std::move(done));
    if (is_in_parts && !were_leftovers_aborted_) {
      were_leftovers_aborted_ = true;
      s3_abort_leftovers(bucket_);
    }
  }

  void remove(std::string key, Done done) override {
    if (is_refused(key, done)) return;
    aws::Call call = bucket_->call("DELETE", bucket_->full_key(key));
    bucket_->send(std::move(call), [bucket = bucket_, key = std::move(key),
                                    done = std::move(done)](S3Answer answer) mutable {
      done(outcome_of(S3Operation::remove, answer, bucket->describe("DELETE", key)));
    });
  }

  void list(std::string prefix, std::string after, std::size_t limit, Listed done) override {
    const std::string fault = prefix_fault(prefix);
    if (fault.empty()) {
      return s3_list(bucket_, std::move(prefix), std::move(after), limit, std::move(done));
    }
    bucket_->post([done = std::move(done), refused = refusal("prefix", prefix, fault)]() mutable {
      done({std::move(refused), {}, true});
    });
  }

 private:
  static ObjectResult refusal(const char* what, const std::string& text, const std::string& fault) {
    return {ObjectOutcome::refused,
            fmt::format("the {} '{}': {}", what, text.substr(0, kShownBytesMax), fault)};
  }

  // True: `done` will hear that this is no key.
  bool is_refused(const std::string& key, Done& done) {
    const std::string fault = key_fault(key);
    if (fault.empty()) return false;
    bucket_->post([done = std::move(done), refused = refusal("key", key, fault)]() mutable {
      done(std::move(refused));
    });
    return true;
  }

  const std::shared_ptr<S3Bucket> bucket_;
  bool were_leftovers_aborted_ = false;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_s3_object_store(std::string_view url,
                                                          aws::Session& session, S3Limits limits) {
  Result<S3Url> parsed = parse_s3_url(url);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  if (limits.part_bytes < kPartBytesMin || limits.part_bytes > kPartBytesMax ||
      limits.parts_at_once == 0 || limits.one_put_bytes > kPartBytesMax) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("parts of {} bytes, {} at once, above {}: S3 has parts of {} to {} bytes",
                    limits.part_bytes, limits.parts_at_once, limits.one_put_bytes, kPartBytesMin,
                    kPartBytesMax));
  }
  return std::make_unique<S3ObjectStore>(
      std::make_shared<S3Bucket>(std::move(*parsed), session, limits));
}

}  // namespace gossamer::objects
