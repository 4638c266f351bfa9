// The tidy tests see only what source_text shows them, so it is tested too.

#include "source_text.hpp"

#include <catch2/catch.hpp>

namespace gossamer::tidy {
namespace {

TEST_CASE("source text: comments and strings vanish, lines stay") {
  CHECK(without_comments_and_strings("a // b\nc") == "a     \nc");
  CHECK(without_comments_and_strings("a /* b\nb */ c") == "a     \n     c");
  CHECK(without_comments_and_strings("f(\"std::thread\", 'x')") == "f(             ,    )");
  CHECK(without_comments_and_strings("\"a\\\"b\" c") == "       c");
  CHECK(without_comments_and_strings("1'000'000 x") == "1'000'000 x");
  CHECK(without_comments_and_strings("R\"(a \" b)\" c") == "           c");
  CHECK(without_comments_and_strings("\"// no\" x") == "        x");
}

TEST_CASE("source text: words are whole, qualified, and know their line") {
  const auto words = words_of("std::thread t;\n// std::mutex\nauto a = my_thread(x);");
  REQUIRE(words.size() == 6);
  CHECK(words[0].text == "std::thread");
  CHECK(words[4].text == "my_thread");
  CHECK(words[4].line == 3);
}

TEST_CASE("source text: includes of both kinds are found") {
  const auto includes = includes_of("#include <map>\n  # include \"a/b.hpp\"\n// #include <no>\n");
  REQUIRE(includes.size() == 2);
  CHECK(includes[0].path == "map");
  CHECK(includes[0].is_angled);
  CHECK(includes[1].path == "a/b.hpp");
  CHECK_FALSE(includes[1].is_angled);
  CHECK(includes[1].line == 2);
}

TEST_CASE("source text: functions are measured from brace to brace, classes and namespaces not") {
  const auto functions = functions_of(R"(
namespace a {
struct Point {
  int x{0};
  int get() const { return x; }
};
constexpr int kTable[] = {1, 2, 3};
Point::Point(int x)
    : x_{x}, y_(2) {
  if (x > 1) {
    run();
  }
}
auto f(int n) -> std::vector<int> {
  return {n};
}
template <class T>
void g(T t) {
  auto h = [&](int i) {
    t(i);
  };
}
#define MACRO(x) \
  { x }
int last() noexcept { return 1; }
}
)");
  std::vector<int> lines;
  for (const Function& function : functions) lines.push_back(function.lines);
  CHECK(lines == std::vector<int>{1, 5, 3, 5, 1});
}

}  // namespace
}  // namespace gossamer::tidy
