#include "fakecloud/service_time.hpp"

#include <fmt/format.h>

#include <array>

namespace gossamer::fakecloud {
namespace {

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  explicit Parts(aws::WallTime at)
      : day(std::chrono::floor<std::chrono::days>(at)), date(day), time(at - day) {}
  int year() const { return static_cast<int>(date.year()); }
  unsigned month() const { return static_cast<unsigned>(date.month()); }
  unsigned of_month() const { return static_cast<unsigned>(date.day()); }

  std::chrono::sys_days day;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

}  // namespace

std::string to_http_time(aws::WallTime at) {
  const Parts parts{at};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[std::chrono::weekday{parts.day}.c_encoding()], parts.of_month(),
                     kMonths[parts.month() - 1], parts.year(), parts.time.hours().count(),
                     parts.time.minutes().count(), parts.time.seconds().count());
}

std::string to_iso_time(aws::WallTime at, bool has_fraction) {
  const Parts parts{at};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", parts.year(), parts.month(),
                     parts.of_month(), parts.time.hours().count(), parts.time.minutes().count(),
                     parts.time.seconds().count(), has_fraction ? ".000" : "");
}

}  // namespace gossamer::fakecloud
