#include "aws/profile.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "aws/profile_credentials.hpp"

namespace gossamer::aws {
namespace {

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
}

/// A home with `.aws` in it.
struct Home {
  Home() {
    char pattern[] = "/tmp/gossamer-aws-XXXXXX";
    REQUIRE(mkdtemp(pattern) != nullptr);
    path = pattern;
    std::filesystem::create_directory(path + "/.aws");
  }
  ~Home() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{path + "/.aws/" + name} << text;
  }
  Result<Profile> read(const std::string& profile = {}) const {
    AwsOptions options;
    options.profile = profile;
    return read_profile(find_profile_place(options, environment_of({{"HOME", path}})));
  }
  std::string path;
};

TEST_CASE("profile: which one, and where it is looked for", "[aws]") {
  const auto plain = find_profile_place({}, environment_of({{"HOME", "/h"}}));
  CHECK(plain.profile == "default");
  CHECK_FALSE(plain.is_named);
  CHECK(plain.credentials_file == "/h/.aws/credentials");
  CHECK(plain.config_file == "/h/.aws/config");

  const auto set = find_profile_place({}, environment_of({{"HOME", "/h"},
                                                          {"AWS_PROFILE", "p"},
                                                          {"AWS_CONFIG_FILE", "~/c"},
                                                          {"AWS_SHARED_CREDENTIALS_FILE", "/s"}}));
  CHECK(set.profile == "p");
  CHECK(set.is_named);
  CHECK(set.credentials_file == "/s");
  CHECK(set.config_file == "/h/c");

  AwsOptions options;
  options.profile = "o";
  CHECK(find_profile_place(options, environment_of({{"AWS_PROFILE", "p"}})).profile == "o");
  CHECK(find_profile_place(options, environment_of({})).config_file.empty());
}

TEST_CASE(
    "profile: files that are not there are as good as empty; a profile that is asked for is not",
    "[aws]") {
  const Home home;
  const auto none = home.read();
  REQUIRE(none);
  CHECK_FALSE(none->is_there);
  const auto named = home.read("x");
  REQUIRE_FALSE(named);
  CHECK(named.error().code == ErrorCode::not_found);
  CHECK(named.error().detail == "there is no profile 'x', neither as [x] in '" + home.path +
                                    "/.aws/credentials' nor as [profile x] in '" + home.path +
                                    "/.aws/config'");
}

TEST_CASE("profile: the credentials file goes before the config file", "[aws]") {
  const Home home;
  home.write("config",
             "[default]\nregion = a\noutput = json\naws_access_key_id = C\n"
             "aws_secret_access_key = CS\n");
  home.write("credentials",
             "[default]\nregion = b\naws_access_key_id = K\n"
             "aws_secret_access_key = KS\naws_session_token = T\n");
  const auto profile = home.read();
  REQUIRE(profile);
  CHECK(profile->text("region") == "b");
  CHECK(profile->text("output") == "json");
  const auto keys = keys_of(*profile);
  REQUIRE(keys);
  REQUIRE(keys->keys);
  CHECK(keys->keys->access_key_id == "K");
  CHECK(keys->keys->secret_access_key.reveal() == "KS");
  CHECK(keys->keys->session_token.reveal() == "T");
  CHECK_FALSE(keys->keys->expires);
}

TEST_CASE("profile: a role for a web identity", "[aws]") {
  const Home home;
  home.write("config",
             "[profile x]\nrole_arn = arn:aws:iam::1:role/r\nweb_identity_token_file = /t\n"
             "role_session_name = me\nregion = eu-west-1\n");
  const auto keys = home.read("x").and_then(&keys_of);
  REQUIRE(keys);
  REQUIRE(keys->role);
  CHECK(keys->role->role_arn == "arn:aws:iam::1:role/r");
  CHECK(keys->role->token_file == "/t");
  CHECK(keys->role->session_name == "me");
  CHECK(keys->role->region == "eu-west-1");
}

TEST_CASE("profile: what cannot be done is refused in a sentence with file and line", "[aws]") {
  struct Refused {
    const char* text;
    const char* error;
  };
  const Refused row = GENERATE(values<Refused>({
      {"[default]\naws_access_key_id = SECRET\n",
       "line 2: 'aws_access_key_id' is there and 'aws_secret_access_key' is not; they come "
       "together"},
      {"[default]\naws_secret_access_key = SECRET\n",
       "line 2: 'aws_secret_access_key' is there and 'aws_access_key_id' is not; they come "
       "together"},
      {"[default]\naws_access_key_id = K\naws_secret_access_key = SECRET\n  aws_session_token = "
       "T\n",
       "line 3: 'aws_secret_access_key' goes on in the next line, which is indented"},
      {"[default]\nrole_arn = SECRET\n",
       "line 2: 'role_arn' is there and 'web_identity_token_file' is not; the role cannot be had"},
      {"[default]\nrole_arn = SECRET\nsource_profile = SECRET\n",
       "line 3: a role by 'source_profile' is not supported; use 'web_identity_token_file', or "
       "keys"},
      {"[default]\nrole_arn = SECRET\ncredential_source = SECRET\n",
       "line 3: a role by 'credential_source' is not supported; use 'web_identity_token_file', or "
       "keys"},
      {"[default]\ncredential_process = SECRET\n",
       "line 2: 'credential_process' is not supported: gossamer starts no programs; put the keys "
       "in "
       "the environment, or let the program write the credentials file"},
      {"[default]\nsso_session = SECRET\n",
       "line 2: 'sso_session' is not supported: a node has nobody who could sign in"},
      {"[default]\nsso_start_url = SECRET\n",
       "line 2: 'sso_start_url' is not supported: a node has nobody who could sign in"},
  }));
  const Home home;
  home.write("config", row.text);
  const auto keys = home.read().and_then(&keys_of);
  REQUIRE_FALSE(keys);
  CHECK(keys.error().code == ErrorCode::invalid_argument);
  CHECK(keys.error().detail == "file '" + home.path + "/.aws/config', " + row.error);
}

