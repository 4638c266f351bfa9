// The S3 store on the fake cloud.

#include "objects/s3_object_store.hpp"

#include "contract/s3_cloud_fixture.hpp"
#include "objects/create_probe.hpp"
#include "objects/object_store_url.hpp"

namespace gossamer::test {
namespace {

using Kind = FakeFault::Kind;

TEST_CASE("s3: the store keeps the contract of object stores", "[s3]") {
  S3CloudFixture objects;
  check_object_store_contract(objects);
}

TEST_CASE("s3: the contract holds in virtual-host style, and at the root of a bucket", "[s3]") {
  S3CloudFixture objects{{}, "&style=virtual", "localhost"};
  check_create_and_get(objects);
  CHECK(objects.list("").keys == std::vector<std::string>{"empty", "specs/ledger/1"});
}

TEST_CASE("s3: the contract holds while one request in ten fails", "[s3]") {
  S3CloudFixture objects{quick_limits()};
  FakeFault fault;
  fault.kind = GENERATE(Kind::status, Kind::reset, Kind::torn);
  fault.percent = 10;
  objects.cloud->add_fault(fault);
  SECTION("ranges") {
    check_ranges(objects);
  }
  SECTION("pages") {
    check_pages(objects);
  }
  SECTION("a big object") {
    check_big_object(objects);
  }
}

TEST_CASE("s3: an object carries its checksum, and asks for the encryption that the URL wants",
          "[s3]") {
  S3CloudFixture objects{{}, "&sse=aws:kms&kms_key=alias/mine"};
  REQUIRE(objects.create("a/b", "hello").outcome == ObjectOutcome::ok);
  aws::Call call = objects.raw_call("HEAD", "a/b");
  const auto answer = objects.send_raw(std::move(call));
  REQUIRE(answer.has_value());
  CHECK(http::find_header(answer->headers, "x-amz-meta-xxh128") ==
        "b5e9c1ad071b3e7fc779cfaa5e523818");
  CHECK(http::find_header(answer->headers, "x-amz-server-side-encryption") == "aws:kms");
  CHECK(http::find_header(answer->headers, "x-amz-server-side-encryption-aws-kms-key-id") ==
        "alias/mine");
}

TEST_CASE("s3: a whole get whose bytes are not those that were put says corrupted", "[s3]") {
  S3CloudFixture objects;
  aws::Call call = objects.raw_call("PUT", "a");
  call.headers = {{"x-amz-meta-xxh128", "b5e9c1ad071b3e7fc779cfaa5e523818"}};
  call.body = make_source(to_bytes("hellp"));
  call.payload_sha256 = aws::to_hex(aws::sha256(as_bytes("hellp")));
  const auto put = objects.send_raw(std::move(call));
  REQUIRE((put && put->is_success()));

  const ObjectResult result = objects.get_result("a");
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(result.detail.find("corrupted") != std::string::npos);
  // Nothing can be said of a part, but that it is all.
  CHECK(objects.get("a", ObjectStore::Range{4, 1}) == "p");
  CHECK(objects.get("a", ObjectStore::Range{0, 4}) == "hell");
  CHECK(objects.get("a", ObjectStore::Range{0, 5}) == "<unknown>");
  CHECK(objects.get("a", ObjectStore::Range{0, 100}) == "<unknown>");
}

TEST_CASE("s3: an object that others put without a checksum is given", "[s3]") {
  S3CloudFixture objects;
  aws::Call call = objects.raw_call("PUT", "a");
  call.body = make_source(to_bytes("hello"));
  call.payload_sha256 = aws::to_hex(aws::sha256(as_bytes("hello")));
  const auto put = objects.send_raw(std::move(call));
  REQUIRE((put && put->is_success()));
  CHECK(objects.get("a") == "hello");
}

TEST_CASE("s3: keys that break the rules are left out of lists, and do not end them", "[s3]") {
  S3CloudFixture objects;
  for (const char* key : {"a", "a b", "b//c", "b/", "c", "d+e", "\xc3\xa9", "f"}) {
    aws::Call call = objects.raw_call("PUT", key);
    const auto put = objects.send_raw(std::move(call));
    REQUIRE((put && put->is_success()));
  }
  CHECK(objects.list("").keys == std::vector<std::string>{"a", "c", "f"});
  const ObjectListing first = objects.list("", "", 2);
  CHECK(first.keys == std::vector<std::string>{"a", "c"});
  CHECK_FALSE(first.is_last);
  const ObjectListing second = objects.list("", "c", 1);
  CHECK(second.keys == std::vector<std::string>{"f"});
  CHECK(second.is_last);
}

TEST_CASE("s3: empty pages in the middle of a list are gone through", "[s3]") {
  S3CloudFixture objects;
  for (const char* key : {"a", "b", "c"})
    REQUIRE(objects.add(key, "x").outcome == ObjectOutcome::ok);
  FakeFault fault;
  fault.kind = Kind::empty_page;
  fault.times = 3;
  objects.cloud->add_fault(fault);
  const ObjectListing listing = objects.list("");
  CHECK(listing.keys == std::vector<std::string>{"a", "b", "c"});
  CHECK(listing.is_last);
}

TEST_CASE("s3: a server that gives small pages is asked until the limit is met", "[s3]") {
  FakeCloud::Options options;
  options.page_max = 3;
  S3CloudFixture objects{{}, {}, "127.0.0.1", options};
  check_list(objects);
}

TEST_CASE("s3: many keys that are not ours cost few requests", "[s3]") {
  S3CloudFixture objects;
  const auto add_raw = [&](const std::string& key) {
    const auto put = objects.send_raw(objects.raw_call("PUT", key));
    REQUIRE((put && put->is_success()));
  };
  add_raw("a");
  for (int i = 0; i < 100; ++i) add_raw("b " + std::to_string(i));
  add_raw("c");
  objects.cloud->reset_counters();
  const ObjectListing listing = objects.list("", "", 1);
  CHECK(listing.keys == std::vector<std::string>{"a"});
  CHECK_FALSE(listing.is_last);
  CHECK(objects.list("", "a", 1).keys == std::vector<std::string>{"c"});
  CHECK(objects.cloud->counters()["s3.ListObjectsV2"] <= 5);
}

TEST_CASE("s3: the probe passes, and refuses a store that overwrites", "[s3]") {
  S3CloudFixture objects;
  const auto probe = [&](const char* suffix) {
    return objects.await<Result<void>>(
        [&](auto done) { objects::probe_create_only(objects.store(), suffix, std::move(done)); });
  };
  CHECK(probe("one").has_value());
  FakeFault fault;
  fault.kind = Kind::unconditional;
  objects.cloud->add_fault(fault);
  const auto refused = probe("two");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::version_mismatch);
  CHECK(refused.error().detail.find("does not honour create-only") != std::string::npos);
  CHECK(refused.error().detail.find("usable for packages and exports") != std::string::npos);
  // It is, as it says.
  CHECK(objects.put("packages/a", "x").outcome == ObjectOutcome::ok);
  CHECK(objects.get("packages/a") == "x");
  CHECK(objects.list("").keys == std::vector<std::string>{"packages/a"});
  CHECK(objects.remove("packages/a").outcome == ObjectOutcome::ok);
}

TEST_CASE("s3: the probe passes although the answer to its create was lost", "[s3]") {
  S3CloudFixture objects{quick_limits()};
  FakeFault fault;
  fault.kind = GENERATE(Kind::status_after_success, Kind::hang_after_success);
  fault.operation = "PutObject";
  fault.status = 500;
  fault.code = "InternalError";
  fault.times = 1;
  objects.cloud->add_fault(fault);
  const auto probed = objects.await<Result<void>>(
      [&](auto done) { objects::probe_create_only(objects.store(), "one", std::move(done)); });
  CAPTURE(probed ? std::string{} : probed.error().detail);
  CHECK(probed.has_value());
  CHECK(objects.list("").keys.empty());
}

TEST_CASE("s3: the probe says what a store does that it cannot use", "[s3]") {
  S3CloudFixture objects{quick_limits()};
  const auto words_of_probe = [&](ObjectStore& store) {
    const auto probed = objects.await<Result<void>>(
        [&](auto done) { objects::probe_create_only(store, "one", std::move(done)); });
    REQUIRE_FALSE(probed.has_value());
    CHECK(probed.error().code == ErrorCode::unavailable);
    return probed.error().detail;
  };
  SECTION("it says that all exists") {
    FakeFault fault;
    fault.operation = "PutObject";
    fault.status = 412;
    fault.code = "PreconditionFailed";
    objects.cloud->add_fault(fault);
    CHECK(words_of_probe(objects.store()).find("does not give it back") != std::string::npos);
  }
  SECTION("nobody is there") {
    objects.cloud->stop();
    const std::string words = words_of_probe(objects.store());
    CAPTURE(words);
    CHECK(words.find("was not reached") != std::string::npos);
  }
  SECTION("there is no region") {
    const auto opened =
        objects::make_object_store("s3://bucket/a", objects.workers(), objects.session());
    REQUIRE(opened.has_value());
    const std::string words = words_of_probe(**opened);
    CAPTURE(words);
    CHECK(words.find("was not reached") != std::string::npos);
    CHECK(words.find("AWS_REGION") != std::string::npos);
    CHECK(words.find("refuses") == std::string::npos);
  }
}

TEST_CASE("s3: nothing is called back after the store is gone", "[s3]") {
  S3CloudFixture objects;
  REQUIRE(objects.put("there", std::string(100'000, 'x')).outcome == ObjectOutcome::ok);
  auto other = objects.open_another();
  bool called = false;
  for (int i = 0; i < 20; ++i) {
    const std::string key = "k" + std::to_string(i);
    const auto bytes = std::make_shared<Bytes>();
    other->create(key, make_source(Bytes(100'000)), [&](ObjectResult) { called = true; });
    other->get("there", std::nullopt, make_sink(bytes, 1'000'000),
               [&](ObjectResult) { called = true; });
    other->list("", "", 10, [&](ObjectListing) { called = true; });
    other->remove(key, [&](ObjectResult) { called = true; });
    other->create("not a key", make_source({}), [&](ObjectResult) { called = true; });
  }
  SECTION("at once") {}
  SECTION("with requests under way") {
    objects.on().run_until([&] { return !objects.list("k", "", 10).keys.empty() || called; });
    called = false;
  }
  other.reset();
  // As many turns as another store's requests take.
  for (int i = 0; i < 20; ++i) CHECK(objects.get("there").size() == 100'000);
  CHECK_FALSE(called);
}

TEST_CASE("s3: an answer may end the store that it came from", "[s3]") {
  S3CloudFixture objects;
  auto other = objects.open_another();
  int answers = 0;
  for (int i = 0; i < 3; ++i) {
    other->get("a", std::nullopt, make_sink(std::make_shared<Bytes>(), 10), [&](ObjectResult) {
      ++answers;
      other.reset();
    });
  }
  objects.run_until([&] { return answers > 0; });
  CHECK(objects.get("a") == "<absent>");
  CHECK(answers == 1);
}

TEST_CASE("s3: a source that breaks leaves nothing", "[s3]") {
  class BrokenSource final : public ByteSource {
   public:
    std::uint64_t size() const override { return 3 * 1024 * 1024; }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t>) override {
      if (offset < 1024 * 1024) return {};
      return fail(ErrorCode::io, "the source broke");
    }
  };
  S3CloudFixture objects;
  const auto result = objects.await<ObjectResult>([&](auto done) {
    objects.store().create("a", std::make_shared<BrokenSource>(), std::move(done));
  });
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(result.detail == "the source broke");
  CHECK(objects.get("a") == "<absent>");
  CHECK(objects.cloud->counters()["s3.PutObject"] == 0);
}

TEST_CASE("s3: a URL names the bucket and its place, and shows no more", "[s3]") {
  S3CloudFixture objects;
  const auto opened = objects::make_object_store("s3://bucket/a/b/?region=eu-west-1&sse=AES256",
                                                 objects.workers(), objects.session());
  REQUIRE(opened.has_value());
  CHECK((*opened)->place() == "s3://bucket/a/b");
}

TEST_CASE("s3: a store without a region says where it looked for one", "[s3]") {
  S3CloudFixture objects;
  const auto opened =
      objects::make_object_store("s3://bucket/a", objects.workers(), objects.session());
  REQUIRE(opened.has_value());
  const auto result = objects.await<ObjectResult>(
      [&](auto done) { (*opened)->put("a", make_source(to_bytes("x")), std::move(done)); });
  CHECK(result.outcome == ObjectOutcome::refused);
  CHECK(result.detail.find("AWS_REGION") != std::string::npos);
}

}  // namespace
}  // namespace gossamer::test
