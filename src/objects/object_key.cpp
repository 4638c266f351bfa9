#include "objects/object_key.hpp"

#include <fmt/format.h>

namespace gossamer::objects {
namespace {

bool is_key_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '/';
}

std::string text_fault(std::string_view text) {
  if (text.size() > kKeyBytesMax) {
    return fmt::format("it has {} bytes and {} are allowed", text.size(), kKeyBytesMax);
  }
  for (const char c : text) {
    if (!is_key_character(c)) return "only A-Z a-z 0-9 - _ . / are allowed";
  }
  return {};
}

std::string part_fault(std::string_view part) {
  if (part.empty()) return "an empty part between, before or after slashes is not allowed";
  if (part == "." || part == "..") return "the parts . and .. are not allowed";
  return {};
}

// The parts that a slash ends.
std::string ended_parts_fault(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t slash = text.find('/'); slash != std::string_view::npos;
       slash = text.find('/', begin)) {
    if (std::string fault = part_fault(text.substr(begin, slash - begin)); !fault.empty()) {
      return fault;
    }
    begin = slash + 1;
  }
  return {};
}

}  // namespace

std::string key_fault(std::string_view key) {
  if (std::string fault = text_fault(key); !fault.empty()) return fault;
  if (std::string fault = ended_parts_fault(key); !fault.empty()) return fault;
  const std::size_t slash = key.rfind('/');
  return part_fault(slash == std::string_view::npos ? key : key.substr(slash + 1));
}

std::string prefix_fault(std::string_view prefix) {
  if (std::string fault = text_fault(prefix); !fault.empty()) return fault;
  return ended_parts_fault(prefix);
}

}  // namespace gossamer::objects
