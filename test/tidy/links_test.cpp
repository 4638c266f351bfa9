// Documents point at files and headings that exist.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "source_text.hpp"

namespace fs = std::filesystem;

namespace gossamer::tidy {
namespace {

std::vector<fs::path> documents() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(root())) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  for (const char* folder : {"docs", "examples", "bench"}) {
    if (!fs::exists(root() / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
      if (entry.path().extension() == ".md") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Line {
  std::string text{};
  int number = 0;
};

// Lines outside fenced blocks.
std::vector<Line> prose_of(const std::string& document) {
  std::vector<Line> prose;
  bool is_fenced = false;
  int number = 0;
  for (const std::string& line : lines_of(document)) {
    ++number;
    if (line.rfind("```", 0) == 0) {
      is_fenced = !is_fenced;
    } else if (!is_fenced) {
      prose.push_back({line, number});
    }
  }
  return prose;
}

// As the usual renderers make them: lower case, spaces to dashes, punctuation dropped.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading.substr(heading.find_first_not_of("# "))) {
    if (c == ' ') {
      anchor += '-';
    } else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return anchor;
}

bool has_heading(const fs::path& document, const std::string& anchor) {
  for (const Line& line : prose_of(read(document))) {
    if (line.text.rfind('#', 0) == 0 && line.text.find_first_not_of("# ") != std::string::npos &&
        anchor_of(line.text) == anchor) {
      return true;
    }
  }
  return false;
}

// Empty if the link leads somewhere.
std::string problem_of(const fs::path& document, const std::string& link) {
  static const std::regex elsewhere{R"(^[a-z]+:)"};
  if (std::regex_search(link, elsewhere)) return {};
  const std::size_t hash = link.find('#');
  const std::string path = link.substr(0, hash);
  const fs::path target = path.empty() ? document : document.parent_path() / path;
  if (!fs::exists(target)) return "no such file";
  const bool has_anchor = hash != std::string::npos && target.extension() == ".md";
  if (has_anchor && !has_heading(target, link.substr(hash + 1))) return "no such heading";
  return {};
}

TEST_CASE("links: an anchor is made as renderers make it") {
  CHECK(anchor_of("## How to add a message") == "how-to-add-a-message");
  CHECK(anchor_of("# Frame: 56 bytes") == "frame-56-bytes");
}

TEST_CASE("links: every link in a document leads to a file and a heading that exist") {
  static const std::regex link{R"(\]\(([^)\s]+)\))"};
  std::vector<std::string> problems;
  for (const auto& document : documents()) {
    for (const Line& line : prose_of(read(document))) {
      for (std::sregex_iterator at{line.text.begin(), line.text.end(), link}, end; at != end;
           ++at) {
        const std::string why = problem_of(document, (*at)[1].str());
        if (why.empty()) continue;
        problems.push_back(shown(document) + ":" + std::to_string(line.number) + " links to " +
                           (*at)[1].str() + ": " + why);
      }
    }
  }
  report(problems);
}

TEST_CASE("links: every source that a document names exists") {
  // `src/wire/frame.hpp`, but not `src/<room>` and not what a build makes.
  static const std::regex named{
      R"(`((\./)?(src|include|test|docs|examples|bench)/[A-Za-z0-9_./-]*[A-Za-z0-9_/])`)"};
  std::vector<std::string> problems;
  for (const auto& document : documents()) {
    for (const Line& line : prose_of(read(document))) {
      for (std::sregex_iterator at{line.text.begin(), line.text.end(), named}, end; at != end;
           ++at) {
        if (fs::exists(root() / (*at)[1].str())) continue;
        problems.push_back(shown(document) + ":" + std::to_string(line.number) + " names " +
                           (*at)[1].str());
      }
    }
  }
  report(problems);
}

}  // namespace
}  // namespace gossamer::tidy
