// The AWS tools' config and credentials files: the first byte says which is meant.

#include "aws/profile_file.hpp"

#include "choices.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const auto kind =
      choices.coin() ? aws::ProfileFileKind::config : aws::ProfileFileKind::credentials;
  const std::string text = to_text(choices.rest());
  const auto file = aws::parse_profile_file(text, kind, "a file");
  if (!file) {
    GOSSAMER_ASSERT(file.error().detail.size() < 128);  // Of the file it says nothing.
    return 0;
  }
  for (const auto& [name, settings] : file->profiles) {
    GOSSAMER_ASSERT(file->find(name).has_value());
    for (const auto& [key, setting] : settings) (void)aws::parse_nested_settings(setting, "a file");
  }
  return 0;
}
