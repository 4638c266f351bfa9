#include "journal/entry.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "base/counter.hpp"

namespace gossamer::journal {
namespace {

const UnitId kUnit{"ledger", 3};

TEST_CASE("journal: keys sort as their numbers do", "[journal][entry]") {
  rc::check([](std::uint64_t a, std::uint64_t b) {
    RC_ASSERT((slot_key(kUnit, a) < slot_key(kUnit, b)) == (a < b));
    RC_ASSERT((spec_key("ledger", a) < spec_key("ledger", b)) == (a < b));
    const std::string ab = file_key(kUnit, a, b, ContentHash());
    const std::string ba = file_key(kUnit, b, a, ContentHash());
    RC_ASSERT((ab < ba) == (a < b));
  });
}

TEST_CASE("journal: a key says which slot, or which attempt, it is of", "[journal][entry]") {
  const bool holds = rc::check([](std::uint64_t a, std::uint64_t b, ContentHash hash) {
    a %= kCounterMax + 1;
    b %= kCounterMax + 1;
    RC_ASSERT(slot_of(kUnit, slot_key(kUnit, a)) == a);
    const FileAttempt made_by{a, b};
    RC_ASSERT(attempt_of(kUnit, file_key(kUnit, a, b, hash)) == made_by);
    const SpecKey spec{"ledger", a + 1};
    if (a < kCounterMax) RC_ASSERT(spec_of(spec_key("ledger", a + 1)) == spec);
  });
  CHECK(holds);
}

TEST_CASE("journal: the layout of keys is fixed", "[journal][entry]") {
  CHECK(slot_key(kUnit, 7) == "journal/ledger/3/00000000000000000007");
  CHECK(spec_key("ledger", 2) == "specs/ledger/00000000000000000002");
  CHECK(file_key(kUnit, 4, 1, {}) ==
        "files/ledger/3/00000000000000000004-00000000000000000001-" + std::string(64, '0'));
}

TEST_CASE("journal: what is not a slot of the unit is no slot", "[journal][entry]") {
  const char* key =
      GENERATE("", "journal/ledger/3/", "journal/ledger/3/7",
               "journal/ledger/30/00000000000000000007", "journal/ledger/3/0000000000000000000x",
               "journal/ledger/3/99999999999999999999", "journal/ledger/3/000000000000000000071",
               "journal/ledger/3/-0000000000000000007", "journal/ledger/3/04611686018427387905",
               "journal/ledger/3/18446744073709551615", "files/ledger/3/00000000000000000007");
  CHECK(slot_of(kUnit, key) == 0);
}

TEST_CASE("journal: what is not a file of the unit has no attempt", "[journal][entry]") {
  const std::string good = file_key(kUnit, 4, 1, {});
  std::string upper = good;
  upper.back() = 'F';
  std::string joined = good;
  joined[good.size() - 65] = '0';
  for (const std::string& key : {std::string{}, files_prefix(kUnit), good + "0", good.substr(1),
                                 upper, joined, file_key({"ledger", 30}, 4, 1, {})}) {
    CAPTURE(key);
    CHECK_FALSE(attempt_of(kUnit, key).has_value());
  }
}

TEST_CASE("journal: what is not a spec is no spec", "[journal][entry]") {
  const char* key = GENERATE(
      "", "specs/", "specs/00000000000000000007", "specs//00000000000000000007", "specs/ledger/7",
      "specs/ledger/00000000000000000000", "specs/ledger/0000000000000000007x",
      "specs/ledger/000000000000000000071", "specs/ledger/04611686018427387905",
      "specs/ledger/18446744073709551615", "journal/ledger/00000000000000000007");
  CHECK_FALSE(spec_of(key).has_value());
}

TEST_CASE("journal: an altered manifest does not answer to its name", "[journal][entry]") {
  Manifest manifest{kUnit, 2, 5,
                    40,    1, {{"000012.sst", "files/x", 3, {}}, {"CURRENT", "y", 1, {}}}};
  const std::string key = manifest_key(manifest);
  CHECK(attempt_of(kUnit, key) == FileAttempt{2, 5});
  SECTION("sequence") {
    manifest.sequence = 41;
  }
  SECTION("format") {
    manifest.format = 2;
  }
  SECTION("name") {
    manifest.files[0].name = "000013.sst";
  }
  SECTION("key") {
    manifest.files[0].key = "files/z";
  }
  SECTION("size") {
    manifest.files[0].size = 4;
  }
  SECTION("hash") {
    manifest.files[1].hash[31] = 1;
  }
  SECTION("a file less") {
    manifest.files.pop_back();
  }
  SECTION("a byte that moved") {
    manifest.files[0].name = "000012.sstf";
    manifest.files[0].key = "iles/x";
  }
  CHECK(manifest_key(manifest) != key);
}

}  // namespace
}  // namespace gossamer::journal
