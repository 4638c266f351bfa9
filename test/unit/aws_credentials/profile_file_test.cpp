#include "aws/profile_file.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>

namespace gossamer::aws {
namespace {

using Map = std::map<std::string, std::string>;

Map shown(const std::optional<ProfileSettings>& settings) {
  Map shown;
  if (!settings) return {{"", "no such profile"}};
  for (const auto& [key, setting] : *settings) shown[key] = setting.value.reveal();
  return shown;
}

struct Accepted {
  const char* what;
  const char* text;
  const char* profile;
  Map settings;
};

TEST_CASE("profile file: a config file is read as botocore reads it", "[aws]") {
  const Accepted row = GENERATE(values<Accepted>({
      {"the plainest", "[default]\nregion = eu-west-1\n", "default", {{"region", "eu-west-1"}}},
      {"no end of line at the end",
       "[default]\nregion=eu-west-1",
       "default",
       {{"region", "eu-west-1"}}},
      {"a profile by name", "[profile x]\na = 1\n", "x", {{"a", "1"}}},
      {"a profile without the word is none", "[x]\na = 1\n", "x", {{"", "no such profile"}}},
      {"default with the word", "[profile default]\na = 1\n", "default", {{"a", "1"}}},
      {"of two defaults the later",
       "[profile default]\na = 1\n[default]\nb = 2\n",
       "default",
       {{"b", "2"}}},
      {"a name in quotes", "[profile \"my own\"]\na = 1\n", "my own", {{"a", "1"}}},
      {"a name in single quotes", "[profile 'my own']\na = 1\n", "my own", {{"a", "1"}}},
      {"a name with a spared blank", "[profile my\\ own]\na = 1\n", "my own", {{"a", "1"}}},
      {"a name with several blanks before", "[profile \t x]\na = 1\n", "x", {{"a", "1"}}},
      {"an open quote names none", "[profile \"x]\na = 1\n", "x", {{"", "no such profile"}}},
      {"text behind the bracket", "[default] # mine\na = 1\n", "default", {{"a", "1"}}},
      {"blanks inside the brackets are part of the name",
       "[ default ]\na = 1\n",
       "default",
       {{"", "no such profile"}}},
      {"an indented section", "  [default]\n  a = 1\n", "default", {{"a", "1"}}},
      {"a colon", "[default]\na : 1\n", "default", {{"a", "1"}}},
      {"the first of both parts", "[default]\na = b:c=d\n", "default", {{"a", "b:c=d"}}},
      {"keys in capitals", "[default]\nAWS_Region = X\n", "default", {{"aws_region", "X"}}},
      {"comments", "# one\n[default]\n; two\n  # three\na = 1\n#b = 2\n", "default", {{"a", "1"}}},
      {"no comment behind a value", "[default]\na = 1 # one\n", "default", {{"a", "1 # one"}}},
      {"an empty value", "[default]\na =\nb = 2\n", "default", {{"a", ""}, {"b", "2"}}},
      {"more of a value below",
       "[default]\na = 1\n  2\n\n  3\n\n\nb = 4\n",
       "default",
       {{"a", "1\n2\n\n3"}, {"b", "4"}}},
      {"a comment between the parts of a value",
       "[default]\na = 1\n# no\n  2\n",
       "default",
       {{"a", "1\n2"}}},
      {"a block", "[default]\ns3 =\n  x = 1\n  y = 2\n", "default", {{"s3", "\nx = 1\ny = 2"}}},
      {"lines that end as Windows has it",
       "[default]\r\na = 1\r\nb = 2\r\n",
       "default",
       {{"a", "1"}, {"b", "2"}}},
      {"DEFAULT holds everywhere",
       "[DEFAULT]\na = 1\nb = 2\n[profile x]\nb = 3\n",
       "x",
       {{"a", "1"}, {"b", "3"}}},
      {"a mark of the byte order", "\xEF\xBB\xBF[default]\na = 1\n", "default", {{"a", "1"}}},
      {"an empty file", "", "default", {{"", "no such profile"}}},
      {"a section without settings", "[default]", "default", {}},
  }));
  INFO(row.what);
  const auto file = parse_profile_file(row.text, ProfileFileKind::config, "f");
  REQUIRE(file);
  CHECK(shown(file->find(row.profile)) == row.settings);
}

TEST_CASE("profile file: in a credentials file the section is the profile's name", "[aws]") {
  const auto file = parse_profile_file("[x]\na = 1\n[profile y]\nb = 2\n[my own]\nc = 3\n",
                                       ProfileFileKind::credentials, "f");
  REQUIRE(file);
  CHECK(shown(file->find("x")) == Map{{"a", "1"}});
  CHECK(shown(file->find("profile y")) == Map{{"b", "2"}});
  CHECK(shown(file->find("my own")) == Map{{"c", "3"}});
  CHECK_FALSE(file->find("y"));
}

TEST_CASE("profile file: what is wrong is told by its line, and never by what is in it", "[aws]") {
  struct Refused {
    const char* text;
    const char* error;
  };
  const Refused row = GENERATE(values<Refused>({
      {"aws_secret_access_key = SECRET\n",
       "file 'f', line 1: a setting before the first [section]"},
      {"\n[default]\nSECRET\n", "file 'f', line 3: neither a [section] nor a 'key = value'"},
      {"[default]\n = SECRET\n", "file 'f', line 2: no key before the '='"},
      {"[SECRET]\n[SECRET]\n", "file 'f', line 2: this section is there already"},
      {"[default]\nsecret=SECRET\nSecret=SECRET\n",
       "file 'f', line 3: this key is in the section already"},
      {"[]\n", "file 'f', line 1: a setting before the first [section]"},
      {"[default]\n[SECRET\n", "file 'f', line 2: neither a [section] nor a 'key = value'"},
  }));
  const auto file = parse_profile_file(row.text, ProfileFileKind::config, "f");
  REQUIRE_FALSE(file);
  CHECK(file.error().code == ErrorCode::corrupted);
  CHECK(file.error().detail == row.error);
}

TEST_CASE("profile file: settings know their lines", "[aws]") {
  const auto file =
      parse_profile_file("# x\n[default]\n\na = 1\n  2\nb = 3\n", ProfileFileKind::config, "f");
  REQUIRE(file);
  const auto settings = file->find("default");
  REQUIRE(settings);
  CHECK(settings->at("a").line == 4);
  CHECK(settings->at("b").line == 6);
}

TEST_CASE("profile file: blocks inside a profile are settings of their own", "[aws]") {
  const auto file = parse_profile_file(
      "[services dev]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n  x=y=z\n[profile x]\n"
      "services = dev\ns3 =\n  SECRET\n",
      ProfileFileKind::config, "f");
  REQUIRE(file);
  const auto good = parse_nested_settings(file->services.at("dev").at("s3"), "f");
  REQUIRE(good);
  CHECK(shown(*good) == Map{{"endpoint_url", "http://127.0.0.1:9000"}, {"x", "y=z"}});
  const auto bad = parse_nested_settings(file->find("x")->at("s3"), "f");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().detail == "file 'f': an indented line below line 7 is no 'key = value'");
}

TEST_CASE("profile file: it is bounded", "[aws]") {
  const auto parse = [](const std::string& text) {
    return parse_profile_file(text, ProfileFileKind::config, "f");
  };
  CHECK(parse(std::string(kProfileFileLinesMax, '\n')));
  CHECK(parse(std::string(kProfileFileLinesMax + 1, '\n')).error().code ==
        ErrorCode::resource_exhausted);
  CHECK(parse("#" + std::string(kProfileFileBytesMax - 1, 'x')));
  CHECK(parse("#" + std::string(kProfileFileBytesMax, 'x')).error().code ==
        ErrorCode::resource_exhausted);
}

TEST_CASE("profile file: whatever the bytes, it is a file or an error", "[aws]") {
  const std::string alphabet = "[]=:#; \n\r\ta\"'\\\0\xFFprofile";
  std::uint64_t state = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    for (std::uint64_t left = (state >> 33) % 40; left > 0; --left) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      text.push_back(alphabet[(state >> 33) % alphabet.size()]);
    }
    const auto file = parse_profile_file(text, ProfileFileKind::config, "f");
    if (!file) CHECK(file.error().code == ErrorCode::corrupted);
  }
}

}  // namespace
}  // namespace gossamer::aws
