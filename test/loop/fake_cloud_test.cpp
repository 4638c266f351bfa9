// What the fake cloud does when nothing goes wrong. That other clients agree: test/cloud.

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "fake_cloud_client.hpp"
#include "fakecloud/checksums.hpp"
#include "fakecloud/instance_filters.hpp"
#include "fakecloud/page_token.hpp"

namespace gossamer {
namespace {

using namespace std::chrono_literals;
using test::RawAnswer;
using test::RawClient;

TEST_CASE("fake cloud: an object is put, got, listed and removed") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  REQUIRE(client.put("a/b", "hello").status == 200);
  const RawAnswer got = client.get("a/b");
  CHECK(got.status == 200);
  CHECK(got.body == "hello");
  CHECK(client.get("a/b", {{"range", "bytes=1-2"}}).body == "el");
  CHECK(client.list().has("<Key>a/b</Key>"));
  CHECK(client.remove("a/b").status == 204);
  CHECK(client.get("a/b").status == 404);
}

TEST_CASE("fake cloud: a put that creates only is done by one of 16 at once, 100 times") {
  const auto cloud = test::start_cloud();
  for (int round = 0; round < 100; ++round) {
    const std::string key = "race/" + std::to_string(round);
    std::atomic<int> created{0}, refused{0};
    std::string winner;
    std::vector<std::thread> racers;
    for (int i = 0; i < 16; ++i) {
      racers.emplace_back([&, i] {
        RawClient client{*cloud};
        const int status = client.put(key, std::to_string(i), true).status;
        if (status == 200) {
          ++created;
          winner = std::to_string(i);
        }
        if (status == 412) ++refused;
      });
    }
    for (std::thread& racer : racers) racer.join();
    REQUIRE(created == 1);
    REQUIRE(refused == 15);
    REQUIRE(RawClient{*cloud}.get(key).body == winner);
  }
}

TEST_CASE("fake cloud: signatures are by the key, its secret, its token and the time") {
  const auto cloud = test::start_cloud();
  SECTION("another secret") {
    RawClient client{*cloud};
    client.set_key("AKFAKE", "other", "");
    CHECK(client.get("k").has("SignatureDoesNotMatch"));
    CHECK(client.describe().status == 401);
  }
  SECTION("another key") {
    RawClient client{*cloud};
    client.set_key("AKOTHER", "FAKESECRETFAKESECRET", "");
    CHECK(client.get("k").has("InvalidAccessKeyId"));
  }
  SECTION("a token that the key has not") {
    RawClient client{*cloud};
    client.set_key("AKFAKE", "FAKESECRETFAKESECRET", "token");
    CHECK(client.get("k").has("InvalidToken"));
  }
  SECTION("a clock that is 16 minutes off") {
    RawClient client{*cloud};
    client.set_clock_error(16min);
    CHECK(client.get("k").has("RequestTimeTooSkewed"));
    CHECK(client.describe().status == 401);
    client.set_clock_error(-16min);
    CHECK(client.get("k").has("RequestTimeTooSkewed"));
    CHECK(client.describe().has("RequestExpired"));
  }
  SECTION("a header that says what to do, and is not signed") {
    RawClient client{*cloud};
    client.set_unsigned_header({"x-amz-meta-owner", "somebody"});
    CHECK(client.put("k", "x").has("AccessDenied"));
    client.set_unsigned_header({"x-request-origin", "anybody"});
    CHECK(client.put("k", "x").status == 200);
  }
  SECTION("none") {
    CHECK(RawClient{*cloud}.plain("GET", "/bucket/k").status == 403);
    CHECK(RawClient{*cloud}.plain("PUT", "/bucket/k", {}, "x").status == 403);
  }
}

TEST_CASE("fake cloud: no refusal shows a secret or a token") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  client.set_key("AKFAKE", "mistyped-secret", "some-token");
  const RawAnswer refused = client.get("k");
  CHECK(refused.status == 403);
  CHECK_FALSE(refused.has("some-token"));
  CHECK_FALSE(refused.has("SECRET"));
}

/// The text between `<name>` and `</name>`, or in JSON after `"name":`.
std::string field(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\"" + name + "\"");
  if (at == std::string::npos) return {};
  const std::size_t begin = text.find('"', text.find(':', at)) + 1;
  return text.substr(begin, text.find('"', begin) - begin);
}

TEST_CASE("fake cloud: temporary credentials serve until they are expired") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  const std::string given = client.plain("GET", "/container-credentials").body;
  client.set_key(field(given, "AccessKeyId"), field(given, "SecretAccessKey"),
                 field(given, "Token"));
  CHECK(client.put("k", "x").status == 200);
  CHECK(client.describe().status == 200);
  cloud->expire_credentials();
  const RawAnswer refused = client.put("k", "y");
  CHECK(refused.status == 400);
  CHECK(refused.has("<Code>ExpiredToken</Code>"));
  CHECK(client.describe().has("<Code>RequestExpired</Code>"));
}

