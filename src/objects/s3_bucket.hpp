#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/session.hpp"
#include "aws/signed_client.hpp"
#include "objects/s3_answers.hpp"
#include "objects/s3_body.hpp"
#include "objects/s3_object_store.hpp"

namespace gossamer::objects {

/// One bucket and prefix, as the operations of the store see it: keys become calls, and calls are
/// sent once the region is known.
///
/// **Threads**: the loop thread only. **Lifetime**: operations share it; after close() it never
/// touches the session.
class S3Bucket : public std::enable_shared_from_this<S3Bucket> {
 public:
  using Make = aws::SignedClient::Make;
  using Judge = http::Retries::Judge;
  using Done = UniqueFunction<void(S3Answer)>;

  S3Bucket(S3Url url, aws::Session& session, S3Limits limits);

  const std::string& place() const { return place_; }
  const S3Limits& limits() const { return limits_; }

  /// A key as the bucket has it: with the prefix.
  std::string full_key(std::string_view key) const { return folder_ + std::string{key}; }
  /// The other way; empty if it is not below the prefix.
  std::string own_key(std::string_view full) const;
  /// `PUT s3://bucket/prefix/key`, for messages.
  std::string describe(std::string_view method, std::string_view key) const;

  /// Calls hold the path below the bucket; send() puts the bucket before it.
  aws::Call call(std::string method, const std::string& full_key) const;
  aws::Call call_of_bucket() const;
  /// Asks for server-side encryption where the URL does.
  void encrypt(aws::Call& call) const;
  void set_body(aws::Call& call, std::shared_ptr<ByteSource> source,
                const aws::Sha256& sha256) const;
  /// As long as `bytes` may take.
  http::Timeouts timeouts_for(std::uint64_t bytes) const;

  void send(aws::Call call, Done done);
  void send(Make make, Judge is_worth_repeating, http::RetryPolicy policy, Done done);

  /// `work(stopped)` on a worker, then `done` on the loop unless the store was closed.
  template <class Answer>
  void run(UniqueFunction<Answer(const std::atomic<bool>&)> work,
           UniqueFunction<void(Answer)> done);
  /// Soon, unless the store was closed.
  void post(UniqueFunction<void()> task);
  /// `end` runs at close(), unless it is taken back before.
  std::uint64_t on_close(UniqueFunction<void()> end);
  void take_back(std::uint64_t closer) { closers_.erase(closer); }
  /// Ends everything; no `done` follows. Idempotent.
  void close();

 private:
  using Ready = UniqueFunction<void(Result<aws::SignedClient*>)>;
  void with_client(Ready ready);
  void find_region();
  void on_region(Result<std::string> region);
  void on_endpoint(const std::string& region, Result<std::string> endpoint);
  Result<void> open_client(const std::string& region, std::string endpoint);
  void end_waiting(const Result<void>& opened);
  void address(aws::Call& call) const;

  const S3Url url_;
  const S3Limits limits_;
  const std::string place_;
  const std::string folder_;  ///< The prefix with a slash, or nothing.
  aws::Session& session_;
  const std::shared_ptr<std::atomic<bool>> stopped_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<aws::SignedClient> client_;
  bool is_path_style_ = false;
  std::vector<Ready> waiting_;  ///< For the region.
  std::map<std::uint64_t, UniqueFunction<void()>> closers_;
  std::uint64_t next_closer_ = 1;
};

template <class Answer>
void S3Bucket::run(UniqueFunction<Answer(const std::atomic<bool>&)> work,
                   UniqueFunction<void(Answer)> done) {
  if (*stopped_) return;
  auto answer = std::make_shared<std::optional<Answer>>();
  session_.workers().run(
      [work = std::move(work), answer, stopped = stopped_]() mutable { *answer = work(*stopped); },
      [answer, done = std::move(done), stopped = stopped_]() mutable {
        if (!*stopped) done(std::move(**answer));
      });
}

}  // namespace gossamer::objects
