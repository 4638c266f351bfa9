#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/instance_metadata.hpp"
#include "aws/secret.hpp"
#include "http/retries.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::aws {

/// One session with the instance metadata service: the token that every request carries, asked for
/// when it is needed and renewed before it ends.
///
/// **Threads**: the loop thread only. **Lifetime**: shared; requests under way hold it weakly.
class MetadataSession : public std::enable_shared_from_this<MetadataSession> {
 public:
  template <class T>
  using Done = InstanceMetadata::Done<T>;

  MetadataSession(UvLoop& loop, http::Client& client, InstanceMetadata::Options options);

  /// As InstanceMetadata::get.
  void get(std::string path, Done<std::string> done) {
    get(std::move(path), std::move(done), true);
  }
  /// Runs at the loop's next turn, unless closed by then.
  void later(UniqueFunction<void()> task);
  Error problem(ErrorCode code, std::string_view what, std::string_view why) const;
  /// No answer follows. Idempotent.
  void close();
  bool is_closed() const { return is_closed_; }

 private:
  struct Token {
    Secret value{};
    std::uint64_t number = 0;  ///< 0: none yet.
    Instant renew_at{}, expires{};
  };
  struct Waiting {
    std::string path;
    Done<std::string> done;
    bool may_repeat;
  };

  void get(std::string path, Done<std::string> done, bool may_repeat);
  void run_deferred();
  void ask_token();
  void on_token(Result<http::Response> ended);
  std::optional<Error> take_token(Result<http::Response>& ended);
  void send(Waiting asked);
  void on_answer(Waiting asked, std::uint64_t token_number, Result<http::Response> ended);

  InstanceMetadata::Options options_;
  UvClock clock_{};
  http::Retries retries_;
  UvTimer soon_;
  std::deque<UniqueFunction<void()>> deferred_{};
  bool is_closed_ = false;
  Token token_{};
  bool is_asking_token_ = false;
  std::deque<Waiting> waiting_{};
};

}  // namespace gossamer::aws
