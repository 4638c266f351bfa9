#include "aws/ec2_all_pages.hpp"

#include <fmt/format.h>

#include <utility>

namespace gossamer::aws {

namespace {

std::size_t text_bytes_of(const Ec2Instance& instance) {
  std::size_t bytes = instance.id.size() + instance.state.size() + instance.private_v4.size() +
                      instance.public_v4.size() + instance.ipv6.size() + instance.zone.size();
  for (const auto& [key, value] : instance.tags) bytes += key.size() + value.size();
  return bytes;
}

}  // namespace

void Ec2AllPages::stop(std::string_view what, std::size_t most) {
  problem_ = Error{ErrorCode::resource_exhausted,
                   fmt::format("DescribeInstances has more than {} {}: the rest is not looked at; "
                               "name tags that fewer have",
                               most, what)};
}

/// False if a bound was hit.
bool Ec2AllPages::put(Ec2Instance instance) {
  std::erase_if(instance.tags, [&](const auto& tag) { return tag_keys_.count(tag.first) == 0; });
  const auto at = index_of_.find(instance.id);
  const bool is_new = at == index_of_.end();
  if (is_new && instances_.size() == bounds_.instances_max) {
    stop("instances", bounds_.instances_max);
    return false;
  }
  const std::size_t before = is_new ? 0 : text_bytes_of(instances_[at->second]);
  const std::size_t bytes = text_bytes_ - before + text_bytes_of(instance);
  if (bytes > bounds_.text_bytes_max) {
    stop("bytes of text", bounds_.text_bytes_max);
    return false;
  }
  text_bytes_ = bytes;
  if (!is_new) {
    instances_[at->second] = std::move(instance);
    return true;
  }
  index_of_.emplace(instance.id, instances_.size());
  instances_.push_back(std::move(instance));
  return true;
}

Result<bool> Ec2AllPages::add(Ec2Page page) {
  ++pages_;
  for (Ec2Instance& instance : page.instances) {
    if (!put(std::move(instance))) return false;
  }
  next_token_ = std::move(page.next_token);
  if (next_token_.empty()) return false;
  if (!tokens_.insert(next_token_).second) {
    return fail(ErrorCode::corrupted,
                fmt::format("DescribeInstances gave the same NextToken twice, by page {}", pages_));
  }
  if (pages_ == bounds_.pages_max) {
    stop("pages", bounds_.pages_max);
    return false;
  }
  return true;
}

}  // namespace gossamer::aws
