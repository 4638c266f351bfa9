#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fakecloud/instance_list.hpp"

namespace gossamer::fakecloud {

/// One of DescribeInstances: any of its values fits.
struct InstanceFilter {
  std::string name{};
  std::vector<std::string> values{};
};

/// False if it is none that the fake knows.
bool is_known_filter(std::string_view name);
bool fits(const InstanceFilter& filter, const Machine& machine);
/// `*` is any text, `?` any character, `\` takes the next as it stands.
bool matches_wildcards(std::string_view pattern, std::string_view text);

}  // namespace gossamer::fakecloud
