// A wrong use names the flag and its range, and exits with 2.

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "program.hpp"

using namespace gossamer::test;

namespace {

struct Row {
  std::vector<std::string> words;
  std::vector<std::string> named;  ///< All of them stand in the one sentence.
};

std::vector<std::string> node(std::vector<std::string> more) {
  std::vector<std::string> words{"gossamer", "node", "--name", "a", "--insecure"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("cli: a wrong use is one sentence that names the flag and its range, and exits with 2") {
  const auto row = GENERATE(values<Row>({
      {{"gossamer"}, {"subcommand"}},
      {{"gossamer", "dance"}, {"there is no command 'dance'"}},
      {{"gossamer", "keys", "dance", "--data", "a"}, {"there is no command 'dance'"}},
      {{"gossamer", "node", "--insecure"}, {"--name"}},
      {{"gossamer", "node", "--name", "a"}, {"--key-file", "--insecure"}},
      {node({"--key-file", "k"}), {"--key-file", "--insecure"}},
      {node({"--frobnicate"}), {"--frobnicate"}},
      {node({"--name", std::string(65, 'x')}), {"--name"}},
      {node({"--cluster", "a\nb"}), {"cluster", "control character"}},
      {{"gossamer", "node", "--insecure", "--name", "ev\x1b[31mil"}, {"name", "control character"}},
      {node({"--bind", "nowhere"}), {"--bind", "ADDRESS:PORT"}},
      {node({"--bind", "127.0.0.1:65536"}), {"--bind", "0 to 65535"}},
      {node({"--bind", "localhost:1"}), {"--bind", "numeric"}},
      {node({"--advertise", "x:1"}), {"--advertise", "numeric"}},
      {node({"--profile", "brisk"}), {"--profile", "fast,default,calm"}},
      {node({"--object-store", "tape:0"}), {"--object-store", "dir:PATH"}},
      {node({"--discover", "carrier-pigeon:"}), {"--discover", "static:"}},
      {node({"--discover", "static:127.0.0.1:99999"}), {"99999"}},
      {node({"--metadata", std::string(257, 'x')}), {"--metadata", "256"}},
      {node({"--zone", std::string(65, 'x')}), {"--zone", "64"}},
      {node({"--zone", "a\nb"}), {"zone", "control character"}},
      {node({"--join-timeout-ms", "600001"}), {"--join-timeout-ms", "600000"}},
      {node({"--replay-window-ms", "9999"}), {"--replay-window-ms", "10000 to 3600000"}},
      {node({"--admin-listen", "localhost:1"}), {"--admin-listen", "numeric"}},
      {node({"--admin-listen", "127.0.0.1:0"}), {"--admin-listen", "GOSSAMER_ADMIN_TOKEN"}},
      {node({"--admin-token-file", "t"}), {"--admin-token-file", "--admin-listen"}},
      {{"gossamer", "members"}, {"--admin", "--data"}},
      {{"gossamer", "members", "--dta", "a"}, {"not expected", "--dta"}},
      {{"gossamer", "seeds", "--discovery", "static:127.0.0.1:1"}, {"not expected", "--discovery"}},
      {{"gossamer", "members", "--admin", "127.0.0.1:1"},
       {"--admin-token-file", "GOSSAMER_ADMIN_TOKEN"}},
      {{"gossamer", "members", "--admin", "a.sock", "--admin-token-file", "t"},
       {"--admin-token-file", "ADDRESS:PORT"}},
      {{"gossamer", "members", "--admin", "localhost:7971"}, {"no '/'", "127.0.0.1:7971"}},
      {{"gossamer", "members", "--admin", "/"}, {"directory", "--data /"}},
      {{"gossamer", "admin-token", "new"}, {"FILE"}},
      {{"gossamer", "resolve", "--data", "d"}, {"NAME"}},
      {{"gossamer", "deploy", "x", "--data", "d", "--instances", "0"},
       {"--instances", "1", "1000"}},
      {{"gossamer", "deploy", "x", "--data", "d", "--ship-interval-ms", "9"},
       {"--ship-interval-ms", "10", "3600000"}},
      {{"gossamer", "deploy", "x", "--data", "d", "--arguments", std::string(65'537, 'x')},
       {"--arguments", "0 to 65536"}},
      {{"gossamer", "deploy", "x", "--data", "d", "--factory", std::string(65, 'x')},
       {"--factory", "0 to 64"}},
      {{"gossamer", "deploy", "UPPER", "--data", "d"}, {"a-z"}},
      {{"gossamer", "seeds"}, {"--discover"}},
      {{"gossamer-sim", "dance"}, {"there is no command 'dance'"}},
      {{"gossamer-sim", "run", "--scenario", "dance"}, {"'dance'", "failover", "churn"}},
      {{"gossamer", "seeds", "carrier-pigeon:"}, {"static:", "ec2:"}},
      {{"gossamer", "doctor"}, {"subcommand"}},
      {{"gossamer", "doctor", "object-store", "tape:0"}, {"dir:PATH", "s3://"}},
      {{"gossamer", "doctor", "ec2", "static:127.0.0.1:1"}, {"ec2:"}},
      {node({"--object-store", "s3://bucket/x?style=baroque"}), {"style"}},
      {node({"--discover", "ec2:a=b?port=0"}), {"port"}},
      {{"gossamer", "keys", "new"}, {"FILE"}},
      {node({"--authority", "5f0c"}), {"--authority", "64 hex digits"}},
      {node({"--allow-node", std::string(33, '0')}), {"--allow-node", "32 or 64 hex digits"}},
      {{"gossamer", "authority"}, {"subcommand"}},
      {{"gossamer", "authority", "new"}, {"FILE"}},
      {{"gossamer", "authority", "admit", "--authority", "x", "zz"}, {"NODE", "64 hex digits"}},
      {{"gossamer", "authority", "admit", std::string(64, '0')}, {"--authority"}},
      {{"gossamer", "authority", "admit", "--authority", "x", std::string(64, '0'), "--days", "-1"},
       {"--days", "36500"}},
      {{"gossamer", "identity"}, {"DATA"}},
  }));
  std::string line;
  for (const std::string& word : row.words) line += word.substr(0, 80) + " ";
  CAPTURE(line);
  const Ended ended = run_program(row.words);
  CAPTURE(ended.err);
  CHECK(ended.status == 2);
  CHECK(ended.out.empty());
  for (const std::string& name : row.named) CHECK(ended.err.find(name) != std::string::npos);
  CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') == 1);
}

TEST_CASE("cli: a secret in place of a file's name is not repeated") {
  const std::string secret = GENERATE(std::string(64, 'a'), std::string(256, 'x'));
  const auto words = GENERATE_COPY(
      std::vector<std::string>{"gossamer", "node", "--name", "a", "--key-file", secret},
      node({"--admission", secret}),
      node({"--admin-listen", "127.0.0.1:0", "--admin-token-file", secret}),
      std::vector<std::string>{"gossamer", "keys", "add", secret, "--data", "d"},
      std::vector<std::string>{"gossamer", "members", "--admin", "127.0.0.1:1",
                               "--admin-token-file", secret});
  const Ended ended = run_program(words);
  CAPTURE(words[1], ended.err);
  CHECK(ended.status == 2);
  CHECK(ended.err.find("is this the secret itself?") != std::string::npos);
  CHECK(ended.err.find(secret) == std::string::npos);
}

TEST_CASE("cli: a seed that --allow shuts out is named as that, and not as asked") {
  Program alone{node({"--bind", "127.0.0.1:0", "--discover", "static:127.0.0.1:7973", "--allow",
                      "10.0.0.0/8", "--join-timeout-ms", "500"})};
  REQUIRE(alone.says("ready"));
  alone.signal(SIGTERM);
  const Ended ended = alone.wait();
  CAPTURE(ended.err);
  CHECK(ended.err.find("127.0.0.1:7973 is not in --allow") != std::string::npos);
  CHECK(ended.err.find("asked 127.0.0.1:7973") == std::string::npos);
}

TEST_CASE("cli: help comes with an example, and exits with 0") {
  for (const char* command : {"node", "deploy", "resolve"}) {
    const Ended ended = run_program({"gossamer", command, "--help"});
    CHECK(ended.status == 0);
    CHECK(ended.out.find("Example:") != std::string::npos);
  }
  const std::string deploy = run_program({"gossamer", "deploy", "--help"}).out;
  CHECK(deploy.find("0-65536 bytes") != std::string::npos);
  CHECK(deploy.find("goes back to its default") != std::string::npos);
  const std::string node = run_program({"gossamer", "node", "--help"}).out;
  CHECK(node.find("--replay-window-ms INT:0 or 10000-3600000=120000") != std::string::npos);
}

TEST_CASE("cli: keys new makes a file for its owner alone, never twice, and never tells the key") {
  const Scratch scratch;
  const std::string path = scratch.path("key");
  const Ended made = run_program({"gossamer", "keys", "new", path});
  CHECK(made.status == 0);
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  std::ifstream file{path};
  std::string heading, key;
  std::getline(file, heading);
  std::getline(file, key);
  CHECK(key.size() == 64);
  CHECK((made.out + made.err).find(key.substr(0, 8)) == std::string::npos);

  const Ended again = run_program({"gossamer", "keys", "new", path});
  CHECK(again.status == 1);
  CHECK(again.err.find("exists") != std::string::npos);
}

TEST_CASE("cli: a node that may open too few files says so, and exits with 1") {
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  rlimit few = usual;
  few.rlim_cur = 40;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);  // Whoever is started from here has it too.
  const Ended ended = run_program(node({"--bind", "127.0.0.1:0"}));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(ended.status == 1);
  CHECK(ended.err.find("a node needs 64 open files") != std::string::npos);
}

TEST_CASE("cli: a node warns of flags that do not do what they seem to") {
  const Scratch scratch;
  const auto start = [&](const std::string& data, std::vector<std::string> more) {
    more.insert(more.begin(), {"--bind", "127.0.0.1:0", "--data", scratch.path(data)});
    return Program{node(std::move(more))};
  };
  Program plain{start("a", {})};
  REQUIRE(plain.says("ready"));
  CHECK(plain.warns("warning: --insecure: the key is one that everybody knows"));
  Program nowhere{start("b", {"--hide-objects"})};
  CHECK(nowhere.warns("warning: --hide-objects without --object-store hides nothing"));
  Program open{start("c", {"--hide-objects", "--object-store", "dir:" + scratch.path("store")})};
  CHECK(open.warns("warning: --hide-objects with --insecure hides nothing"));
  for (Program* program : {&plain, &nowhere, &open}) program->signal(SIGTERM);
  CHECK(plain.wait().err.find("--hide-objects") == std::string::npos);
}
