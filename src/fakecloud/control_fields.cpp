#include "fakecloud/control_fields.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace gossamer::fakecloud {
namespace {

using nlohmann::json;

template <class... Parts>
[[noreturn]] void refuse(fmt::format_string<Parts...> why, Parts&&... parts) {
  throw std::invalid_argument{fmt::format(why, std::forward<Parts>(parts)...)};
}

template <class Names>
std::string joined(const Names& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

ControlFields::ControlFields(const json& body, std::string_view what,
                             std::initializer_list<const char*> known)
    : body_(body) {
  if (!body.is_object()) refuse("{} is a JSON object, not {}", what, body.type_name());
  for (const auto& [name, value] : body.items()) {
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (is_known) continue;
    if (known.size() == 0) refuse("{} has no fields, so not '{}'", what, name);
    refuse("{} has no field '{}': known are {}", what, name, joined(known));
  }
}

std::string ControlFields::text(const char* name, std::string otherwise) const {
  const auto found = body_.find(name);
  if (found == body_.end()) return otherwise;
  if (!found->is_string()) refuse("'{}' is a string, not {}", name, found->type_name());
  return found->get<std::string>();
}

std::string ControlFields::text(const char* name) const {
  std::string found = text(name, {});
  if (found.empty()) refuse("'{}' is missing, or empty", name);
  return found;
}

std::string ControlFields::address(const char* name, int family, std::string_view kind) const {
  std::string found = text(name, {});
  std::array<unsigned char, 16> bytes{};
  if (!found.empty() && inet_pton(family, found.c_str(), bytes.data()) != 1) {
    refuse("'{}' is no {} address: '{}'", name, kind, found);
  }
  return found;
}

std::string ControlFields::ipv4(const char* name) const {
  return address(name, AF_INET, "IPv4");
}
std::string ControlFields::ipv6(const char* name) const {
  return address(name, AF_INET6, "IPv6");
}

std::string ControlFields::one_of(const char* name, std::initializer_list<std::string_view> known,
                                  std::string otherwise) const {
  std::string found = text(name, std::move(otherwise));
  if (std::find(known.begin(), known.end(), found) == known.end()) {
    if (found.empty()) refuse("'{}' is missing, or empty: known are {}", name, joined(known));
    refuse("'{}' is '{}': known are {}", name, found, joined(known));
  }
  return found;
}

std::int64_t ControlFields::number(const char* name, std::int64_t least, std::int64_t most,
                                   std::int64_t otherwise) const {
  const auto found = body_.find(name);
  if (found == body_.end()) return otherwise;
  // Beyond 64 bits it is a floating-point number to the parser.
  const bool is_whole = found->is_number_integer();
  const bool is_huge =
      found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(most);
  const std::int64_t value = is_whole && !is_huge ? found->get<std::int64_t>() : least;
  if (!is_whole || is_huge || value < least || value > most) {
    refuse("'{}' is a whole number from {} to {}, not {}", name, least, most,
           found->dump(-1, ' ', true).substr(0, 100));
  }
  return value;
}

bool ControlFields::flag(const char* name) const {
  const auto found = body_.find(name);
  if (found == body_.end()) return false;
  if (!found->is_boolean()) refuse("'{}' is true or false, not {}", name, found->type_name());
  return found->get<bool>();
}

std::map<std::string, std::string> ControlFields::texts(const char* name) const {
  std::map<std::string, std::string> all;
  const auto found = body_.find(name);
  if (found == body_.end()) return all;
  if (!found->is_object()) refuse("'{}' is a JSON object, not {}", name, found->type_name());
  for (const auto& [key, value] : found->items()) {
    if (key.empty()) refuse("in '{}' a key is empty", name);
    if (!value.is_string())
      refuse("'{}' in '{}' is a string, not {}", key, name, value.type_name());
    all[key] = value.get<std::string>();
  }
  return all;
}

}  // namespace gossamer::fakecloud
