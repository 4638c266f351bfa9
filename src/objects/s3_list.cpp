#include "objects/s3_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "objects/object_key.hpp"
#include "objects/s3_listing.hpp"

namespace gossamer::objects {
namespace {

constexpr std::size_t kKeysAtOnceMax = 1'000;
// A server that gives one key a page is borne with, and one that goes on for ever is not.
constexpr std::size_t kPagesMax = 3'000;

class List : public std::enable_shared_from_this<List> {
 public:
  List(std::shared_ptr<S3Bucket> bucket, std::string prefix, std::string after, std::size_t limit,
       ObjectStore::Listed done)
      : bucket_(std::move(bucket)),
        prefix_(std::move(prefix)),
        after_(std::move(after)),
        limit_(std::clamp<std::size_t>(limit, 1, kKeysAtOnceMax)),
        // One more than wanted tells whether there are more.
        wanted_(std::min(limit_ + 1, kKeysAtOnceMax)),
        done_(std::move(done)) {}

  void ask() {
    ++pages_;
    aws::Call call = bucket_->call_of_bucket();
    call.query = {{"list-type", "2"},
                  {"encoding-type", "url"},
                  {"prefix", bucket_->full_key(prefix_)},
                  {"max-keys", std::to_string(keys_to_ask())}};
    if (!after_.empty()) call.query.emplace_back("start-after", bucket_->full_key(after_));
    if (!token_.empty()) call.query.emplace_back("continuation-token", token_);
    call.body_bytes_max = kListingBytesMax;
    bucket_->send(std::move(call),
                  [self = shared_from_this()](S3Answer answer) { self->on_answer(answer); });
  }

 private:
  std::string what() const {
    const std::string what = bucket_->describe("LIST", prefix_);
    return after_.empty() ? what : fmt::format("{} after '{}'", what, after_);
  }

  // Where keys lie that are not ours, there may be many: to go through them takes large pages.
  std::size_t keys_to_ask() const {
    return has_others_ ? kKeysAtOnceMax : wanted_ - listing_.keys.size();
  }

  void on_answer(const S3Answer& answer) {
    ObjectResult result = outcome_of(S3Operation::list, answer, what());
    if (result.outcome != ObjectOutcome::ok) return end(std::move(result));
    Result<S3Page> page = parse_page(*answer);
    if (!page) return end({ObjectOutcome::unknown, what() + ": " + page.error().detail});
    const std::size_t before = listing_.keys.size();
    for (const std::string& full : page->keys) {
      if (std::string fault = take(full); !fault.empty()) {
        return end({ObjectOutcome::unknown, what() + ": " + fault});
      }
    }
    if (listing_.keys.size() == before) has_others_ = true;
    if (page->is_truncated && listing_.keys.size() < wanted_) {
      if (pages_ == kPagesMax) {
        return end({ObjectOutcome::unknown,
                    fmt::format("{}: it does not end within {} pages, in which it has {} keys that "
                                "can be ours",
                                what(), kPagesMax, listing_.keys.size())});
      }
      token_ = std::move(page->next_token);
      return ask();
    }
    listing_.is_last = !page->is_truncated && listing_.keys.size() <= limit_;
    if (listing_.keys.size() > limit_) listing_.keys.resize(limit_);
    end({ObjectOutcome::ok, {}});
  }

  // Gives what is wrong with the page.
  std::string take(const std::string& full) {
    if (full <= last_full_) return "its keys are not in byte order";
    last_full_ = full;
    std::string key = bucket_->own_key(full);
    if (key.empty() || !key_fault(key).empty()) return {};
    if (key.substr(0, prefix_.size()) != prefix_ || key <= after_) {
      return "it has a key that was not asked for";
    }
    listing_.keys.push_back(std::move(key));
    return {};
  }

  void end(ObjectResult result) {
    if (result.outcome != ObjectOutcome::ok) listing_ = {};
    listing_.result = std::move(result);
    done_(std::move(listing_));
  }

  const std::shared_ptr<S3Bucket> bucket_;
  const std::string prefix_;
  const std::string after_;
  const std::size_t limit_;
  const std::size_t wanted_;
  ObjectStore::Listed done_;
  ObjectListing listing_;
  std::string last_full_;
  std::string token_;
  std::size_t pages_ = 0;
  bool has_others_ = false;  ///< A page had no key of ours.
};

}  // namespace

void s3_list(std::shared_ptr<S3Bucket> bucket, std::string prefix, std::string after,
             std::size_t limit, ObjectStore::Listed done) {
  std::make_shared<List>(std::move(bucket), std::move(prefix), std::move(after), limit,
                         std::move(done))
      ->ask();
}

}  // namespace gossamer::objects
