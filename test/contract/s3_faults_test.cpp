// What the S3 store says and does when the service fails.

#include <functional>

#include "contract/s3_cloud_fixture.hpp"

namespace gossamer::test {
namespace {

using Kind = FakeFault::Kind;

FakeFault fault_of(Kind kind, const char* operation, std::uint64_t times) {
  FakeFault fault;
  fault.kind = kind;
  fault.operation = operation;
  fault.times = times;
  return fault;
}

FakeFault status_of(int status, const char* code, const char* operation, std::uint64_t times) {
  FakeFault fault = fault_of(Kind::status, operation, times);
  fault.status = status;
  fault.code = code;
  return fault;
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 7;
  for (char& c : bytes) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

objects::S3Limits limits_of_parts() {
  objects::S3Limits limits = quick_limits();
  limits.part_bytes = limits.one_put_bytes = 5 * 1024 * 1024;
  limits.timeouts.first_byte = limits.timeouts.stall = std::chrono::seconds{4};
  return limits;
}

TEST_CASE("s3: each status of a create means what the rules of outcomes say", "[s3]") {
  struct Row {
    int status;
    const char* code;
    ObjectOutcome outcome;
  };
  const auto row = GENERATE(values<Row>({
      {412, "PreconditionFailed", ObjectOutcome::exists},
      {400, "InvalidRequest", ObjectOutcome::refused},
      {401, "Unauthorized", ObjectOutcome::refused},
      {403, "AccessDenied", ObjectOutcome::refused},
      {404, "NoSuchBucket", ObjectOutcome::refused},
      {404, "NoSuchKey", ObjectOutcome::unknown},
      {409, "ConditionalRequestConflict", ObjectOutcome::unknown},
      {429, "TooManyRequests", ObjectOutcome::unknown},
      {400, "RequestTimeout", ObjectOutcome::unknown},
      {400, "BadDigest", ObjectOutcome::unknown},
      {500, "InternalError", ObjectOutcome::unknown},
      {501, "NotImplemented", ObjectOutcome::refused},
      {503, "SlowDown", ObjectOutcome::unknown},
  }));
  CAPTURE(row.status, row.code);
  S3CloudFixture objects{quick_limits()};
  objects.cloud->add_fault(status_of(row.status, row.code, "PutObject", 0));
  const ObjectResult result = objects.create("a", "x");
  CHECK(result.outcome == row.outcome);
  CAPTURE(result.detail);
  CHECK(result.detail.find("PUT s3://gossamer/" + objects.prefix() + "/a: ") == 0);
  CHECK(result.detail.find(row.code) != std::string::npos);
  // What a repetition may settle was repeated.
  const bool is_repeated = row.outcome == ObjectOutcome::unknown && row.status != 404;
  CHECK(objects.cloud->counters()["s3.PutObject"] == (is_repeated ? 4 : 1));
}

TEST_CASE("s3: a create that meets a passing failure succeeds in the end", "[s3]") {
  const auto fault = GENERATE(
      status_of(503, "SlowDown", "PutObject", 2), status_of(500, "InternalError", "PutObject", 2),
      status_of(409, "ConditionalRequestConflict", "PutObject", 2),
      fault_of(Kind::reset, "PutObject", 2), fault_of(Kind::hang, "PutObject", 2));
  S3CloudFixture objects{quick_limits()};
  objects.cloud->add_fault(fault);
  CHECK(objects.create("a", "x").outcome == ObjectOutcome::ok);
  CHECK(objects.cloud->counters()["s3.PutObject"] == 3);
  CHECK(objects.get("a") == "x");
}

TEST_CASE("s3: a create whose success was not heard of exists, and its bytes are there", "[s3]") {
  const auto kind = GENERATE(Kind::status_after_success, Kind::hang_after_success);
  S3CloudFixture objects{quick_limits()};
  FakeFault fault = fault_of(kind, "PutObject", 1);
  fault.status = 500;
  fault.code = "InternalError";
  objects.cloud->add_fault(fault);
  CHECK(objects.create("a", "x").outcome == ObjectOutcome::exists);
  CHECK(objects.get("a") == "x");
}

TEST_CASE("s3: a create that is never answered is unknown, within the bounds of time", "[s3]") {
  S3CloudFixture objects{quick_limits()};
  objects.cloud->add_fault(fault_of(Kind::hang, "PutObject", 0));
  const auto begun = std::chrono::steady_clock::now();
  const ObjectResult result = objects.create("a", "x");
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(result.detail.find("1000 ms") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{30});
}

TEST_CASE("s3: nobody there is unknown for a create, and says so", "[s3]") {
  S3CloudFixture objects{quick_limits()};
  objects.cloud->stop();
  CHECK(objects.create("a", "x").outcome == ObjectOutcome::unknown);
  CHECK(objects.list("").result.outcome == ObjectOutcome::unknown);
}

TEST_CASE("s3: a get that breaks goes on where it broke", "[s3]") {
  S3CloudFixture objects{quick_limits()};
  const std::string big = pattern(5 * 1024 * 1024 + 3);
  REQUIRE(objects.put("a", big).outcome == ObjectOutcome::ok);
  // More breaks than attempts: each moves on, so none counts.
  objects.cloud->add_fault(fault_of(Kind::torn, "GetObject", 6));
  const auto range = GENERATE(std::optional<ObjectStore::Range>{},
                              std::optional<ObjectStore::Range>{{1'000'001, 3'000'000}});
  const std::string wanted = range ? big.substr(1'000'001, 3'000'000) : big;
  CHECK((objects.get("a", range) == wanted));
  auto counters = objects.cloud->counters();
  CHECK(counters["s3.GetObject"] == 7);
  CHECK(counters["s3.GetObject.200"] == (range ? 0 : 1));
}

TEST_CASE("s3: a get that breaks while the object changes starts over with the new one", "[s3]") {
  // A sink that changes the object once it has begun.
  class Changing final : public ByteSink {
   public:
    explicit Changing(std::function<void()> change) : change_(std::move(change)) {}
    void restart() override {
      ++starts;
      bytes.clear();
    }
    Result<void> write(ByteView more) override {
      bytes.append(as_text(more));
      if (change_) std::exchange(change_, nullptr)();
      return {};
    }
    std::string bytes;
    int starts = 0;

   private:
    std::function<void()> change_;
  };
  S3CloudFixture objects{quick_limits()};
  const std::string old_bytes(4 * 1024 * 1024, 'o');
  const std::string new_bytes(4 * 1024 * 1024, 'n');
  REQUIRE(objects.put("a", old_bytes).outcome == ObjectOutcome::ok);
  objects.cloud->add_fault(fault_of(Kind::torn, "GetObject", 1));
  // Before the get is asked to go on: the fake cloud waits, the other put does not.
  FakeFault pause = fault_of(Kind::status, "GetObject", 0);
  const std::uint64_t waits = objects.cloud->add_fault(pause);
  bool is_changed = false;
  const auto sink = std::make_shared<Changing>([&] {
    objects.workers().post([&] {
      objects.store().put("a", make_source(to_bytes(new_bytes)), [&](ObjectResult) {
        is_changed = true;
        objects.cloud->remove_fault(waits);
      });
    });
  });
  objects::S3Limits limits = quick_limits();
  limits.repeats.attempts_max = 1'000;
  const auto patient = objects.open(limits);
  const auto result = objects.await<ObjectResult>(
      [&](auto done) { patient->get("a", std::nullopt, sink, std::move(done)); });
  CAPTURE(result.detail);
  CHECK(is_changed);
  CHECK(result.outcome == ObjectOutcome::ok);
  CHECK((sink->bytes == new_bytes));
  CHECK(sink->starts == 2);
  CHECK(objects.cloud->counters()["s3.GetObject.412"] == 1);
}

TEST_CASE("s3: a get that breaks without moving on is unknown after a few attempts", "[s3]") {
  S3CloudFixture objects{quick_limits()};
  REQUIRE(objects.put("a", "x").outcome == ObjectOutcome::ok);
  objects.cloud->add_fault(fault_of(Kind::reset, "GetObject", 0));
  CHECK(objects.get("a") == "<unknown>");
  // One more where libcurl found a kept connection closed, which it may have been before.
  const std::uint64_t sent = objects.cloud->counters()["s3.GetObject"];
  CHECK((sent == 4 || sent == 5));
}

TEST_CASE("s3: a whole put in parts sends them in parallel, once each", "[s3]") {
  objects::S3Limits limits = limits_of_parts();
  S3CloudFixture objects{limits};
  const std::string big = pattern(11 * 1024 * 1024 + 1);
  REQUIRE(objects.put("a", big).outcome == ObjectOutcome::ok);
  CHECK((objects.get("a") == big));
  auto counters = objects.cloud->counters();
  CHECK(counters["s3.CreateMultipartUpload"] == 1);
  CHECK(counters["s3.UploadPart"] == 3);
  CHECK(counters["s3.CompleteMultipartUpload"] == 1);
  CHECK(counters["s3.PutObject"] == 0);
  CHECK(counters["s3.AbortMultipartUpload"] == 0);
}

TEST_CASE("s3: a put in parts that fails is aborted, and leaves nothing", "[s3]") {
  objects::S3Limits limits = limits_of_parts();
  S3CloudFixture objects{limits};
  const char* operation = GENERATE("UploadPart", "CompleteMultipartUpload");
  objects.cloud->add_fault(status_of(403, "AccessDenied", operation, 0));
  const ObjectResult result = objects.put("a", pattern(11 * 1024 * 1024));
  CHECK(result.outcome == ObjectOutcome::refused);
  CHECK(result.detail.find("AccessDenied") != std::string::npos);
  CHECK(objects.cloud->counters()["s3.AbortMultipartUpload"] == 1);
  CHECK(objects.get("a") == "<absent>");
}

TEST_CASE("s3: a completion that succeeded and said that it failed is found out", "[s3]") {
  objects::S3Limits limits = limits_of_parts();
  S3CloudFixture objects{limits};
  const auto kind = GENERATE(Kind::status_after_success, Kind::hang_after_success);
  FakeFault fault = fault_of(kind, "CompleteMultipartUpload", 1);
  objects.cloud->add_fault(fault);
  const std::string big = pattern(6 * 1024 * 1024);
  const ObjectResult result = objects.put("a", big);
  CAPTURE(result.detail);
  CHECK(result.outcome == ObjectOutcome::ok);
  CHECK((objects.get("a") == big));
}

TEST_CASE("s3: uploads that dead processes left are aborted at the first put in parts", "[s3]") {
  objects::S3Limits limits = limits_of_parts();
  S3CloudFixture objects{limits};
  const auto begin = [&](const std::string& key) {
    aws::Call call = objects.raw_call("POST", key);
    call.query = {{"uploads", ""}};
    const auto begun = objects.send_raw(std::move(call));
    REQUIRE((begun && begun->is_success()));
  };
  begin("left/1");
  begin("left/2");
  limits.leftover_age = std::chrono::seconds{GENERATE(0, 3'600)};
  const std::uint64_t aborted = limits.leftover_age.count() == 0 ? 2 : 0;
  const auto store = objects.open(limits);
  // Its own upload may be among the swept where no age is asked for: the outcome is not looked at.
  objects.await<ObjectResult>(
      [&](auto done) { store->put("a", make_source(Bytes(6 * 1024 * 1024)), std::move(done)); });
  if (aborted > 0) {
    objects.run_until([&] { return objects.count_uploads() == 0; });
  } else {
    CHECK(objects.count_uploads() == 2);
    CHECK(objects.cloud->counters()["s3.AbortMultipartUpload"] == 0);
  }
}

TEST_CASE("s3: of leftovers all pages are swept, and no key that cannot be ours", "[s3]") {
  objects::S3Limits limits = limits_of_parts();
  limits.leftover_age = std::chrono::seconds{0};
  FakeCloud::Options options;
  options.page_max = 3;
  S3CloudFixture objects{limits, {}, "127.0.0.1", options};
  const auto begin = [&](const std::string& key) {
    aws::Call call = objects.raw_call("POST", key);
    call.query = {{"uploads", ""}};
    const auto begun = objects.send_raw(std::move(call));
    REQUIRE((begun && begun->is_success()));
  };
  begin("a b");
  begin("c//d");
  for (int i = 0; i < 10; ++i) begin("left/" + std::to_string(i));
  objects.await<ObjectResult>([&](auto done) {
    objects.store().put("z", make_source(Bytes(6 * 1024 * 1024)), std::move(done));
  });
  objects.run_until([&] { return objects.count_uploads() == 2; });
}

// Failures of another kind of request take all that may be spent on repetitions.
void spend_repetitions(S3CloudFixture& objects) {
  const std::uint64_t fault =
      objects.cloud->add_fault(status_of(503, "SlowDown", "ListObjectsV2", 0));
  REQUIRE(objects.list("").result.outcome == ObjectOutcome::unknown);
  objects.cloud->remove_fault(fault);
  REQUIRE(objects.cloud->counters()["s3.ListObjectsV2"] > 50);
}

objects::S3Limits limits_of_spending() {
  objects::S3Limits limits = quick_limits();
  limits.repeats.attempts_max = 10'000;
  limits.repeats.pause_max = std::chrono::milliseconds{1};
  return limits;
}

TEST_CASE("s3: a corrupted object is told when no repetition may be had", "[s3]") {
  S3CloudFixture objects{limits_of_spending()};
  aws::Call call = objects.raw_call("PUT", "a");
  call.headers = {{"x-amz-meta-xxh128", "b5e9c1ad071b3e7fc779cfaa5e523818"}};
  call.body = make_source(to_bytes("hellp"));
  call.payload_sha256 = aws::to_hex(aws::sha256(as_bytes("hellp")));
  const auto put = objects.send_raw(std::move(call));
  REQUIRE((put && put->is_success()));
  spend_repetitions(objects);
  const ObjectResult result = objects.get_result("a");
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(result.detail.find("corrupted") != std::string::npos);
  CHECK(objects.cloud->counters()["s3.GetObject"] == 1);
}

TEST_CASE("s3: a get that moves on spends nothing of what there is for repetitions", "[s3]") {
  S3CloudFixture objects{limits_of_spending()};
  const std::string big = pattern(3 * 1024 * 1024);
  REQUIRE(objects.put("a", big).outcome == ObjectOutcome::ok);
  spend_repetitions(objects);
  objects.cloud->add_fault(fault_of(Kind::torn, "GetObject", 4));
  CHECK((objects.get("a") == big));
  CHECK(objects.cloud->counters()["s3.GetObject"] == 5);
}

}  // namespace
}  // namespace gossamer::test