TEST_CASE("fake cloud: a machine's metadata is told to whoever has its token") {
  const auto cloud = test::start_cloud();
  FakeInstance one, two;
  one.private_v4 = "10.0.0.1";
  const std::string id = cloud->add_instance(one);
  const std::string other = cloud->add_instance(two);
  CHECK(cloud->metadata_endpoint(id) == cloud->endpoint() + "/imds/" + id);
  RawClient client{*cloud};
  const std::string token = client
                                .plain("PUT", "/imds/" + id + "/latest/api/token",
                                       {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}})
                                .body;
  const auto ask = [&](const std::string& whom) {
    return client.plain("GET", "/imds/" + whom + "/latest/meta-data/local-ipv4",
                        {{"X-aws-ec2-metadata-token", token}});
  };
  CHECK(ask(id).body == "10.0.0.1");
  CHECK(ask(other).status == 401);
}

TEST_CASE("fake cloud: requests are counted by what they ask and how they were answered") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  client.put("k", "x");
  client.get("k");
  client.get("other");
  const auto counted = cloud->counters();
  CHECK(counted.at("s3.PutObject.200") == 1);
  CHECK(counted.at("s3.GetObject") == 2);
  CHECK(counted.at("s3.GetObject.200") == 1);
  CHECK(counted.at("s3.GetObject.404") == 1);
  cloud->reset_counters();
  CHECK(cloud->counters().empty());
}

TEST_CASE("fake cloud: instances change their state and tags while they are described") {
  const auto cloud = test::start_cloud();
  FakeInstance machine;
  machine.private_v4 = "10.0.0.1";
  const std::string id = cloud->add_instance(machine);
  RawClient client{*cloud};
  const std::string filter = "&Filter.1.Name=tag:cluster&Filter.1.Value.1=blue";
  CHECK_FALSE(client.describe(filter).has(id));
  cloud->set_tag(id, "cluster", "blue");
  CHECK(client.describe(filter).has(id));
  cloud->set_state(id, "terminated");
  CHECK(client.describe(filter).has("<name>terminated</name>"));
  CHECK_FALSE(client.describe(filter).has("10.0.0.1"));
}

TEST_CASE("fake cloud: control takes instances and faults, and refuses what it cannot read") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  const auto post = [&](const std::string& what, const std::string& body) {
    return client.plain("POST", "/_control/" + what, {}, body);
  };
  CHECK(post("instances", R"({"id":"i-1","tags":{"a":"b"}})").body == "{\"ids\":[\"i-1\"]}\n");
  CHECK(post("faults", R"({"kind":"status","status":500,"times":1})").status == 200);
  CHECK(client.get("k").status == 500);
  CHECK(post("faults", R"({"kind":"sometimes"})").status == 400);
  CHECK(post("faults", R"({"kind":"status","stauts":500})").status == 400);
  CHECK(post("faults", "{").status == 400);
  CHECK(post("state", R"({"id":"i-2","state":"stopped"})").status == 400);
  CHECK(post("nothing", "{}").status == 404);
  CHECK(client.plain("POST", "/", {}, "Action=%ff").status == 400);
  CHECK(client.plain("GET", "/_control/counters").has("ec2."));
  CHECK(post("reset", "").status == 200);
  CHECK(client.plain("GET", "/_control/instances").body == "[]\n");
}

