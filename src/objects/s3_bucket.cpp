#include "objects/s3_bucket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aws/endpoint.hpp"

namespace gossamer::objects {
namespace {

constexpr std::uint64_t kBytesPerSecondLeast = 256 * 1024;

std::string place_of(const S3Url& url) {
  return url.prefix.empty() ? "s3://" + url.bucket : "s3://" + url.bucket + "/" + url.prefix;
}

}  // namespace

S3Bucket::S3Bucket(S3Url url, aws::Session& session, S3Limits limits)
    : url_(std::move(url)),
      limits_(limits),
      place_(place_of(url_)),
      folder_(url_.prefix.empty() ? std::string{} : url_.prefix + "/"),
      session_(session) {}

std::string S3Bucket::own_key(std::string_view full) const {
  if (full.substr(0, folder_.size()) != folder_) return {};
  return std::string{full.substr(folder_.size())};
}

std::string S3Bucket::describe(std::string_view method, std::string_view key) const {
  return fmt::format("{} {}/{}", method, place_, key);
}

aws::Call S3Bucket::call(std::string method, const std::string& full_key) const {
  aws::Call call = call_of_bucket();
  call.method = std::move(method);
  call.path += full_key;
  return call;
}

aws::Call S3Bucket::call_of_bucket() const {
  aws::Call call;
  call.timeouts = limits_.timeouts;
  return call;
}

void S3Bucket::address(aws::Call& call) const {
  if (is_path_style_) {
    // A bucket's own path has no slash at its end: some servers take that for an empty key.
    call.path = call.path == "/" ? "/" + url_.bucket : "/" + url_.bucket + call.path;
  } else {
    call.host_prefix = url_.bucket + ".";
  }
}

void S3Bucket::encrypt(aws::Call& call) const {
  if (url_.sse.empty()) return;
  call.headers.push_back({"x-amz-server-side-encryption", url_.sse});
  if (url_.kms_key.empty()) return;
  call.headers.push_back({"x-amz-server-side-encryption-aws-kms-key-id", url_.kms_key});
}

void S3Bucket::set_body(aws::Call& call, std::shared_ptr<ByteSource> source,
                        const aws::Sha256& sha256) const {
  call.timeouts = timeouts_for(source->size());
  call.body = std::move(source);
  call.payload_sha256 = aws::to_hex(sha256);
  call.headers.push_back({"x-amz-checksum-sha256", aws::to_base64(sha256)});
}

http::Timeouts S3Bucket::timeouts_for(std::uint64_t bytes) const {
  http::Timeouts timeouts = limits_.timeouts;
  timeouts.whole += std::chrono::seconds{bytes / kBytesPerSecondLeast};
  return timeouts;
}

void S3Bucket::send(aws::Call call, Done done) {
  send([call = std::move(call)] { return call; }, &is_worth_repeating, limits_.repeats,
       std::move(done));
}

void S3Bucket::send(Make make, Judge is_worth_repeating, http::RetryPolicy policy, Done done) {
  Make addressed = [self = shared_from_this(), make = std::move(make)]() mutable {
    aws::Call call = make();
    self->address(call);
    return call;
  };
  with_client([make = std::move(addressed), judge = std::move(is_worth_repeating), policy,
               done = std::move(done)](Result<aws::SignedClient*> client) mutable {
    if (!client) return done(tl::unexpected<Error>(client.error()));
    (*client)->send(std::move(make), std::move(judge), policy, std::move(done));
  });
}

void S3Bucket::with_client(Ready ready) {
  if (*stopped_) return;
  if (client_ != nullptr) return ready(client_.get());
  waiting_.push_back(std::move(ready));
  if (waiting_.size() > 1) return;
  // Later, for the region may be at hand, and no answer may come from inside the call.
  post([self = shared_from_this()] { self->find_region(); });
}

void S3Bucket::find_region() {
  session_.find_region(url_.region, [weak = weak_from_this()](Result<std::string> region) {
    const auto self = weak.lock();
    if (self != nullptr && !*self->stopped_) self->on_region(std::move(region));
  });
}

void S3Bucket::on_region(Result<std::string> region) {
  if (!region) return end_waiting(tl::unexpected<Error>(region.error()));
  session_.find_endpoint("s3", url_.endpoint,
                         [weak = weak_from_this(), region = *region](Result<std::string> endpoint) {
                           const auto self = weak.lock();
                           if (self == nullptr || *self->stopped_) return;
                           self->on_endpoint(region, std::move(endpoint));
                         });
}

void S3Bucket::on_endpoint(const std::string& region, Result<std::string> endpoint) {
  if (endpoint && url_.style == S3Url::Style::by_endpoint) {
    const bool has_dot = url_.bucket.find('.') != std::string::npos;
    is_path_style_ = !endpoint->empty() || has_dot;
  } else {
    is_path_style_ = url_.style == S3Url::Style::path;
  }
  if (endpoint && endpoint->empty()) endpoint = aws::endpoint_of("s3", region, url_.is_dual_stack);
  if (!endpoint) return end_waiting(tl::unexpected<Error>(endpoint.error()));
  end_waiting(open_client(region, std::move(*endpoint)));
}

void S3Bucket::end_waiting(const Result<void>& opened) {
  // An answer may close the store, and what waits must not be touched then.
  std::vector<Ready> waiting = std::move(waiting_);
  waiting_.clear();
  for (Ready& ready : waiting) {
    if (*stopped_) return;
    if (opened) {
      ready(client_.get());
    } else {
      ready(tl::unexpected<Error>(opened.error()));
    }
  }
}

Result<void> S3Bucket::open_client(const std::string& region, std::string endpoint) {
  Result<http::Client*> client = session_.client();
  if (!client) return tl::unexpected<Error>(client.error());
  Result<aws::CredentialsChain*> credentials = session_.credentials();
  if (!credentials) return tl::unexpected<Error>(credentials.error());
  aws::SignedClient::Options options;
  options.endpoint = std::move(endpoint);
  options.region = region;
  options.service = "s3";
  client_ = std::make_unique<aws::SignedClient>(session_.loop(), **client, **credentials,
                                                std::move(options), session_.next_seed());
  return {};
}

void S3Bucket::post(UniqueFunction<void()> task) {
  if (*stopped_) return;
  session_.workers().post([task = std::move(task), stopped = stopped_]() mutable {
    if (!*stopped) task();
  });
}

std::uint64_t S3Bucket::on_close(UniqueFunction<void()> end) {
  const std::uint64_t closer = next_closer_++;
  if (!*stopped_) closers_.emplace(closer, std::move(end));
  return closer;
}

void S3Bucket::close() {
  if (stopped_->exchange(true)) return;
  client_.reset();
  // What they hold may be the last that holds this.
  const auto self = shared_from_this();
  const auto waiting = std::exchange(waiting_, {});
  auto closers = std::exchange(closers_, {});
  for (auto& [id, end] : closers) end();
}

}  // namespace gossamer::objects
