#include "objects/s3_get.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "objects/s3_content_range.hpp"
#include "transport/uv_clock.hpp"

namespace gossamer::objects {
namespace {

constexpr unsigned kStartsMax = 3;
// An attempt may take ten minutes at the least rate. What is left then is no loss: the next goes
// on.
constexpr std::uint64_t kAttemptBytesMax = 600ULL * 256 * 1024;
// Who goes on, and on, must come forward: else a byte now and then would do for hours.
constexpr std::uint64_t kBytesPerSecondLeast = 16 * 1024;

bool is_success(const S3Answer& answer) {
  return answer && answer->is_success();
}

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
    closer_ = bucket_->on_close([sink = sink_] { sink->detach(); });
    begun_ = clock_.now();
    http::RetryPolicy policy = bucket_->limits().repeats;
    policy.whole = std::chrono::hours{24};
    bucket_->send([self = shared_from_this()] { return self->make_call(); },
                  [self = shared_from_this()](const S3Answer& answer) {
                    return self->is_to_be_repeated(answer);
                  },
                  policy, [self = shared_from_this()](S3Answer answer) { self->finish(answer); });
  }

 private:
  aws::Call make_call() {
    if (std::exchange(starts_over_, false)) {
      ++starts_;
      count_moved();
      passed_on_ = 0;
      sink_->start_over();
    }
    sink_->begin_attempt();
    aws::Call call = bucket_->call("GET", bucket_->full_key(key_));
    const std::uint64_t most = length_ > 0 ? length_ : kAttemptBytesMax;
    call.timeouts = bucket_->timeouts_for(std::min(most, kAttemptBytesMax));
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

  // Only decides: whether a repetition follows is for others to say, so what is known of this
  // attempt stays until the next begins.
  http::Retries::Verdict is_to_be_repeated(const S3Answer& answer) {
    if (is_nothing_there(answer)) sink_->refuse_range(size_told_by(*answer));
    if (sink_->sink_error()) return false;
    if (has_changed(answer) || (is_end(answer) && !sink_->is_intact())) {
      starts_over_ = starts_ + 1 < kStartsMax;
      return starts_over_;
    }
    const bool is_short = is_success(answer) && !is_end(answer);
    if (!is_short && !is_worth_repeating(answer)) return false;
    if (!count_moved()) return true;
    return is_too_slow() ? http::Retries::Verdict{false} : http::Retries::Verdict::moved_on();
  }

  // S3 and Swift say why, and proxies do not.
  static bool is_nothing_there(const S3Answer& answer) {
    if (!answer || answer->status != 416) return false;
    return size_told_by(*answer) || aws::parse_service_error(*answer).code == "InvalidRange";
  }

  bool has_changed(const S3Answer& answer) const {
    return !sink_->astray().empty() || (answer && answer->status == 412);
  }

  bool is_end(const S3Answer& answer) const {
    return (is_success(answer) || is_nothing_there(answer)) && sink_->is_complete();
  }

  // Whether anything moved since it was counted last.
  bool count_moved() {
    const std::uint64_t before = std::exchange(passed_on_, sink_->passed_on());
    moved_ += passed_on_ - before;
    return passed_on_ > before;
  }

  bool is_too_slow() {
    const auto bound =
        bucket_->limits().repeats.whole + std::chrono::seconds{moved_ / kBytesPerSecondLeast};
    return clock_.now() - begun_ > bound;
  }

  void finish(const S3Answer& answer) {
    const std::string what = bucket_->describe("GET", key_);
    if (const auto error = sink_->sink_error()) {
      return end({ObjectOutcome::unknown, fmt::format("{}: {}", what, error->detail)});
    }
    if (has_changed(answer)) {
      const std::string astray = sink_->astray();
      return end({ObjectOutcome::unknown,
                  fmt::format("{}: {}", what,
                              astray.empty() ? "the object changes while it is read" : astray)});
    }
    if (is_end(answer)) return finish_whole(what);
    if (!is_success(answer)) return end(outcome_of(S3Operation::get, answer, what));
    end({ObjectOutcome::unknown,
         fmt::format("{}: the answer has fewer bytes than were asked for", what)});
  }

  void finish_whole(const std::string& what) {
    if (!sink_->is_intact()) {
      return end({ObjectOutcome::unknown,
                  what + ": the object is corrupted: its bytes do not have the checksum that was "
                         "stored with it"});
    }
    if (sink_->passed_on() > 0) return end({ObjectOutcome::ok, {}});
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
          self->end({ObjectOutcome::ok, {}});
        });
  }

  void end(ObjectResult result) {
    bucket_->take_back(closer_);
    done_(std::move(result));
  }

  const std::shared_ptr<S3Bucket> bucket_;
  const std::string key_;
  const std::uint64_t length_;
  const std::shared_ptr<S3GetSink> sink_;
  ObjectStore::Done done_;
  std::uint64_t closer_ = 0;
  UvClock clock_;
  Instant begun_{};
  unsigned starts_ = 0;
  bool starts_over_ = false;     ///< The next attempt, if there is one.
  std::uint64_t passed_on_ = 0;  ///< Of this start, as far as it is counted.
  std::uint64_t moved_ = 0;      ///< Of all starts together.
};

}  // namespace

void s3_get(std::shared_ptr<S3Bucket> bucket, std::string key,
            std::optional<ObjectStore::Range> range, std::shared_ptr<ByteSink> sink,
            ObjectStore::Done done) {
  std::make_shared<Get>(std::move(bucket), std::move(key), range, std::move(sink), std::move(done))
      ->start();
}

}  // namespace gossamer::objects
