// That each public header compiles alone is shown by the build, which compiles one source for each
// of those in GOSSAMER_HEADERS_FILE. Here: that none was left out, and that each is guarded.

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "source_text.hpp"

namespace gossamer::tidy {
namespace {

TEST_CASE("headers: the build compiles each public header alone") {
  std::set<std::string> compiled;
  for (const std::string& line : lines_of(read(GOSSAMER_HEADERS_FILE))) compiled.insert(line);
  std::vector<std::string> problems;
  for (const auto& file : sources_in("include")) {
    const std::string name = file.lexically_relative(root() / "include").string();
    if (compiled.count(name) == 0) problems.push_back(name);
  }
  report(problems);
}

TEST_CASE("headers: every header is guarded") {
  std::vector<std::string> problems;
  for (const char* folder : {"include", "src", "examples", "bench", "test"}) {
    for (const auto& file : sources_in(folder)) {
      if (file.extension() != ".hpp") continue;
      if (read(file).find("#pragma once\n") == std::string::npos) problems.push_back(shown(file));
    }
  }
  report(problems);
}

TEST_CASE("headers: no header opens a namespace for everybody") {
  std::vector<std::string> problems;
  for (const char* folder : {"include", "src"}) {
    for (const auto& file : sources_in(folder)) {
      if (file.extension() != ".hpp") continue;
      const std::string code = without_comments_and_strings(read(file));
      if (code.find("\nusing namespace ") != std::string::npos) problems.push_back(shown(file));
    }
  }
  report(problems);
}

}  // namespace
}  // namespace gossamer::tidy
