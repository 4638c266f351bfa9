#include "aws/ec2_all_pages.hpp"

#include <fmt/format.h>

#include <utility>

namespace gossamer::aws {

Result<bool> Ec2AllPages::add(Ec2Page page) {
  ++pages_;
  for (Ec2Instance& instance : page.instances) {
    const auto [at, is_new] = index_of_.try_emplace(instance.id, instances_.size());
    if (!is_new) {
      instances_[at->second] = std::move(instance);
      continue;
    }
    if (instances_.size() == bounds_.instances_max) {
      index_of_.erase(at);
      problem_ =
          Error{ErrorCode::resource_exhausted,
                fmt::format("DescribeInstances lists more than {} instances: the rest is not "
                            "looked at; name tags that fewer have",
                            bounds_.instances_max)};
      return false;
    }
    instances_.push_back(std::move(instance));
  }
  next_token_ = std::move(page.next_token);
  if (next_token_.empty()) return false;
  if (!tokens_.insert(next_token_).second) {
    return fail(ErrorCode::corrupted,
                fmt::format("DescribeInstances gave the same NextToken twice, by page {}", pages_));
  }
  if (pages_ == bounds_.pages_max) {
    problem_ = Error{ErrorCode::resource_exhausted,
                     fmt::format("DescribeInstances has more than {} pages: the rest is not looked "
                                 "at; name tags that fewer have",
                                 bounds_.pages_max)};
    return false;
  }
  return true;
}

}  // namespace gossamer::aws
