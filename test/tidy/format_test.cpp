// Sources look as clang-format leaves them, so that a change shows what was changed.

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "source_text.hpp"

namespace gossamer::tidy {
namespace {

/// The first line of each complaint: "FILE:LINE:COLUMN: error: ...".
std::vector<std::string> complaints_of(const std::string& command) {
  std::FILE* const output = ::popen(command.c_str(), "r");
  REQUIRE(output != nullptr);
  std::string text;
  std::array<char, 4096> part;
  for (std::size_t size = 0; (size = std::fread(part.data(), 1, part.size(), output)) > 0;) {
    text.append(part.data(), size);
  }
  const int status = ::pclose(output);
  std::vector<std::string> complaints;
  for (const std::string& line : lines_of(text)) {
    if (line.find("error: ") != std::string::npos) complaints.push_back(line);
  }
  if (status != 0 && complaints.empty()) complaints.push_back(command + ": " + text);
  return complaints;
}

TEST_CASE("format: every source is as clang-format leaves it") {
  std::vector<std::string> problems;
  for (const char* folder : {"src", "include", "examples", "bench", "test"}) {
    // Version 14 is Debian 12's; others break some lines elsewhere.
    std::string command = "cd '" + root().string() + "' && clang-format-14 --dry-run --Werror";
    for (const auto& file : sources_in(folder)) command += " '" + shown(file) + "'";
    for (std::string& complaint : complaints_of(command + " 2>&1")) {
      if (problems.size() < 20) problems.push_back(std::move(complaint));
    }
  }
  report(problems);
}

}  // namespace
}  // namespace gossamer::tidy
