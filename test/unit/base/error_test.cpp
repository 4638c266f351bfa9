#include "gossamer/error.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "gossamer/result.hpp"

namespace gossamer {
namespace {

TEST_CASE("error: every code has a stable name of its own") {
  std::set<std::string_view> names;
  for (unsigned char code = 1; code <= 13; ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  CHECK(names.size() == 13);
  CHECK(names.count("unknown") == 0);
  CHECK(to_string(ErrorCode::invalid_argument) == "invalid_argument");
  CHECK(to_string(ErrorCode::unknown_outcome) == "unknown_outcome");
}

TEST_CASE("error: the numbers of codes never change") {
  CHECK(static_cast<int>(ErrorCode::invalid_argument) == 1);
  CHECK(static_cast<int>(ErrorCode::corrupted) == 9);
  CHECK(static_cast<int>(ErrorCode::fenced) == 12);
  CHECK(static_cast<int>(ErrorCode::unknown_outcome) == 13);
}

TEST_CASE("error: a code outside the list is unknown, not a crash") {
  CHECK(to_string(static_cast<ErrorCode>(0)) == "unknown");
  CHECK(to_string(static_cast<ErrorCode>(200)) == "unknown");
}

TEST_CASE("error: two errors are the same if a program would react the same") {
  CHECK(Error{ErrorCode::io, "disk"} == Error{ErrorCode::io, "net"});
  CHECK_FALSE(Error{ErrorCode::io, "disk"} == Error{ErrorCode::fenced, "disk"});
}

TEST_CASE("error: fail makes a result that holds the code and the sentence") {
  const Result<int> failed = fail(ErrorCode::not_found, "no such thing");
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().code == ErrorCode::not_found);
  CHECK(failed.error().detail == "no such thing");
}

}  // namespace
}  // namespace gossamer
