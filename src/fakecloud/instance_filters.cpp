#include "fakecloud/instance_filters.hpp"

#include <algorithm>
#include <map>

namespace gossamer::fakecloud {
namespace {

using Field = const std::string& (*)(const Machine&);

const std::map<std::string_view, Field>& fields() {
  static const std::map<std::string_view, Field> kFields = {
      {"instance-state-name",
       [](const Machine& m) -> const std::string& { return m.instance.state; }},
      {"availability-zone", [](const Machine& m) -> const std::string& { return m.instance.zone; }},
      {"vpc-id", [](const Machine& m) -> const std::string& { return m.instance.vpc; }},
      {"subnet-id", [](const Machine& m) -> const std::string& { return m.subnet; }},
      {"instance-id", [](const Machine& m) -> const std::string& { return m.instance.id; }},
      {"instance-type",
       [](const Machine& m) -> const std::string& { return m.instance.instance_type; }},
      {"private-ip-address",
       [](const Machine& m) -> const std::string& { return m.instance.private_v4; }},
      {"ip-address", [](const Machine& m) -> const std::string& { return m.instance.public_v4; }},
      {"reservation-id", [](const Machine& m) -> const std::string& { return m.reservation; }},
  };
  return kFields;
}

bool is_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_wildcards(pattern, text); });
}

}  // namespace

bool is_known_filter(std::string_view name) {
  return name.substr(0, 4) == "tag:" || name == "tag-key" || name == "tag-value" ||
         fields().count(name) == 1;
}

bool fits(const InstanceFilter& filter, const Machine& machine) {
  const auto& tags = machine.instance.tags;
  const auto any_tag = [&](const auto& is_it) {
    return std::any_of(tags.begin(), tags.end(), is_it);
  };
  if (filter.name == "tag-key") {
    return any_tag([&](const auto& tag) { return is_any(filter.values, tag.first); });
  }
  if (filter.name == "tag-value") {
    return any_tag([&](const auto& tag) { return is_any(filter.values, tag.second); });
  }
  if (filter.name.rfind("tag:", 0) == 0) {
    const auto tag = tags.find(filter.name.substr(4));
    return tag != tags.end() && is_any(filter.values, tag->second);
  }
  const auto field = fields().find(filter.name);
  return field != fields().end() && is_any(filter.values, field->second(machine));
}

bool matches_wildcards(std::string_view pattern, std::string_view text) {
  // Goes back to the last star only, so that it is quadratic at worst.
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    const bool is_escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && !is_escaped && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (is_escaped && pattern[p + 1] == text[t]) {
      p += 2;
      ++t;
    } else if (p < pattern.size() && !is_escaped && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace gossamer::fakecloud
