#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gossamer::fakecloud {

/// The fields of one JSON object that a test has written. Whatever is not as it must be throws
/// std::invalid_argument, which names the field: what is misspelt would be a fault that never
/// strikes, and a test that shows nothing.
class ControlFields {
 public:
  /// `what` is for messages: "an instance". No field beside `known`.
  ControlFields(const nlohmann::json& body, std::string_view what,
                std::initializer_list<const char*> known);

  bool has(const char* name) const { return body_.contains(name); }
  std::string text(const char* name, std::string otherwise) const;
  /// Must be there, and not be empty.
  std::string text(const char* name) const;
  /// Empty, or an address of that kind.
  std::string ipv4(const char* name) const;
  std::string ipv6(const char* name) const;
  std::string one_of(const char* name, std::initializer_list<std::string_view> known,
                     std::string otherwise) const;
  std::int64_t number(const char* name, std::int64_t least, std::int64_t most,
                      std::int64_t otherwise) const;
  bool flag(const char* name) const;
  std::map<std::string, std::string> texts(const char* name) const;

 private:
  std::string address(const char* name, int family, std::string_view kind) const;
  const nlohmann::json& body_;
};

}  // namespace gossamer::fakecloud
