#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "aws/ec2_all_pages.hpp"

namespace gossamer::aws {
namespace {

Ec2Page page_of(std::size_t first, std::size_t count, std::string next_token) {
  Ec2Page page;
  for (std::size_t i = first; i < first + count; ++i) {
    Ec2Instance instance;
    instance.id = "i-" + std::to_string(i);
    page.instances.push_back(std::move(instance));
  }
  page.next_token = std::move(next_token);
  return page;
}

TEST_CASE("pages: 2,500 instances on four pages, one of them empty, are all there", "[ec2]") {
  Ec2AllPages pages;
  CHECK(pages.next_token().empty());
  CHECK(pages.add(page_of(0, 1000, "a")) == true);
  CHECK(pages.next_token() == "a");
  CHECK(pages.add(page_of(1000, 0, "b")) == true);
  CHECK(pages.next_token() == "b");
  CHECK(pages.add(page_of(1000, 1000, "c")) == true);
  CHECK(pages.add(page_of(2000, 500, "")) == false);
  CHECK(pages.instances().size() == 2500);
  CHECK(pages.pages() == 4);
  CHECK_FALSE(pages.problem());
}

TEST_CASE("pages: an instance that comes again is the later one", "[ec2]") {
  Ec2AllPages pages;
  CHECK(pages.add(page_of(0, 2, "a")) == true);
  Ec2Page again = page_of(1, 2, "");
  again.instances[0].state = "terminated";
  CHECK(pages.add(std::move(again)) == false);
  REQUIRE(pages.instances().size() == 3);
  CHECK(pages.instances()[1].state == "terminated");
}

TEST_CASE("pages: a token that comes again is an error, next to each other or not", "[ec2]") {
  const bool is_next = GENERATE(true, false);
  Ec2AllPages pages;
  CHECK(pages.add(page_of(0, 1, "a")) == true);
  if (!is_next) CHECK(pages.add(page_of(1, 1, "b")) == true);
  const auto added = pages.add(page_of(2, 1, "a"));
  REQUIRE_FALSE(added);
  CHECK(added.error().code == ErrorCode::corrupted);
  CHECK_THAT(added.error().detail, Catch::Contains("same NextToken twice"));
}

TEST_CASE("pages: beyond a bound it stops, keeps what it has and says so", "[ec2]") {
  Ec2AllPages few_pages{{3, 1'000}};
  CHECK(few_pages.add(page_of(0, 1, "a")) == true);
  CHECK(few_pages.add(page_of(1, 1, "b")) == true);
  CHECK_FALSE(few_pages.problem());
  CHECK(few_pages.add(page_of(2, 1, "c")) == false);
  REQUIRE(few_pages.problem());
  CHECK(few_pages.problem()->code == ErrorCode::resource_exhausted);
  CHECK_THAT(few_pages.problem()->detail, Catch::Contains("more than 3 pages"));
  CHECK(few_pages.instances().size() == 3);

  Ec2AllPages few_instances{{100, 10}};
  CHECK(few_instances.add(page_of(0, 10, "a")) == true);
  CHECK(few_instances.add(page_of(5, 5, "b")) == true);
  CHECK_FALSE(few_instances.problem());
  CHECK(few_instances.add(page_of(10, 1, "c")) == false);
  REQUIRE(few_instances.problem());
  CHECK_THAT(few_instances.problem()->detail, Catch::Contains("more than 10 instances"));
  CHECK(few_instances.instances().size() == 10);
  // Exactly as many, on the last page, are no problem.
  Ec2AllPages exact{{1, 10}};
  CHECK(exact.add(page_of(0, 10, "")) == false);
  CHECK_FALSE(exact.problem());
}

TEST_CASE("pages: of tags only those named are kept", "[ec2]") {
  Ec2AllPages pages{Ec2AllPages::Bounds{}, {"port", "address"}};
  Ec2Page page = page_of(0, 1, "");
  page.instances[0].tags = {{"port", "7000"}, {"Name", std::string(1'000, 'x')}};
  CHECK(pages.add(std::move(page)) == false);
  CHECK(pages.instances().at(0).tags == std::map<std::string, std::string>{{"port", "7000"}});
}

TEST_CASE("pages: the text of all pages together has a bound", "[ec2]") {
  Ec2AllPages::Bounds bounds;
  bounds.text_bytes_max = 1'000;
  Ec2AllPages pages{bounds, {"port"}};
  const auto page = [](std::size_t number, std::string next_token) {
    Ec2Page made = page_of(number, 1, std::move(next_token));
    made.instances[0].tags = {{"port", std::string(400, 'x')}};
    return made;
  };
  CHECK(pages.add(page(0, "a")) == true);
  // The same again takes the place of the first.
  CHECK(pages.add(page(0, "b")) == true);
  CHECK(pages.add(page(1, "c")) == true);
  CHECK_FALSE(pages.problem());
  CHECK(pages.add(page(2, "d")) == false);
  REQUIRE(pages.problem());
  CHECK(pages.problem()->code == ErrorCode::resource_exhausted);
  CHECK_THAT(pages.problem()->detail, Catch::Contains("more than 1000 bytes of text"));
  CHECK(pages.instances().size() == 2);
}

}  // namespace
}  // namespace gossamer::aws
