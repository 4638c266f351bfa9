// A file is one concept that a person can hold in mind, named after it.

#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "source_text.hpp"

namespace gossamer::tidy {
namespace {

constexpr std::size_t kFileLinesMax = 600;
constexpr int kFunctionLinesMax = 70;

std::vector<std::filesystem::path> all_sources() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"src", "include", "examples", "bench"}) {
    const auto more = sources_in(folder);
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

TEST_CASE("size: no file has more than 600 lines") {
  std::vector<std::string> problems;
  for (const auto& file : all_sources()) {
    const std::size_t lines = lines_of(read(file)).size();
    if (lines > kFileLinesMax) {
      problems.push_back(shown(file) + " has " + std::to_string(lines) + " lines");
    }
  }
  report(problems);
}

TEST_CASE("size: no function has more than 70 lines") {
  std::vector<std::string> problems;
  for (const char* folder : {"src", "include", "examples", "bench"}) {
    for (const auto& file : sources_in(folder)) {
      for (const Function& function : functions_of(read(file))) {
        if (function.lines <= kFunctionLinesMax) continue;
        problems.push_back(shown(file) + ":" + std::to_string(function.line) + " has " +
                           std::to_string(function.lines) + " lines");
      }
    }
  }
  report(problems);
}

TEST_CASE("size: no file or folder is named after nothing in particular") {
  const std::set<std::string> kBanned = {"util",   "utils",   "utility", "utilities", "common",
                                         "helper", "helpers", "misc",    "manager",   "managers"};
  std::vector<std::string> problems;
  for (const auto& file : all_sources()) {
    for (auto part : file.lexically_relative(root())) {
      std::istringstream words{part.replace_extension().string()};
      for (std::string word; std::getline(words, word, '_');) {
        if (kBanned.count(word) == 1) problems.push_back(shown(file));
      }
    }
  }
  report(problems);
}

}  // namespace
}  // namespace gossamer::tidy
