#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gossamer::fakecloud {

/// Writes an XML document, element by element.
class XmlWriter {
 public:
  /// The document's root. `xmlns` may be empty.
  explicit XmlWriter(std::string_view root, std::string_view xmlns = {});
  XmlWriter& open(std::string_view name);
  XmlWriter& close();
  /// `<name>text</name>`, escaped.
  XmlWriter& text(std::string_view name, std::string_view text);
  /// Closes what is open.
  std::string finish();

 private:
  std::string text_;
  std::vector<std::string> open_{};
};

}  // namespace gossamer::fakecloud