TEST_CASE("profile: keys at hand make what cannot be done harmless", "[aws]") {
  const Home home;
  home.write(
      "config",
      "[default]\ncredential_process = x\naws_access_key_id = K\naws_secret_access_key = S\n");
  const auto keys = home.read().and_then(&keys_of);
  REQUIRE(keys);
  CHECK(keys->keys);
}

TEST_CASE("profile: endpoints by service, by block, for all", "[aws]") {
  const Home home;
  home.write("config",
             "[services dev]\ns3 =\n  endpoint_url = http://s3\n[profile x]\nservices = dev\n"
             "endpoint_url = http://all\nec2 =\n  endpoint_url = http://ec2\n");
  const auto profile = home.read("x");
  REQUIRE(profile);
  CHECK(profile->endpoint_of("s3").value() == "http://s3");
  CHECK(profile->endpoint_of("ec2").value() == "http://ec2");
  CHECK(profile->endpoint_of("sts").value() == "http://all");
}

TEST_CASE("profile: an endpoint that is none is told by its line, without a password", "[aws]") {
  const Home home;
  for (const char* url : {"http://u:hidden@h", "garbage", "https://h/path?hidden=hidden"}) {
    CAPTURE(url);
    home.write("config", "[default]\nregion = r\nendpoint_url = " + std::string{url} +
                             "\ns3 =\n  endpoint_url = " + url + "\n");
    for (const auto& [service, line] : {std::pair{"ec2", "line 3"}, {"s3", "line 4"}}) {
      const auto refused = home.read().value().endpoint_of(service);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::invalid_argument);
      CHECK(refused.error().detail.find(std::string{line} + ": endpoint_url: ") !=
            std::string::npos);
      CHECK(refused.error().detail.find("hidden") == std::string::npos);
    }
  }
}

TEST_CASE("profile: /dev/null is an empty file", "[aws]") {
  const auto place =
      find_profile_place({}, environment_of({{"AWS_CONFIG_FILE", "/dev/null"},
                                             {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}}));
  const auto profile = read_profile(place);
  REQUIRE(profile);
  CHECK_FALSE(profile->is_there);
  CHECK(profile->absent.empty());
}

TEST_CASE("profile: a file that a variable names and that is absent is told", "[aws]") {
  const Home home;
  const auto read = [&](const std::string& profile) {
    AwsOptions options;
    options.profile = profile;
    return read_profile(find_profile_place(
        options, environment_of({{"HOME", home.path},
                                 {"AWS_CONFIG_FILE", "/absent/c"},
                                 {"AWS_SHARED_CREDENTIALS_FILE", "/absent/s"}})));
  };
  const std::string both =
      "; there is no file '/absent/s' (AWS_SHARED_CREDENTIALS_FILE); there is no file '/absent/c' "
      "(AWS_CONFIG_FILE)";
  CHECK(read("").value().absent == both);
  const auto named = read("x");
  REQUIRE_FALSE(named);
  CHECK(named.error().detail.find(both) != std::string::npos);
  CHECK(home.read().value().absent.empty());
}

TEST_CASE("profile: a file that cannot be read is an error where somebody named it", "[aws]") {
  const Home home;
  std::filesystem::create_directory(home.path + "/.aws/config");
  const auto folder = home.read();
  REQUIRE_FALSE(folder);
  CHECK(folder.error().detail == "cannot read '" + home.path + "/.aws/config': not a regular file");

  ProfilePlace place;
  place.config_file = home.path + "/long";
  std::ofstream{place.config_file} << std::string(kProfileFileBytesMax + 1, '\n');
  CHECK(read_profile(place).error().code == ErrorCode::resource_exhausted);
  place.config_file = home.path + "/pipe";
  REQUIRE(mkfifo(place.config_file.c_str(), 0600) == 0);
  CHECK(read_profile(place).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("profile: a file that all may read is read", "[aws]") {
  const Home home;
  home.write("credentials", "[default]\naws_access_key_id = K\naws_secret_access_key = S\n");
  REQUIRE(chmod((home.path + "/.aws/credentials").c_str(), 0644) == 0);
  CHECK(home.read().and_then(&keys_of).value().keys);
}

}  // namespace
}  // namespace gossamer::aws
