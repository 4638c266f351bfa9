#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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
    std::size_t text_bytes_max = std::size_t{32} * 1024 * 1024;  ///< Of what instances say.
  };
  Ec2AllPages() : Ec2AllPages(Bounds{}) {}
  /// Of instances' tags only those with these keys are kept.
  explicit Ec2AllPages(Bounds bounds, std::set<std::string> tag_keys = {})
      : bounds_(bounds), tag_keys_(std::move(tag_keys)) {}

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
  bool put(Ec2Instance instance);
  void stop(std::string_view what, std::size_t most);

  Bounds bounds_;
  std::set<std::string> tag_keys_;
  std::size_t text_bytes_ = 0;
  std::size_t pages_ = 0;
  std::string next_token_{};
  std::set<std::string> tokens_{};
  std::vector<Ec2Instance> instances_{};
  std::map<std::string, std::size_t> index_of_{};
  std::optional<Error> problem_{};
};

}  // namespace gossamer::aws
