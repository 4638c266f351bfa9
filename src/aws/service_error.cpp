#include "aws/service_error.hpp"

#include <algorithm>
#include <pugixml.hpp>
#include <string_view>

namespace gossamer::aws {
namespace {

constexpr std::size_t kBodyBytesMax = 256 * 1024;
constexpr std::size_t kCodeBytesMax = 100;
constexpr std::size_t kMessageBytesMax = 500;

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kCodeBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

/// Cut between characters of UTF-8, not inside one.
std::string harmless(std::string_view text) {
  if (text.size() > kMessageBytesMax) {
    std::size_t end = kMessageBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string message{text};
  std::replace_if(
      message.begin(), message.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return message;
}

}  // namespace

ServiceError parse_service_error(const http::Response& response) {
  ServiceError error;
  if (response.body.empty() || response.body.size() > kBodyBytesMax) return error;
  pugi::xml_document document;
  if (!document.load_buffer(response.body.data(), response.body.size())) return error;
  const pugi::xml_node root = document.document_element();
  const std::string_view name = root.name();
  pugi::xml_node found;
  if (name == "Error") found = root;
  if (name == "Response") found = root.child("Errors").child("Error");
  if (name == "ErrorResponse") found = root.child("Error");
  const std::string_view code = found.child_value("Code");
  if (!is_code(code)) return error;
  error.code = code;
  error.message = harmless(found.child_value("Message"));
  return error;
}

}  // namespace gossamer::aws
