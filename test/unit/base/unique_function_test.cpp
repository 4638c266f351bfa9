#include "gossamer/unique_function.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <type_traits>

namespace gossamer {
namespace {

int twice(int x) {
  return 2 * x;
}

TEST_CASE("unique function: it calls what it was given") {
  UniqueFunction<int(int)> from_pointer = twice;
  UniqueFunction<int(int)> from_lambda = [add = 3](int x) { return x + add; };
  CHECK(from_pointer(4) == 8);
  CHECK(from_lambda(4) == 7);
}

TEST_CASE("unique function: it owns what cannot be copied, and lets go of it once") {
  auto count = std::make_shared<int>(0);
  {
    UniqueFunction<int()> first = [owned = std::make_unique<int>(5), count] { return *owned; };
    CHECK(count.use_count() == 2);
    UniqueFunction<int()> second = std::move(first);
    CHECK_FALSE(static_cast<bool>(first));  // NOLINT: what a move leaves is empty
    CHECK(second() == 5);
    CHECK(count.use_count() == 2);
  }
  CHECK(count.use_count() == 1);
}

TEST_CASE("unique function: it is moved, never copied") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<UniqueFunction<void()>>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<UniqueFunction<void()>>);
}

TEST_CASE("unique function: arguments that cannot be copied pass through") {
  UniqueFunction<int(std::unique_ptr<int>)> take = [](std::unique_ptr<int> p) { return *p; };
  CHECK(take(std::make_unique<int>(9)) == 9);
  std::string text = "a";
  UniqueFunction<void(std::string&)> append = [](std::string& to) { to += "b"; };
  append(text);
  CHECK(text == "ab");
}

TEST_CASE("unique function: an empty one says so") {
  UniqueFunction<void()> none;
  UniqueFunction<void()> null = nullptr;
  UniqueFunction<void()> some = [] {};
  CHECK_FALSE(static_cast<bool>(none));
  CHECK_FALSE(static_cast<bool>(null));
  CHECK(static_cast<bool>(some));
  some = nullptr;
  CHECK_FALSE(static_cast<bool>(some));
}

TEST_CASE("unique function: state that it changes stays changed") {
  UniqueFunction<int()> count = [calls = 0]() mutable { return ++calls; };
  CHECK(count() == 1);
  CHECK(count() == 2);
}

TEST_CASE("unique function: what does not fit the signature does not convert") {
  STATIC_REQUIRE_FALSE(std::is_constructible_v<UniqueFunction<int(int)>, std::string>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<UniqueFunction<int(int)>, int (*)(std::string)>);
}

}  // namespace
}  // namespace gossamer
