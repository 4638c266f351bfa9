#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/ec2_describe_instances.hpp"
#include "aws/session.hpp"
#include "discovery/ec2_url.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

/// All instances that EC2 lists for a URL, by as many calls as there are pages.
///
/// **Threads**: the loop thread only. **Lifetime**: `session` outlives it; no `done` runs once it
/// is destroyed.
class Ec2Lister {
 public:
  struct Listing {
    std::vector<aws::Ec2Instance> instances{};
    std::size_t pages = 0;
    std::optional<Error> problem{};  ///< That the list goes on beyond a bound.
  };
  struct Failure {
    Error error{};
    bool is_throttled = false;  ///< EC2 said that it is asked too often.
  };
  using Done = UniqueFunction<void(tl::expected<Listing, Failure>)>;
  /// EC2 answers within a second or two. A list that is not whole by then is a failure.
  struct Bounds {
    std::chrono::milliseconds silence{10'000};
    std::chrono::milliseconds page{30'000};
    std::chrono::milliseconds all_pages{120'000};  ///< No page is asked for after it.
  };

  Ec2Lister(const Ec2Url& url, aws::Session& session) : Ec2Lister(url, session, Bounds{}) {}
  Ec2Lister(const Ec2Url& url, aws::Session& session, Bounds bounds);
  ~Ec2Lister();

  /// One at a time. `done` may run before this returns.
  void list(Done done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gossamer
