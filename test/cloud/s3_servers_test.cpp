// The S3 store on servers that others wrote. Run by test/servers/with.sh.

#include <iostream>

#include "contract/s3_race.hpp"
#include "objects/cluster_id.hpp"
#include "objects/create_probe.hpp"
#include "objects/s3_object_store.hpp"

namespace gossamer::test {
namespace {

// Swift's S3 interface answers 501 to `If-None-Match`.
class SwiftFixture final : public S3Fixture {
 public:
  SwiftFixture() : S3Fixture(S3Place::of_server("SWIFT")) {}
  bool is_slow() const override { return true; }
  bool has_create() const override { return false; }
};

Result<void> probe(S3Fixture& objects) {
  return objects.await<Result<void>>(
      [&](auto done) { objects::probe_create_only(objects.store(), "0123abcd", std::move(done)); });
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

TEST_CASE("s3: Ceph's gateway keeps the contract of object stores", "[s3][radosgw]") {
  S3Fixture objects{S3Place::of_server("RADOSGW")};
  check_object_store_contract(objects);
}

TEST_CASE("s3: Ceph's gateway passes the probe, and gives one cluster id", "[s3][radosgw]") {
  S3Fixture objects{S3Place::of_server("RADOSGW")};
  const auto probed = probe(objects);
  CAPTURE(probed ? std::string{} : probed.error().detail);
  CHECK(probed.has_value());
  const auto find = [&](const char* candidate) {
    return objects.await<Result<std::string>>([&](auto done) {
      objects::ensure_cluster_id(objects.store(), candidate, "shop", std::move(done));
    });
  };
  CHECK(find("aaaa").value_or("") == "aaaa");
  CHECK(find("bbbb").value_or("") == "aaaa");
}

TEST_CASE("s3: one of eight racing creates wins in each of 1,000 rounds on Ceph's gateway",
          "[s3][radosgw]") {
  S3Fixture objects{S3Place::of_server("RADOSGW")};
  const RaceFigures figures = race(objects, 1'000);
  CHECK(figures.winners == 1'000);
  std::cout << figures.rounds << " rounds, " << figures.creates << " creates, " << figures.unknowns
            << " of them unknown\n";
}

TEST_CASE("s3: credentials that are wrong are refused, with the service's words", "[s3][radosgw]") {
  S3Fixture objects{S3Place::of_server("RADOSGW")};
  const auto session = objects.open_session(S3Place::of_server("RADOSGW").access_key, "another");
  const auto store = objects.open({}, session.get());
  const auto result = objects.await<ObjectResult>(
      [&](auto done) { store->create("a", make_source(to_bytes("x")), std::move(done)); });
  CHECK(result.outcome == ObjectOutcome::refused);
  CHECK(result.detail.find("403 SignatureDoesNotMatch") != std::string::npos);
  CHECK(result.detail.find("another") == std::string::npos);
}

TEST_CASE("s3: a bucket that does not exist is refused, not taken for empty", "[s3]") {
  S3Place place = S3Place::of_server(GENERATE("RADOSGW", "SWIFT"));
  place.bucket = "no-such-bucket";
  S3Fixture objects{place};
  CHECK(objects.get("a") == "<refused>");
  CHECK(objects.list("").result.outcome == ObjectOutcome::refused);
  const ObjectResult put = objects.put("a", "x");
  CHECK(put.outcome == ObjectOutcome::refused);
  CHECK(put.detail.find("NoSuchBucket") != std::string::npos);
}

objects::S3Limits limits_of_parts() {
  objects::S3Limits limits;
  limits.one_put_bytes = limits.part_bytes;
  return limits;
}

TEST_CASE("s3: what is put in parts comes back whole", "[s3]") {
  S3Fixture objects{S3Place::of_server(GENERATE(as<std::string>{}, "RADOSGW", "SWIFT")),
                    limits_of_parts()};
  const std::string big = pattern(17 * 1024 * 1024 + 5);
  const ObjectResult put = objects.put("big", big);
  CAPTURE(put.detail);
  REQUIRE(put.outcome == ObjectOutcome::ok);
  CHECK((objects.get("big") == big));
  CHECK((objects.get("big", ObjectStore::Range{8 * 1024 * 1024 - 3, 6}) ==
         big.substr(8 * 1024 * 1024 - 3, 6)));
  CHECK(objects.list("").keys == std::vector<std::string>{"big"});
}

TEST_CASE("s3: uploads that dead processes left are aborted, and young ones are not", "[s3]") {
  S3Fixture objects{S3Place::of_server(GENERATE(as<std::string>{}, "RADOSGW", "SWIFT"))};
  // Stores that go while their uploads are under way leave them.
  const auto leave = [&](const std::string& key) {
    objects::S3Limits limits = limits_of_parts();
    limits.parts_at_once = 1;
    const auto dying = objects.open(limits);
    dying->put(key, make_source(Bytes(64 * 1024 * 1024)), [](ObjectResult) {});
    objects.run_until([&] { return objects.count_uploads() > 0; });
  };
  leave("left");
  const auto left_at = std::chrono::steady_clock::now();
  constexpr std::chrono::seconds kAge{5};
  const auto open_with = [&](std::chrono::seconds age) {
    objects::S3Limits limits = limits_of_parts();
    limits.leftover_age = age;
    return objects.open(limits);
  };
  const auto put_in_parts = [&](ObjectStore& store) {
    const auto result = objects.await<ObjectResult>(
        [&](auto done) { store.put("a", make_source(Bytes(9 * 1024 * 1024)), std::move(done)); });
    CHECK(result.outcome == ObjectOutcome::ok);
  };
  const auto patient = open_with(std::chrono::hours{1});
  put_in_parts(*patient);
  CHECK(objects.count_uploads() == 1);

  // Old enough by the server's clock, which counts whole seconds; the put's own upload never is.
  objects.run_until(
      [&] { return std::chrono::steady_clock::now() > left_at + kAge + std::chrono::seconds{2}; });
  const auto sweeping = open_with(kAge);
  put_in_parts(*sweeping);
  objects.run_until([&] { return objects.count_uploads() == 0; });
}

TEST_CASE("s3: the gateway knows the bucket by its host, too", "[s3][radosgw]") {
  S3Place place = S3Place::of_server("RADOSGW");
  place.endpoint.replace(place.endpoint.find("127.0.0.1"), 9, "s3.localhost");
  S3Fixture objects{place, {}, "&style=virtual"};
  check_create_and_get(objects);
  CHECK(objects.list("").keys == std::vector<std::string>{"empty", "specs/ledger/1"});
}

TEST_CASE("s3: Swift keeps the laws of get, put, list and remove", "[s3][swift]") {
  SwiftFixture objects;
  check_other_laws(objects);
}

TEST_CASE("s3: Swift, which knows no conditional writes, is refused for claims with that reason",
          "[s3][swift]") {
  SwiftFixture objects;
  const ObjectResult created = objects.create("a", "x");
  CHECK(created.outcome == ObjectOutcome::refused);
  CHECK(objects.get("a") == "<absent>");

  const auto probed = probe(objects);
  REQUIRE_FALSE(probed.has_value());
  CHECK(probed.error().code == ErrorCode::permission_denied);
  for (const char* words : {"cannot be used for claims", "501",
                            "does not support conditional writes", "packages and exports"}) {
    CAPTURE(words, probed.error().detail);
    CHECK(probed.error().detail.find(words) != std::string::npos);
  }
  CHECK(objects.put("packages/a", "still usable").outcome == ObjectOutcome::ok);
  CHECK(objects.get("packages/a") == "still usable");
}

}  // namespace
}  // namespace gossamer::test
