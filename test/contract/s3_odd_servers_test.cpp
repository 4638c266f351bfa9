// The S3 store with servers that say what S3 would not.

#include <atomic>

#include "contract/s3_fixture.hpp"
#include "loop/scripted_http_server.hpp"
#include "objects/checksum.hpp"

namespace gossamer::test {
namespace {

using Range = ObjectStore::Range;

class OddFixture final : public S3Fixture {
 public:
  explicit OddFixture(const ScriptedHttpServer& server, objects::S3Limits limits = quick_limits())
      : S3Fixture({server.url(""), "key", "secret"}, limits) {}

  ObjectResult get_result(std::optional<Range> range,
                          std::shared_ptr<Bytes> into = std::make_shared<Bytes>()) {
    return await<ObjectResult>(
        [&](auto done) { store().get("a", range, make_sink(into, 1024 * 1024), std::move(done)); });
  }
};

ScriptedHttpServer::Script always(const std::string& answer) {
  return ScriptedHttpServer::answering([answer](const SeenRequest&) { return answer; });
}

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

TEST_CASE("s3: 416 is the end only of what was asked for in part, and if the sizes fit", "[s3]") {
  const std::string ours = "<Error><Code>InvalidRange</Code></Error>";
  struct Row {
    std::optional<Range> range;
    std::string body, headers;
    ObjectOutcome outcome;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {std::nullopt, ours, "Content-Range: bytes */0\r\n", ObjectOutcome::unknown},
      {std::nullopt, ours, "", ObjectOutcome::unknown},
      {Range{10, 5}, ours, "Content-Range: bytes */10\r\n", ObjectOutcome::ok},
      {Range{10, 5}, ours, "Content-Range: bytes */3\r\n", ObjectOutcome::ok},
      {Range{10, 5}, ours, "Content-Range: bytes */11\r\n", ObjectOutcome::unknown},
      {Range{0, 5}, ours, "Content-Range: bytes */0\r\n", ObjectOutcome::ok},
      // Ceph's gateway and Swift tell no size.
      {Range{10, 5}, ours, "", ObjectOutcome::ok},
      {Range{10, 5}, "<html>416</html>", "", ObjectOutcome::unknown},
  }));
  CAPTURE(row.body, row.headers);
  ScriptedHttpServer server{always(http_answer(416, row.body, row.headers))};
  OddFixture objects{server};
  CHECK(objects.get_result(row.range).outcome == row.outcome);
}

// At most ten bytes of a hundred at a time, whatever is asked for.
std::string small_answer(const SeenRequest& request, const std::string& whole) {
  const std::string asked = request.value_of("Range");
  const std::size_t from = asked.empty() ? 0 : std::stoul(asked.substr(6));
  const std::string piece = whole.substr(from, 10);
  return http_answer(206, piece,
                     "ETag: \"1\"\r\nContent-Range: bytes " + std::to_string(from) + "-" +
                         std::to_string(from + piece.size() - 1) + "/" +
                         std::to_string(whole.size()) + "\r\n");
}