TEST_CASE("fake cloud: control refuses what would be a test that shows nothing, by its field") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  const auto post = [&](const std::string& what, const std::string& body) {
    return client.plain("POST", "/_control/" + what, {}, body);
  };
  REQUIRE(post("instances", R"({"id":"i-1"})").status == 200);
  struct Row {
    const char* what;
    const char* body;
    const char* named;
  };
  for (const Row& row : std::vector<Row>{
           {"instances", R"({"state":"sleeping"})", "sleeping"},
           {"instances", R"({"private_v4":"10.0.0"})", "private_v4"},
           {"instances", R"({"public_v4":"::1"})", "public_v4"},
           {"instances", R"({"ipv6":"10.0.0.1"})", "ipv6"},
           {"instances", R"({"id":7})", "'id'"},
           {"instances", R"({"id":"a/b"})", "'id'"},
           {"instances", R"({"tags":{"a":1}})", "'a'"},
           {"instances", R"({"tags":["a"]})", "'tags'"},
           {"instances", R"({"zoen":"a"})", "'zoen'"},
           {"instances", R"("i-2")", "not string"},
           {"instances", R"(["i-2"])", "not string"},
           {"instances", "7", "not number"},
           {"state", R"({"id":"i-1","state":"asleep"})", "asleep"},
           {"state", R"({"id":"i-1"})", "'state'"},
           {"state", R"({"state":"running"})", "'id'"},
           {"state", R"(["i-1"])", "not array"},
           {"tags", R"({"id":"i-2","tags":{"a":"b"}})", "i-2"},
           {"tags", R"({"id":"i-2","tags":{}})", "i-2"},
           {"tags", R"({"id":"i-1","tag":{"a":"b"}})", "'tag'"},
           {"tags", R"({"id":"i-1","tags":"a"})", "'tags'"},
           {"notice", R"({"id":"i-1","action":"explode"})", "explode"},
           {"notice", R"({"id":"i-1","action":"stop","in_seconds":-1})", "in_seconds"},
           {"notice", R"({"id":"i-1","action":"stop","in_second":1})", "in_second"},
           {"notice", R"({"id":"i-2","action":"stop"})", "i-2"},
           {"faults", R"({"claer":true})", "claer"},
           {"faults", R"({"clear":"yes"})", "'clear'"},
           {"faults", R"({"clear":false})", "'kind'"},
           {"faults", "{}", "'kind'"},
           {"faults", R"("status")", "not string"},
           {"faults", R"([["status"]])", "not array"},
           {"faults", R"({"remove":-1})", "'remove'"},
           {"faults", R"({"kind":"status","service":"dynamo"})", "dynamo"},
           {"faults", R"({"kind":"status","operation":"GetOject"})", "GetOject"},
           {"faults", R"({"kind":"status","percent":101})", "'percent'"},
           {"faults", R"({"kind":"status","percent":-1})", "'percent'"},
           {"faults", R"({"kind":"status","percent":4294967297})", "'percent'"},
           {"faults", R"({"kind":"status","percent":0.5})", "'percent'"},
           {"faults", R"({"kind":"status","percent":"20"})", "'percent'"},
           {"faults", R"({"kind":"late","delay_ms":-5})", "'delay_ms'"},
           {"faults", R"({"kind":"late","delay_ms":9223372036854775807})", "'delay_ms'"},
           {"faults", R"({"kind":"status","times":-1})", "'times'"},
           {"faults", R"({"kind":"status","times":18446744073709551615})", "'times'"},
           {"faults", R"({"kind":"status","status":4294967496})", "'status'"},
           {"expire", R"({"now":true})", "'now'"},
           {"reset", R"({"faults":true})", "'faults'"},
           {"reset", "[]", "not array"},
       }) {
    CAPTURE(row.what, row.body);
    const auto answer = post(row.what, row.body);
    INFO(answer.body);
    CHECK(answer.status == 400);
    CHECK(answer.has(row.named));
    CHECK_FALSE(answer.has("''"));
  }
  CHECK(client.plain("GET", "/_control/faults").body == "[]\n");
  CHECK(cloud->counters().empty());
  CHECK(post("faults", R"({"kind":"slow","service":"imds","operation":"GetToken","delay_ms":1})")
            .status == 200);
  CHECK(post("faults", R"({"clear":true})").status == 200);
  CHECK(client.plain("GET", "/_control/faults").body == "[]\n");
}

TEST_CASE("fake cloud: who looks for metadata at the root is told where it is") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  const auto token = client.plain("PUT", "/latest/api/token");
  CHECK(token.status == 404);
  CHECK(token.has("AWS_EC2_METADATA_SERVICE_ENDPOINT="));
  CHECK(token.has("/imds/ID"));
  CHECK(client.plain("GET", "/latest/meta-data/instance-id").has("/imds/ID"));
  CHECK_FALSE(client.plain("GET", "/other/key").has("/imds/ID"));
}

TEST_CASE("fake cloud: it does not start in a region without a name") {
  for (const char* region : {"", "us east 1", "us-east-1/x"}) {
    FakeCloud::Options options;
    options.region = region;
    const auto cloud = FakeCloud::start(options);
    REQUIRE_FALSE(cloud);
    CHECK(cloud.error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("fake cloud: wildcards of filters") {
  using fakecloud::matches_wildcards;
  CHECK(matches_wildcards("*", ""));
  CHECK(matches_wildcards("a*c*e", "abcde"));
  CHECK(matches_wildcards("*ab", "aab"));
  CHECK(matches_wildcards("a?c", "abc"));
  CHECK_FALSE(matches_wildcards("a?c", "ac"));
  CHECK_FALSE(matches_wildcards("a", "ab"));
  CHECK(matches_wildcards("a\\*", "a*"));
  CHECK_FALSE(matches_wildcards("a\\*", "ab"));
}

TEST_CASE("fake cloud: tokens of pages come back as they went") {
  const auto position = fakecloud::parse_page_token(fakecloud::to_page_token({"k%/ü+ =", 3}));
  REQUIRE(position.has_value());
  CHECK(position->place == "k%/ü+ =");
  CHECK(position->empty_pages == 3);
  CHECK_FALSE(fakecloud::parse_page_token("1+/x==").has_value());
  CHECK_FALSE(fakecloud::parse_page_token("").has_value());
}

TEST_CASE("fake cloud: checksums are those of the standards") {
  const ByteView check = as_bytes("123456789");
  CHECK(aws::to_hex(fakecloud::crc32(check)) == "cbf43926");
  CHECK(aws::to_hex(fakecloud::crc32c(check)) == "e3069283");
  CHECK(aws::to_hex(fakecloud::md5(as_bytes("abc"))) == "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace gossamer
