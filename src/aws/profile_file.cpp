#include "aws/profile_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace gossamer::aws {
namespace {

constexpr std::string_view kBlank = " \t\r\n\v\f";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string lower(std::string_view text) {
  std::string folded{text};
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

/// Takes the first line, which ends at "\n", "\r\n" or "\r".
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
  } else {
    text.remove_prefix(text.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  }
  return line;
}

/// The words of a section's name, as a shell would part them; nothing if a quote is left open.
std::optional<std::vector<std::string>> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool is_in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && kBlank.find(c) != std::string_view::npos) {
      is_in_word = false;
      continue;
    }
    if (!is_in_word) words.emplace_back();
    is_in_word = true;
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'') {
      if (++i == text.size()) return std::nullopt;
      // Inside quotes a backslash spares only a quote and itself.
      if (quote == '"' && text[i] != '"' && text[i] != '\\') words.back().push_back('\\');
      words.back().push_back(text[i]);
    } else {
      words.back().push_back(c);
    }
  }
  if (quote != 0) return std::nullopt;
  return words;
}

/// One pass over the lines of a file.
class Parser {
 public:
  Parser(ProfileFileKind kind, std::string_view file) : kind_(kind), file_(file) {}

  Result<ProfileFile> parse(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      text.remove_prefix(kByteOrderMark.size());
    }
    while (!text.empty() && !error_) {
      if (++line_ > kProfileFileLinesMax) {
        return fail(ErrorCode::resource_exhausted,
                    fmt::format("file '{}' has more than {} lines", file_, kProfileFileLinesMax));
      }
      read_line(take_line(text));
    }
    finish_value();
    if (error_) return tl::unexpected<Error>(std::move(*error_));
    for (auto& [name, settings] : sections_) place(name, std::move(settings));
    return std::move(file_read_);
  }

 private:
  void refuse(std::string_view why) {
    error_ = Error{ErrorCode::corrupted, fmt::format("file '{}', line {}: {}", file_, line_, why)};
  }

  void read_line(std::string_view line) {
    const std::string_view content = trim(line);
    if (!content.empty() && (content.front() == '#' || content.front() == ';')) return;
    if (content.empty()) {
      // Part of the value, if more of it follows.
      if (has_key_) value_.push_back('\n');
      return;
    }
    const std::size_t indent = line.find_first_not_of(kBlank);
    if (has_key_ && indent > indent_) {
      value_.push_back('\n');
      value_.append(content);
      return;
    }
    indent_ = indent;
    finish_value();
    if (content.front() == '[' && content.find(']', 2) != std::string_view::npos) {
      open_section(content.substr(1, content.rfind(']') - 1));
    } else if (!is_in_section_) {
      refuse("a setting before the first [section]");
    } else {
      open_setting(content);
    }
  }

  void open_section(std::string_view name) {
    is_in_section_ = true;
    if (name == "DEFAULT") {
      section_ = &file_read_.defaults;
      return;
    }
    sections_.emplace_back(std::string{name}, ProfileSettings{});
    section_ = nullptr;
    if (!names_.insert(std::string{name}).second) refuse("this section is there already");
  }

  void open_setting(std::string_view content) {
    const std::size_t delimiter = content.find_first_of("=:");
    if (delimiter == std::string_view::npos) {
      refuse("neither a [section] nor a 'key = value'");
      return;
    }
    key_ = lower(trim(content.substr(0, delimiter)));
    if (key_.empty()) {
      refuse("no key before the '='");
      return;
    }
    has_key_ = true;
    key_line_ = line_;
    value_ = trim(content.substr(delimiter + 1));
    if (settings().count(key_) == 1) refuse("this key is in the section already");
  }

  void finish_value() {
    if (!std::exchange(has_key_, false)) return;
    value_.resize(value_.find_last_not_of(kBlank) + 1);  // Of nothing but blanks, npos + 1 is 0.
    settings()[key_] = {Secret{std::exchange(value_, {})}, key_line_};
  }

  ProfileSettings& settings() { return section_ != nullptr ? *section_ : sections_.back().second; }

  /// A section's place by its name. Those that are of no use to us are dropped.
  void place(const std::string& name, ProfileSettings settings) {
    if (kind_ == ProfileFileKind::credentials || name == "default") {
      file_read_.profiles[name] = std::move(settings);
      return;
    }
    const auto words = words_of(name);
    if (!words || words->size() != 2) return;
    // A repetition under another spelling: the later one holds.
    if (name.starts_with("profile")) file_read_.profiles[(*words)[1]] = std::move(settings);
    if (name.starts_with("services")) file_read_.services[(*words)[1]] = std::move(settings);
  }

  const ProfileFileKind kind_;
  const std::string_view file_;
  ProfileFile file_read_{};
  std::vector<std::pair<std::string, ProfileSettings>> sections_{};
  std::set<std::string> names_{};
  ProfileSettings* section_ = nullptr;  // Null: the last of sections_.
  bool is_in_section_ = false;
  std::size_t line_ = 0;
  std::size_t indent_ = 0;
  bool has_key_ = false;
  std::string key_{};
  std::size_t key_line_ = 0;
  std::string value_{};
  std::optional<Error> error_{};
};

}  // namespace

std::optional<ProfileSettings> ProfileFile::find(const std::string& profile) const {
  const auto found = profiles.find(profile);
  if (found == profiles.end()) return std::nullopt;
  ProfileSettings settings = found->second;
  settings.insert(defaults.begin(), defaults.end());
  return settings;
}

Result<ProfileFile> parse_profile_file(std::string_view text, ProfileFileKind kind,
                                       std::string_view file) {
  if (text.size() > kProfileFileBytesMax) {
    return fail(ErrorCode::resource_exhausted,
                fmt::format("file '{}' has more than {} bytes: is it a file of profiles?", file,
                            kProfileFileBytesMax));
  }
  return Parser{kind, file}.parse(text);
}

Result<ProfileSettings> parse_nested_settings(const ProfileSetting& setting,
                                              std::string_view file) {
  ProfileSettings inner;
  std::string_view text = setting.value.reveal();
  while (!text.empty()) {
    const std::string_view content = trim(take_line(text));
    if (content.empty()) continue;
    const std::size_t delimiter = content.find('=');
    if (delimiter == std::string_view::npos) {
      return fail(ErrorCode::corrupted,
                  fmt::format("file '{}': an indented line below line {} is no 'key = value'", file,
                              setting.line));
    }
    inner[std::string{trim(content.substr(0, delimiter))}] = {
        Secret{std::string{trim(content.substr(delimiter + 1))}}, setting.line};
  }
  return inner;
}

}  // namespace gossamer::aws
