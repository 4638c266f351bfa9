#include "fakecloud/xml_writer.hpp"

#include <fmt/format.h>

namespace gossamer::fakecloud {
namespace {

void append_escaped(std::string& to, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': to += "&amp;"; break;
      case '<': to += "&lt;"; break;
      case '>': to += "&gt;"; break;
      case '"': to += "&quot;"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          to += fmt::format("&#x{:x};", static_cast<unsigned>(c));
        } else {
          to += c;
        }
    }
  }
}

}  // namespace

XmlWriter::XmlWriter(std::string_view root, std::string_view xmlns)
    : text_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {
  text_.append("<").append(root);
  if (!xmlns.empty()) text_.append(" xmlns=\"").append(xmlns).append("\"");
  text_ += '>';
  open_.emplace_back(root);
}

XmlWriter& XmlWriter::open(std::string_view name) {
  text_.append("<").append(name).append(">");
  open_.emplace_back(name);
  return *this;
}

XmlWriter& XmlWriter::close() {
  text_.append("</").append(open_.back()).append(">");
  open_.pop_back();
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view name, std::string_view text) {
  text_.append("<").append(name).append(">");
  append_escaped(text_, text);
  text_.append("</").append(name).append(">");
  return *this;
}

std::string XmlWriter::finish() {
  while (!open_.empty()) close();
  return std::move(text_);
}

}  // namespace gossamer::fakecloud
