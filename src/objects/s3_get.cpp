#include "objects/s3_get.hpp"

#include <fmt/format.h>

namespace gossamer::objects {
namespace {

constexpr unsigned kStartsMax = 3;
constexpr int kNothingThere = 416;  // "Range Not Satisfiable": it begins at or beyond the end.

// One get, over as many attempts as it takes. The requests' callbacks keep it alive.
class Get : public std::enable_shared_from_this<Get> {
 public:
  Get(std::shared_ptr<S3Bucket> bucket, std::string key, std::optional<ObjectStore::Range> range,
      std::shared_ptr<ByteSink> sink, ObjectStore::Done done)
      : bucket_(std::move(bucket)),
        key_(std::move(key)),
        length_(range ? range->length : 0),
        sink_(std::make_shared<S3GetSink>(std::move(sink), range)),
        done_(std::move(done)) {}

  void start() {
    // The attempts are counted here: one that moves on is none.
    http::RetryPolicy policy = bucket_->limits().repeats;
    policy.attempts_max = 1'000'000;
    policy.whole = std::chrono::hours{24};
    bucket_->send([self = shared_from_this()] { return self->make_call(); },
                  [self = shared_from_this()](const S3Answer& answer) {
                    return self->is_to_be_repeated(answer);
                  },
                  policy, [self = shared_from_this()](S3Answer answer) { self->finish(answer); });
  }

 private:
  aws::Call make_call() {
    sink_->begin_attempt();
    aws::Call call = bucket_->call("GET", bucket_->full_key(key_));
    // What of an hour is left is no loss: the next attempt goes on from there.
    call.timeouts = length_ > 0 ? bucket_->timeouts_for(std::min(length_, kHourBytes))
                                : bucket_->timeouts_for(kHourBytes);
    const std::string range = sink_->next_range();
    if (!range.empty()) call.headers.push_back({"Range", range});
    const std::string etag = sink_->etag();
    if (!etag.empty()) call.headers.push_back({"If-Match", etag});
    call.sink = sink_;
    call.on_head = [sink = sink_](int status, const http::Headers& headers) {
      sink->head(status, headers);
    };
    return call;
  }

  bool is_to_be_repeated(const S3Answer& answer) {
    if (sink_->sink_error()) return false;
    const bool has_changed = answer && answer->status == 412;
    if (sink_->is_astray() || has_changed || (is_end(answer) && !sink_->is_intact())) {
      if (++starts_ >= kStartsMax) return false;
      passed_on_ = 0;
      sink_->start_over();
      return true;
    }
    if (!is_worth_repeating(answer)) return false;
    if (sink_->passed_on() > passed_on_) {
      passed_on_ = sink_->passed_on();
      idle_attempts_ = 0;
    }
    return ++idle_attempts_ < bucket_->limits().repeats.attempts_max;
  }

  static bool is_end(const S3Answer& answer) {
    return answer && (answer->is_success() || answer->status == kNothingThere);
  }

  void finish(const S3Answer& answer) {
    const std::string what = bucket_->describe("GET", key_);
    if (const auto error = sink_->sink_error()) {
      return done_({ObjectOutcome::unknown, fmt::format("{}: {}", what, error->detail)});
    }
    if (sink_->is_astray() || (answer && answer->status == 412)) {
      return done_({ObjectOutcome::unknown, what + ": the object changes while it is read"});
    }
    if (!is_end(answer)) return done_(outcome_of(S3Operation::get, answer, what));
    if (!sink_->is_intact()) {
      return done_({ObjectOutcome::unknown,
                    what + ": the object is corrupted: its bytes do not have the checksum that was "
                           "stored with it"});
    }
    if (sink_->passed_on() > 0) return done_({ObjectOutcome::ok, {}});
    begin_sink();
  }

  // Without a byte the caller's sink may not have been told to begin, which may block.
  void begin_sink() {
    bucket_->run<bool>(
        [sink = sink_](const std::atomic<bool>&) {
          sink->restart();
          return true;
        },
        [self = shared_from_this()](bool) {
          self->done_({ObjectOutcome::ok, {}});
        });
  }

  static constexpr std::uint64_t kHourBytes = 3'600ULL * 256 * 1024;

  const std::shared_ptr<S3Bucket> bucket_;
  const std::string key_;
  const std::uint64_t length_;
  const std::shared_ptr<S3GetSink> sink_;
  ObjectStore::Done done_;
  unsigned starts_ = 0;
  unsigned idle_attempts_ = 0;
  std::uint64_t passed_on_ = 0;
};

}  // namespace

void s3_get(std::shared_ptr<S3Bucket> bucket, std::string key,
            std::optional<ObjectStore::Range> range, std::shared_ptr<ByteSink> sink,
            ObjectStore::Done done) {
  std::make_shared<Get>(std::move(bucket), std::move(key), range, std::move(sink), std::move(done))
      ->start();
}

}  // namespace gossamer::objects
