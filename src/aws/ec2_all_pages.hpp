#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/ec2_describe_instances.hpp"

namespace gossamer::aws {

/// Puts the pages of one list together. Empty pages in the middle are passed over; an instance that
/// comes again, because the list changed between pages, is taken as it was told last.
class Ec2AllPages {
 public:
  struct Bounds {
    std::size_t pages_max = 100;
    std::size_t instances_max = 100'000;
  };
  Ec2AllPages() : Ec2AllPages(Bounds{}) {}
  explicit Ec2AllPages(Bounds bounds) : bounds_(bounds) {}

  /// True: the page of next_token() is to be asked for. Errors: corrupted, if the token was given
  /// before: following it would never end.
  Result<bool> add(Ec2Page page);

  const std::string& next_token() const noexcept { return next_token_; }
  std::size_t pages() const noexcept { return pages_; }
  const std::vector<Ec2Instance>& instances() const noexcept { return instances_; }
  std::vector<Ec2Instance> take() { return std::move(instances_); }
  /// That a bound was hit, and so what comes after is not known.
  const std::optional<Error>& problem() const noexcept { return problem_; }

 private:
  Bounds bounds_;
  std::size_t pages_ = 0;
  std::string next_token_{};
  std::set<std::string> tokens_{};
  std::vector<Ec2Instance> instances_{};
  std::map<std::string, std::size_t> index_of_{};
  std::optional<Error> problem_{};
};

}  // namespace gossamer::aws
