// The data key of an object store: who makes it, who gets it, and who does not.

#include "objects/data_keys.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "unit/driver/toy_ports.hpp"

namespace gossamer::objects {
namespace {

const char* const kFirst = "data-keys/first";

wire::ClusterKey cluster_key(std::uint8_t first) {
  wire::ClusterKey key;
  key.bytes[0] = first;
  return key;
}

NewDataKey drawn(std::uint8_t first) {
  return {{{first}}, {{first}}};
}

struct Place {
  using Found = Result<wire::DataKey>;
  Found ensure(const std::vector<wire::ClusterKey>& keys, const NewDataKey& candidate,
               std::string cluster = "shop") {
    std::optional<Found> found;
    ensure_data_key(objects, {keys, std::move(cluster), store_id}, candidate,
                    [&](Found got) { found = std::move(got); });
    loop.run_posted();
    REQUIRE(found.has_value());
    return *found;
  }
  Result<void> wrap(const NewDataKey& key, const wire::ClusterKey& under) {
    std::optional<Result<void>> wrapped;
    const std::vector<wire::ClusterKey> keys{cluster_key(1)};
    ensure_data_key_wrapped(objects, {keys, "shop", store_id}, key, under,
                            [&](Result<void> got) { wrapped = std::move(got); });
    loop.run_posted();
    REQUIRE(wrapped.has_value());
    return *wrapped;
  }

  std::string store_id = "store";
  driver::ToyLoop loop{};
  driver::ToyObjects objects{loop};
};

std::string under(std::uint8_t first) {
  char name[32];
  std::snprintf(name, sizeof(name), "data-keys/%08x", cluster_key(first).id());
  return name;
}

TEST_CASE("data keys: an empty store gets one, and everybody who comes later gets that",
          "[data_keys]") {
  Place place;
  REQUIRE(place.ensure({cluster_key(1)}, drawn(5)).value() == drawn(5).key);
  CHECK(place.objects.held.size() == 1);
  CHECK(place.objects.held.contains(kFirst));
  CHECK(place.ensure({cluster_key(1)}, drawn(6)).value() == drawn(5).key);
  CHECK(place.ensure({cluster_key(2), cluster_key(1)}, drawn(7)).value() == drawn(5).key);
  CHECK(place.objects.held.size() == 1);
}

TEST_CASE(
    "data keys: of two nodes that race both get the one that was first, whichever key is primary",
    "[data_keys]") {
  Place place;
  const std::vector<wire::ClusterKey> one{cluster_key(1), cluster_key(2)};
  const std::vector<wire::ClusterKey> other{cluster_key(2), cluster_key(1)};
  std::vector<Result<wire::DataKey>> found;
  const auto keep = [&](Result<wire::DataKey> got) { found.push_back(std::move(got)); };
  ensure_data_key(place.objects, {one, "shop", "store"}, drawn(5), keep);
  ensure_data_key(place.objects, {other, "shop", "store"}, drawn(6), keep);
  place.loop.run_posted();
  REQUIRE(found.size() == 2);
  CHECK(found[0].value() == found[1].value());
}

TEST_CASE("data keys: a key whose creation was not answered is the one that is found",
          "[data_keys]") {
  Place place;
  place.objects.forgets_answer[kFirst] = 1;
  CHECK(place.ensure({cluster_key(1)}, drawn(5)).value() == drawn(5).key);
}

TEST_CASE(
    "data keys: a node of another key is told under which keys it is wrapped, and which it holds",
    "[data_keys]") {
  Place place;
  REQUIRE(place.ensure({cluster_key(1)}, drawn(5)).has_value());
  const auto refused = place.ensure({cluster_key(2)}, drawn(6));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::invalid_argument);
  CHECK(refused.error().detail.find("under the cluster key(s) " + under(1).substr(10)) !=
        std::string::npos);
  CHECK(refused.error().detail.find("this node holds " + under(2).substr(10)) != std::string::npos);
  CHECK(place.objects.held.size() == 1);
}

TEST_CASE(
    "data keys: with another cluster-id, cluster name, or a byte of its own altered it does not "
    "open",
    "[data_keys]") {
  Place place;
  REQUIRE(place.ensure({cluster_key(1)}, drawn(5)).has_value());
  std::string cluster = "shop";
  SECTION("cluster-id") {
    place.store_id = "other";
  }
  SECTION("cluster name") {
    cluster = "shoq";
  }
  SECTION("byte") {
    place.objects.held[kFirst].back() ^= 1;
  }
  SECTION("garbage") {
    place.objects.held[kFirst] = Bytes(5'000);
  }
  const auto refused = place.ensure({cluster_key(1)}, drawn(6), cluster);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::corrupted);
  CHECK(refused.error().detail.find("no data key below data-keys/ that opens") !=
        std::string::npos);
}

TEST_CASE("data keys: those of a hundred earlier cluster keys do not hide the one that opens",
          "[data_keys]") {
  Place place;
  REQUIRE(place.ensure({cluster_key(1)}, drawn(5)).has_value());
  for (int i = 100; i < 200; ++i) place.objects.held["data-keys/00000" + std::to_string(i)] = {1};
  CHECK(place.ensure({cluster_key(1)}, drawn(6)).value() == drawn(5).key);
}

TEST_CASE("data keys: where sealed objects are and no data key, no new one is made",
          "[data_keys]") {
  Place place;
  place.objects.held[GENERATE("specs/ledger/00000000000000000001",
                              "journal/ledger/0/00000000000000000001")] = {1};
  const auto refused = place.ensure({cluster_key(1)}, drawn(5));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::corrupted);
  CHECK(refused.error().detail.find("holds journals or specs, and no data key") !=
        std::string::npos);
  CHECK(place.objects.held.size() == 1);
}

