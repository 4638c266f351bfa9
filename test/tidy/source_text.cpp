#include "source_text.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <fstream>
#include <regex>
#include <sstream>

namespace fs = std::filesystem;

namespace gossamer::tidy {
namespace {

bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Where the literal or comment that begins at `at` ends; `at` itself if none begins there.
std::size_t end_of_hidden(std::string_view source, std::size_t at) {
  const auto end_or_all = [&](std::size_t end, std::size_t length) {
    return end == std::string_view::npos ? source.size() : end + length;
  };
  const std::string_view rest = source.substr(at);
  if (rest.substr(0, 2) == "//") return end_or_all(source.find('\n', at), 0);
  if (rest.substr(0, 2) == "/*") return end_or_all(source.find("*/", at + 2), 2);
  if (rest.substr(0, 2) == "R\"" && (at == 0 || !is_name_part(source[at - 1]))) {
    const std::size_t open = source.find('(', at);
    if (open == std::string_view::npos) return source.size();
    const std::string close = ")" + std::string{source.substr(at + 2, open - at - 2)} + "\"";
    return end_or_all(source.find(close, open), close.size());
  }
  const bool is_digit_separator = rest[0] == '\'' && at > 0 && is_name_part(source[at - 1]);
  if ((rest[0] != '"' && rest[0] != '\'') || is_digit_separator) return at;
  std::size_t end = at + 1;
  while (end < source.size() && source[end] != rest[0] && source[end] != '\n') {
    end += source[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, source.size());
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

// What a brace opens, by what stands before it since the last statement.
enum class Brace { scope, function, initializer };

Brace kind_of(const std::string& head) {
  static const std::regex scope{R"(\b(namespace|class|struct|union|enum|extern)\b)"};
  static const std::regex qualifier{R"((\)|\b(const|noexcept|override|final|mutable))$)"};
  static const std::regex returns{R"(\)[^()]*->[^()]*$)"};
  const bool has_parameters = head.find('(') != std::string::npos;
  if (!has_parameters) return std::regex_search(head, scope) ? Brace::scope : Brace::initializer;
  if (std::regex_search(head, qualifier) || std::regex_search(head, returns)) {
    return Brace::function;
  }
  // The last member initializer of a constructor, and then its body.
  return head.back() == '}' ? Brace::function : Brace::initializer;
}

// Lines of preprocessor directives, with their continuations, become empty.
std::string without_directives(const std::string& code) {
  std::string plain;
  bool is_directive = false;
  for (const std::string& line : lines_of(code)) {
    if (!is_directive) is_directive = trimmed(line).rfind('#', 0) == 0;
    if (!is_directive) plain += line;
    plain += '\n';
    if (line.empty() || line.back() != '\\') is_directive = false;
  }
  return plain;
}

}  // namespace

fs::path root() {
  return GOSSAMER_ROOT;
}

std::vector<fs::path> sources_in(std::string_view folder) {
  std::vector<fs::path> files;
  const fs::path top = root() / folder;
  if (!fs::exists(top)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".hpp" || extension == ".cpp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string shown(const fs::path& file) {
  return file.lexically_relative(root()).string();
}

std::string without_comments_and_strings(std::string_view source) {
  std::string code{source};
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t end = end_of_hidden(source, at);
    for (std::size_t i = at; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return code;
}

std::vector<Include> includes_of(const std::string& source) {
  static const std::regex directive{R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])"};
  std::vector<Include> includes;
  int line_number = 0;
  for (const std::string& line : lines_of(source)) {
    ++line_number;
    std::smatch match;
    if (!std::regex_search(line, match, directive)) continue;
    includes.push_back({match[2].str(), match[1].str() == "<", line_number});
  }
  return includes;
}

std::vector<Word> words_of(const std::string& source) {
  std::vector<Word> words;
  int line_number = 0;
  for (const std::string& line : lines_of(without_comments_and_strings(source))) {
    ++line_number;
    for (std::size_t at = 0; at < line.size();) {
      std::size_t end = at;
      while (end < line.size() && (is_name_part(line[end]) || line.compare(end, 2, "::") == 0)) {
        end += line[end] == ':' ? 2 : 1;
      }
      if (end > at) words.push_back({line.substr(at, end - at), line_number});
      at = std::max(end, at + 1);
    }
  }
  return words;
}

std::vector<Function> functions_of(const std::string& source) {
  std::vector<Function> functions;
  std::vector<Brace> open;
  int within_function = 0;  // Braces open since the outermost function's, that one included.
  int line = 1;
  std::string head;
  for (const char c : without_directives(without_comments_and_strings(source))) {
    if (c == '\n') ++line;
    if (c == '{' && within_function > 0) {
      ++within_function;
    } else if (c == '}' && within_function > 0) {
      if (--within_function == 0) {
        functions.back().lines = line - functions.back().line + 1;
        head.clear();
      }
    } else if (c == '{') {
      const Brace kind = kind_of(trimmed(head));
      if (kind == Brace::function) {
        functions.push_back({trimmed(head), line, 0});
        within_function = 1;
      } else {
        open.push_back(kind);
        if (kind == Brace::scope) head.clear();
      }
    } else if (c == '}') {
      const bool was_initializer = !open.empty() && open.back() == Brace::initializer;
      if (!open.empty()) open.pop_back();
      head = was_initializer ? trimmed(head) + "}" : "";
    } else if (within_function == 0) {
      const bool ends_statement = c == ';' && (open.empty() || open.back() == Brace::scope);
      head = ends_statement ? "" : head + c;
    }
  }
  return functions;
}

void report(const std::vector<std::string>& problems) {
  std::string all;
  for (const std::string& problem : problems) all += "\n  " + problem;
  INFO(problems.size() << " problems:" << all);
  CHECK(problems.empty());
}

}  // namespace gossamer::tidy
