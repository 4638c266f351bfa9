#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// C++ and its files, as far as the tidy tests need to understand them.

namespace gossamer::tidy {

/// The project's root.
std::filesystem::path root();
/// Sources and headers below `folder` of the root, in order; nothing if there is no such folder.
std::vector<std::filesystem::path> sources_in(std::string_view folder);
std::string read(const std::filesystem::path& file);
std::vector<std::string> lines_of(const std::string& text);
/// For messages: the path from the root.
std::string shown(const std::filesystem::path& file);

/// Comments and what stands within quotes become spaces; lines stay where they are.
std::string without_comments_and_strings(std::string_view source);

struct Include {
  std::string path{};
  bool is_angled = false;
  int line = 0;
};
std::vector<Include> includes_of(const std::string& source);

struct Word {
  std::string text{};
  int line = 0;
};
/// Names as they are written, qualified or not, e.g. `std::thread` and `now`, outside comments.
std::vector<Word> words_of(const std::string& source);

struct Function {
  std::string head{};
  int line = 0;   ///< Of its opening brace.
  int lines = 0;  ///< From there to its closing brace, both included.
};
/// Functions that are not within another one.
std::vector<Function> functions_of(const std::string& source);

/// Fails the running test if there is a problem, and lists all of them.
void report(const std::vector<std::string>& problems);

}  // namespace gossamer::tidy
