#include "http/response_head.hpp"

#include <charconv>

namespace gossamer::http {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

int parse_status(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  const std::string_view digits = line.substr(space + 1, 3);
  int status = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

}  // namespace

bool ResponseHead::on_line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > kBytesMax) return false;
  // A line of that look among the trailers is no answer.
  const bool may_begin = status_ < 200 || !is_complete_;
  if (may_begin && line.substr(0, 5) == "HTTP/") {
    status_ = parse_status(line);
    headers_.clear();
    is_complete_ = false;
    return true;
  }
  if (is_complete_) return true;
  if (trimmed(line).empty()) {
    is_complete_ = true;
    return true;
  }
  add_header(line);
  return true;
}

void ResponseHead::add_header(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {  // A folded line, as old servers write it.
    if (!headers_.empty()) (headers_.back().value += ' ').append(trimmed(line));
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  headers_.push_back(
      {std::string{trimmed(line.substr(0, colon))}, std::string{trimmed(line.substr(colon + 1))}});
}

}  // namespace gossamer::http