TEST_CASE("data keys: wrapped under a further cluster key it opens with that alone",
          "[data_keys]") {
  Place place;
  REQUIRE(place.ensure({cluster_key(1)}, drawn(5)).has_value());
  const NewDataKey again{drawn(5).key, {{77}}};
  place.objects.forgets_answer[under(2)] = GENERATE(0, 1);
  REQUIRE(place.wrap(again, cluster_key(2)).has_value());
  CHECK(place.objects.held.contains(under(2)));
  CHECK(place.ensure({cluster_key(2)}, drawn(6)).value() == drawn(5).key);
  // Again, with another nonce: what is there is as good.
  const Bytes there = place.objects.held[under(2)];
  CHECK(place.wrap({drawn(5).key, {{78}}}, cluster_key(2)).has_value());
  CHECK(place.objects.held[under(2)] == there);
  // The old key retired, by a person.
  place.objects.held.erase(kFirst);
  CHECK(place.ensure({cluster_key(2)}, drawn(6)).value() == drawn(5).key);
  CHECK_FALSE(place.ensure({cluster_key(1)}, drawn(6)).has_value());
}

TEST_CASE("data keys: something else in a wrapping's place is told, not overwritten",
          "[data_keys]") {
  Place place;
  REQUIRE(place.ensure({cluster_key(1)}, drawn(5)).has_value());
  place.objects.held[under(2)] = Bytes{1, 2, 3};
  const auto refused = place.wrap(drawn(5), cluster_key(2));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::corrupted);
  CHECK(place.objects.held[under(2)] == Bytes{1, 2, 3});
  CHECK(place.ensure({cluster_key(2), cluster_key(1)}, drawn(6)).value() == drawn(5).key);
}

TEST_CASE("data keys: who only reads makes none, and a store that is silent gives none",
          "[data_keys]") {
  Place place;
  const std::vector<wire::ClusterKey> keys{cluster_key(1)};
  std::optional<Result<wire::DataKey>> found;
  find_data_key(place.objects, {keys, "shop", "store"}, [&](auto got) { found = std::move(got); });
  place.loop.run_posted();
  REQUIRE(found.has_value());
  CHECK(found->error().code == ErrorCode::not_found);
  CHECK(place.objects.held.empty());
  REQUIRE(place.ensure({cluster_key(1)}, drawn(5)).has_value());
  place.objects.is_silent = true;
  CHECK(place.ensure({cluster_key(1)}, drawn(5)).error().code == ErrorCode::unavailable);
}

}  // namespace
}  // namespace gossamer::objects
