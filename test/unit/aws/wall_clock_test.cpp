#include "aws/wall_clock.hpp"

#include <catch2/catch.hpp>

namespace gossamer::aws {
namespace {

using std::chrono::seconds;

// 2015-08-30 12:36:00.
const WallTime kThen{seconds{1'440'938'160}};

TEST_CASE("wall clock: the system's is after 2020 and before 2200") {
  CHECK(system_wall_time() > WallTime{seconds{1'577'836'800}});
  CHECK(system_wall_time() < WallTime{seconds{7'258'118'400}});
}

TEST_CASE("wall clock: the basic form has sixteen characters") {
  CHECK(to_basic_time(kThen) == "20150830T123600Z");
  CHECK(to_basic_time(WallTime{}) == "19700101T000000Z");
  CHECK(to_basic_time(WallTime{seconds{951'782'399}}) == "20000228T235959Z");
  CHECK(to_basic_time(WallTime{seconds{951'782'400}}) == "20000229T000000Z");
}

TEST_CASE("wall clock: ISO times with Z, fractions or +00:00 are read") {
  CHECK(parse_iso_time("2015-08-30T12:36:00Z") == kThen);
  CHECK(parse_iso_time("2015-08-30T12:36:00.123456Z") == kThen);
  CHECK(parse_iso_time("2015-08-30T12:36:00+00:00") == kThen);
  CHECK(parse_iso_time("2015-08-30T12:36:00.9+00:00") == kThen);
  CHECK(parse_iso_time("2016-12-31T23:59:60Z") == parse_iso_time("2017-01-01T00:00:00Z"));
}

TEST_CASE("wall clock: other texts are no ISO times") {
  for (const char* text :
       {"", "2015-08-30", "2015-08-30T12:36:00", "2015-08-30 12:36:00Z", "2015-08-30T12:36:00Zx",
        "2015-08-30T12:36:00.Z", "2015-08-30T12:36:00+02:00", "2015-13-30T12:36:00Z",
        "2015-02-29T12:36:00Z", "2015-08-30T24:36:00Z", "2015-08-30T12:60:00Z",
        "2015-08-30T12:36:61Z", "2015-8-30T12:36:00Z", "-015-08-30T12:36:00Z",
        "2015-00-30T12:36:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso_time(text).has_value());
  }
}

TEST_CASE("wall clock: the Date of an answer is read") {
  CHECK(parse_http_time("Sun, 30 Aug 2015 12:36:00 GMT") == kThen);
  CHECK(parse_http_time("Thu, 01 Jan 1970 00:00:00 GMT") == WallTime{});
  for (const char* text : {"", "Sun, 30 Aug 2015 12:36:00", "Sun, 30 Aug 2015 12:36:00 CET",
                           "Sun, 31 Feb 2015 12:36:00 GMT", "Sun 30 Aug 2015 12:36:00 GMT",
                           "Sunday, 30-Aug-15 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 GMT+1",
                           "Sun, 30 Foo 2015 12:36:00 GMT", "2015-08-30T12:36:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_time(text).has_value());
  }
}

}  // namespace
}  // namespace gossamer::aws