TEST_CASE("s3: a part that is shorter than was asked for is not taken for all of it", "[s3]") {
  std::string whole;
  for (int i = 0; i < 100; ++i) whole += static_cast<char>('a' + i % 26);
  ScriptedHttpServer server{ScriptedHttpServer::answering(
      [&](const SeenRequest& request) { return small_answer(request, whole); })};
  OddFixture objects{server};
  const auto range = GENERATE(std::optional<Range>{}, std::optional<Range>{{0, 100}},
                              std::optional<Range>{{0, 1'000}}, std::optional<Range>{{5, 31}});
  const auto bytes = std::make_shared<Bytes>();
  const ObjectResult result = objects.get_result(range, bytes);
  CAPTURE(result.detail);
  CHECK(result.outcome == ObjectOutcome::ok);
  CHECK(to_text(*bytes) == (range ? whole.substr(range->offset, range->length) : whole));
}

TEST_CASE("s3: an answer to a get that has other bytes than were asked for is not passed on",
          "[s3]") {
  const auto headers = GENERATE(as<std::string>{}, "", "Content-Range: bytes 50-54/100\r\n",
                                "Content-Range: bytes 0-200/100\r\n");
  const int status = GENERATE(206, 203);
  ScriptedHttpServer server{always(http_answer(status, "xxxxx", headers))};
  OddFixture objects{server};
  const auto bytes = std::make_shared<Bytes>();
  const ObjectResult result = objects.get_result(Range{10, 5}, bytes);
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(has(result.detail, "other bytes than were asked for"));
  CHECK(bytes->empty());
}

TEST_CASE("s3: a get to which a byte comes now and then is given up", "[s3]") {
  ScriptedHttpServer server{[](ServerConnection& connection, int) {
    const auto request = connection.read_request();
    if (!request) return;
    const std::string asked = request->value_of("Range");
    const std::size_t from = asked.empty() ? 0 : std::stoul(asked.substr(6));
    const std::string range = "Content-Range: bytes " + std::to_string(from) + "-9999/10000\r\n";
    connection.send("HTTP/1.1 206 Said\r\nETag: \"1\"\r\n" + range +
                    "Content-Length: " + std::to_string(10'000 - from) + "\r\n\r\n");
    while (connection.send("x")) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }};
  objects::S3Limits limits = quick_limits();
  limits.timeouts.whole = std::chrono::milliseconds{50};
  limits.repeats.whole = std::chrono::milliseconds{100};
  OddFixture objects{server, limits};
  const ObjectResult result = objects.get_result(Range{0, 10'000});
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(server.accepted() < 20);
}

TEST_CASE("s3: nothing is written to a sink once the store is gone", "[s3]") {
  struct CountingSink final : ByteSink {
    void restart() override { ++calls; }
    Result<void> write(ByteView) override {
      ++calls;
      return {};
    }
    std::atomic<int> calls{0};
  };
  constexpr std::size_t kHalf = 2 * 1024 * 1024;
  Gate gate;
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (!connection.read_request()) return;
    connection.send("HTTP/1.1 200 Said\r\nETag: \"1\"\r\nContent-Length: " +
                    std::to_string(2 * kHalf) + "\r\n\r\n" + std::string(kHalf, 'x'));
    gate.wait();
    connection.send(std::string(kHalf, 'y'));
    connection.wait_for_close();
  }};
  objects::S3Limits limits = quick_limits();
  limits.timeouts.stall = limits.timeouts.first_byte = std::chrono::seconds{20};
  OddFixture objects{server, limits};
  auto other = objects.open_another();
  const auto sink = std::make_shared<CountingSink>();
  other->get("a", std::nullopt, sink, [](ObjectResult) { FAIL("the store is gone"); });
  objects.run_until([&] { return sink->calls > 1; });
  other.reset();
  const int before = sink->calls;
  gate.open();
  objects.run_until([&] {
    const auto counters = objects.session().counters();
    return counters->responses + counters->failures > 0;
  });
  CHECK(sink->calls == before);
}

TEST_CASE("s3: a PUT that is answered without an ETag is unknown", "[s3]") {
  ScriptedHttpServer server{always(http_answer(200, "Welcome"))};
  OddFixture objects{server};
  CHECK(objects.create("a", "x").outcome == ObjectOutcome::unknown);
  CHECK(objects.put("a", "x").outcome == ObjectOutcome::unknown);
}

TEST_CASE("s3: a 404 page that is not S3's is unknown to a get", "[s3]") {
  ScriptedHttpServer server{always(http_answer(404, "<html>404 Not Found</html>"))};
  OddFixture objects{server};
  const ObjectResult result = objects.get_result(Range{0, 100});
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(has(result.detail, "NoSuchKey"));
}

TEST_CASE("s3: a list that never ends is told as that", "[s3]") {
  std::atomic<int> page{1'000'000};
  ScriptedHttpServer server{ScriptedHttpServer::answering([&](const SeenRequest&) {
    const std::string number = std::to_string(page++);
    return http_answer(
        200, "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>" + number +
                 "</NextContinuationToken><Contents><Key>junk " + number +
                 "</Key></Contents></ListBucketResult>");
  })};
  OddFixture objects{server};
  const ObjectListing listing = objects.list("");
  CHECK(listing.result.outcome == ObjectOutcome::unknown);
  CHECK(has(listing.result.detail, "LIST s3://gossamer/"));
  CHECK(has(listing.result.detail, "does not end within 3000 pages"));
  CHECK(listing.keys.empty());
}

TEST_CASE("s3: what a failed completion says is bounded, and the object is looked for", "[s3]") {
  const std::string body = GENERATE(as<std::string>{},
                                    "<Error><Code>InternalError</Code><Message>" +
                                        std::string(100'000, 'x') + "</Message></Error>",
                                    "<Error><Code>" + std::string(100'000, 'x') + "</Code></Error>",
                                    "<html>Welcome</html>");
  std::atomic<int> heads{0}, aborts{0};
  ScriptedHttpServer server{ScriptedHttpServer::answering([&](const SeenRequest& request) {
    const std::string& line = request.first_line();
    if (line.starts_with("HEAD")) {
      ++heads;
      return std::string{"HTTP/1.1 404 Said\r\nContent-Length: 0\r\n\r\n"};
    }
    if (line.starts_with("DELETE")) ++aborts;
    if (line.starts_with("PUT")) return http_answer(200, "", "ETag: \"1\"\r\n");
    if (line.find("uploads") == std::string::npos) return http_answer(200, body);
    return http_answer(200,
                       "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                       "</InitiateMultipartUploadResult>");
  })};
  objects::S3Limits limits = quick_limits();
  limits.part_bytes = limits.one_put_bytes = 5 * 1024 * 1024;
  limits.timeouts.first_byte = limits.timeouts.stall = std::chrono::seconds{10};
  OddFixture objects{server, limits};
  const ObjectResult result = objects.put("a", std::string(6 * 1024 * 1024, 'x'));
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(result.detail.size() < 1'000);
  CHECK(heads == 1);
  CHECK(aborts == 1);
}

}  // namespace
}  // namespace gossamer::test
