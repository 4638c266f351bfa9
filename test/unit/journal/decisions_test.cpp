#include "journal/decisions.hpp"

#include <catch2/catch.hpp>

namespace gossamer::journal {
namespace {

TEST_CASE("journal: a claim stands only if nothing lies above it", "[journal][decisions]") {
  CHECK(claim_stands(7, {}));
  CHECK(claim_stands(7, {3, 7}));
  CHECK_FALSE(claim_stands(7, {8}));
  CHECK_FALSE(claim_stands(7, {3, 900}));
}

TEST_CASE("journal: only what is confirmed is acknowledged", "[journal][decisions]") {
  CHECK(acknowledged(9, 4) == 4);
  CHECK(acknowledged(9, 9) == 9);
  CHECK(acknowledged(0, 0) == 0);
}

TEST_CASE("journal: a freeze covers what was confirmed at its checkpoint", "[journal][decisions]") {
  CHECK(covers(4, 9) == 4);
  CHECK(covers(4, 5) == 4);
}

TEST_CASE("journal: a file is reused only if the manifest that we descend from names it",
          "[journal][decisions]") {
  const ManifestFile file{"000012.sst", {}, 3, ContentHash{1}};
  const ManifestFile named{"000012.sst", "files/a", 3, ContentHash{1}};
  Manifest parent;
  parent.files = {ManifestFile{"CURRENT", "files/c", 1, {}}, named};
  const std::set<std::string> existing{"files/a", "files/b", "files/c"};
  CHECK(reusable_key(file, &parent, existing) == std::string{"files/a"});

  const auto is_reused = [&] { return reusable_key(file, &parent, existing).has_value(); };
  parent.files[1].name = "000013.sst";
  CHECK_FALSE(is_reused());
  parent.files[1] = named;
  parent.files[1].size = 4;
  CHECK_FALSE(is_reused());
  parent.files[1] = named;
  parent.files[1].hash = ContentHash{2};
  CHECK_FALSE(is_reused());
  parent.files.pop_back();
  CHECK_FALSE(is_reused());
  parent.files.push_back(named);
  CHECK(is_reused());
  CHECK_FALSE(reusable_key(file, nullptr, existing).has_value());
  // Named, and yet known to be gone.
  CHECK_FALSE(reusable_key(file, &parent, {"files/b"}).has_value());
}

TEST_CASE("journal: a store is kept only if it recorded every claim since",
          "[journal][decisions]") {
  const Nonce a{{1}}, b{{2}}, c{{3}};
  struct Row {
    const char* why;
    StoreState store;
    Epoch epoch;
    std::vector<ClaimSeen> between;
    bool is_kept;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing came between", {true, 3, {a}, 5}, 4, {}, true},
      {"its own claim came between", {true, 3, {a, b}, 5}, 5, {{4, b}}, true},
      {"somebody else's came between", {true, 3, {a}, 5}, 5, {{4, c}}, false},
      {"one of two is not recorded", {true, 3, {a, b}, 5}, 6, {{4, b}, {5, c}}, false},
      {"there is none", {}, 4, {}, false},
      {"it was never opened", {true, 0, {}, 0}, 1, {}, false},
      {"its epoch is not over", {true, 4, {a}, 5}, 4, {}, false},
      {"it is of a later journal", {true, 9, {a}, 5}, 4, {}, false},
  }));
  CAPTURE(row.why);
  CHECK(keeps_store(row.store, row.epoch, row.between) == row.is_kept);
}

}  // namespace
}  // namespace gossamer::journal
