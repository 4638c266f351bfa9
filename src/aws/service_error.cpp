#include "aws/service_error.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <pugixml.hpp>
#include <sstream>
#include <string_view>

#include "aws/uri.hpp"

namespace gossamer::aws {
namespace {

constexpr std::size_t kBodyBytesMax = 256 * 1024;
constexpr std::size_t kCodeBytesMax = 100;
constexpr std::size_t kMessageBytesMax = 500;
// Pieces of this size are looked for, one after the other: 32 bytes in a row hold a whole one.
constexpr std::size_t kPieceBytes = 16;
// Shorter ones are those of servers for tests, such as `test`, and would be found in any words.
constexpr std::size_t kSecretBytesMin = 8;
constexpr const char* kHiddenCode = "Hidden";
constexpr const char* kHiddenMessage = "(its words quote what is secret, and are left out)";

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kCodeBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

/// The first character of `text`; nothing if its bytes are no UTF-8.
std::optional<Character> first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return std::nullopt;
  char32_t code = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80U) return std::nullopt;
    code = (code << 6) | (next & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[bytes] || code > 0x10ffff) return std::nullopt;
  return Character{code, bytes};
}

/// Acted on instead of shown: controls of terminals, line ends, directions, and what has no width.
bool is_acted_on(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

std::string harmless(std::string_view text) {
  std::string message;
  while (!text.empty()) {
    const auto character = first_character(text);
    const std::size_t bytes = character ? character->bytes : 1;
    std::string_view shown = text.substr(0, bytes);
    if (!character) shown = "?";
    if (character && is_acted_on(character->code)) shown = " ";
    if (message.size() + shown.size() > kMessageBytesMax) break;
    message += shown;
    text.remove_prefix(bytes);
  }
  return message;
}

/// As the service wrote it.
std::optional<ServiceError> read_error(const http::Response& response) {
  if (response.body.empty() || response.body.size() > kBodyBytesMax) return std::nullopt;
  pugi::xml_document document;
  if (!document.load_buffer(response.body.data(), response.body.size())) return std::nullopt;
  const pugi::xml_node root = document.document_element();
  const std::string_view name = root.name();
  pugi::xml_node found;
  if (name == "Error") found = root;
  if (name == "Response") found = root.child("Errors").child("Error");
  if (name == "ErrorResponse") found = root.child("Error");
  ServiceError error{found.child_value("Code"), found.child_value("Message")};
  if (!is_code(error.code)) return std::nullopt;
  return error;
}

void write_error(http::Response& response, const std::string& code, const std::string& message) {
  pugi::xml_document document;
  pugi::xml_node error = document.append_child("Error");
  error.append_child("Code").text().set(code.c_str());
  error.append_child("Message").text().set(message.c_str());
  std::ostringstream text;
  document.save(text, "", pugi::format_raw);
  response.body = to_bytes(text.str());
}

bool holds(std::string_view text, std::string_view secret) {
  if (secret.size() < kSecretBytesMin) return false;
  if (secret.size() < kPieceBytes) return text.find(secret) != std::string_view::npos;
  for (std::size_t at = 0; at + kPieceBytes <= secret.size(); at += kPieceBytes) {
    if (text.find(secret.substr(at, kPieceBytes)) != std::string_view::npos) return true;
  }
  return false;
}

/// Percent-encoded as little or as much as anyone does it: read the way back.
bool quotes(std::string_view text, const std::vector<Secret>& secrets) {
  const std::optional<std::string> decoded = uri_decode(text);
  return std::any_of(secrets.begin(), secrets.end(), [&](const Secret& secret) {
    return holds(text, secret.reveal()) || (decoded && holds(*decoded, secret.reveal()));
  });
}

}  // namespace

ServiceError parse_service_error(const http::Response& response) {
  std::optional<ServiceError> error = read_error(response);
  if (!error) return {};
  error->message = harmless(error->message);
  return *error;
}

void hide_quoted(http::Response& response, const std::vector<Secret>& secrets) {
  const std::optional<ServiceError> error = read_error(response);
  if (!error) return;
  const bool is_code_quoted = quotes(error->code, secrets);
  if (!is_code_quoted && !quotes(error->message, secrets)) return;
  write_error(response, is_code_quoted ? kHiddenCode : error->code, kHiddenMessage);
}

void put_before_message(http::Response& response, std::string_view note) {
  const std::optional<ServiceError> error = read_error(response);
  if (!error) return;
  const std::string_view joint = error->message.empty() ? "" : "; ";
  write_error(response, error->code, std::string{note}.append(joint).append(error->message));
}

}  // namespace gossamer::aws
