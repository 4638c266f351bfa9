#include "aws/wall_clock.hpp"

#include <fmt/format.h>

#include <array>

namespace gossamer::aws {
namespace {

/// Reads a text from the left; once something did not fit, nothing more does.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  bool is_good() const { return is_good_; }
  bool is_at_end() const { return left_.empty(); }
  bool next_is(char c) const { return !left_.empty() && left_.front() == c; }

  /// Exactly `digits` decimal digits.
  int number(std::size_t digits) {
    if (left_.size() < digits) return bad();
    int value = 0;
    for (const char c : left_.substr(0, digits)) {
      if (c < '0' || c > '9') return bad();
      value = value * 10 + (c - '0');
    }
    left_.remove_prefix(digits);
    return value;
  }
  void literal(std::string_view text) {
    if (left_.substr(0, text.size()) != text) {
      bad();
      return;
    }
    left_.remove_prefix(text.size());
  }
  /// Which of `names`, all three letters long; 0 is the first.
  template <std::size_t Count>
  int name(const std::array<std::string_view, Count>& names) {
    for (std::size_t i = 0; i < Count; ++i) {
      if (left_.substr(0, 3) != names[i]) continue;
      left_.remove_prefix(3);
      return static_cast<int>(i);
    }
    return bad();
  }
  /// What follows a '.' or ','. At least one digit.
  void fraction() {
    std::size_t digits = 0;
    left_.remove_prefix(1);
    while (digits < left_.size() && left_[digits] >= '0' && left_[digits] <= '9') ++digits;
    if (digits == 0) bad();
    left_.remove_prefix(digits);
  }

 private:
  int bad() {
    is_good_ = false;
    left_ = {};
    return 0;
  }

  std::string_view left_;
  bool is_good_ = true;
};

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<WallTime> to_time(const Fields& fields) {
  using namespace std::chrono;
  const year_month_day date{year{fields.year}, month{static_cast<unsigned>(fields.month)},
                            day{static_cast<unsigned>(fields.day)}};
  // 60 is a leap second, which this clock does not count.
  if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60) {
    return std::nullopt;
  }
  return WallTime{sys_days{date}} + hours{fields.hour} + minutes{fields.minute} +
         seconds{fields.second};
}

void read_time_of_day(Reader& reader, Fields& fields) {
  fields.hour = reader.number(2);
  reader.literal(":");
  fields.minute = reader.number(2);
  reader.literal(":");
  fields.second = reader.number(2);
}

}  // namespace

WallTime system_wall_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string to_basic_time(WallTime at) {
  using namespace std::chrono;
  const sys_days days = floor<std::chrono::days>(at);
  const year_month_day date{days};
  const hh_mm_ss time{at - days};
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<WallTime> parse_iso_time(std::string_view text) {
  Reader reader{text};
  Fields fields;
  fields.year = reader.number(4);
  reader.literal("-");
  fields.month = reader.number(2);
  reader.literal("-");
  fields.day = reader.number(2);
  reader.literal("T");
  read_time_of_day(reader, fields);
  if (reader.next_is('.')) reader.fraction();
  reader.literal(reader.next_is('+') ? "+00:00" : "Z");
  if (!reader.is_good() || !reader.is_at_end()) return std::nullopt;
  return to_time(fields);
}

std::optional<WallTime> parse_http_time(std::string_view text) {
  Reader reader{text};
  Fields fields;
  reader.name(kDays);
  reader.literal(", ");
  fields.day = reader.number(2);
  reader.literal(" ");
  fields.month = reader.name(kMonths) + 1;
  reader.literal(" ");
  fields.year = reader.number(4);
  reader.literal(" ");
  read_time_of_day(reader, fields);
  reader.literal(" GMT");
  if (!reader.is_good() || !reader.is_at_end()) return std::nullopt;
  return to_time(fields);
}

}  // namespace gossamer::aws
