#include "gossamer/service_spec.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

namespace gossamer {
namespace {

using Catch::Matchers::Contains;
using std::chrono::milliseconds;

ServiceSpec ledger() {
  ServiceSpec spec;
  spec.name = "ledger";
  return spec;
}

TEST_CASE("service spec: a name is enough") {
  CHECK(ledger().validate().has_value());
}

TEST_CASE("service spec: a name holds lower-case letters, digits, and - _ . inside") {
  for (const std::string good : {"a", "7", "ledger-2", "a_b.c", "0-_."}) {
    ServiceSpec spec;
    spec.name = good;
    INFO(good);
    CHECK(spec.validate().has_value());
  }
  for (const std::string bad :
       {"", "-a", "_a", ".a", "..", "Ledger", "a/b", "a b", "\xc3\xa9", "a\n"}) {
    ServiceSpec spec;
    spec.name = bad;
    INFO(bad);
    const auto valid = spec.validate();
    REQUIRE_FALSE(valid.has_value());
    CHECK_THAT(valid.error().detail, Contains("name"));
  }
}

TEST_CASE("service spec: the first bad field is named with its range") {
  const struct {
    std::string field;
    std::string range;
    std::function<void(ServiceSpec&)> break_it;
  } rows[] = {
      {"name", "1 to 64", [](ServiceSpec& s) { s.name.assign(65, 'x'); }},
      {"factory", "0 to 64", [](ServiceSpec& s) { s.factory.assign(65, 'x'); }},
      {"arguments", "0 to 65536", [](ServiceSpec& s) { s.arguments.assign(65'537, 'x'); }},
      {"instances", "1 to 1000", [](ServiceSpec& s) { s.instances = 0; }},
      {"instances", "1 to 1000", [](ServiceSpec& s) { s.instances = 1'001; }},
      {"takeover_delay", "0 to 3600000 ms",
       [](ServiceSpec& s) { s.takeover_delay = milliseconds{-1}; }},
      {"takeover_delay", "0 to 3600000 ms",
       [](ServiceSpec& s) { s.takeover_delay = milliseconds::max(); }},
      {"start_timeout", "1000 to 3600000 ms",
       [](ServiceSpec& s) { s.start_timeout = milliseconds::max(); }},
      {"ship_interval", "10 to 3600000 ms",
       [](ServiceSpec& s) { s.ship_interval = milliseconds{-1}; }},
      {"ship_interval", "10 to 3600000 ms",
       [](ServiceSpec& s) { s.ship_interval = milliseconds{3'600'001}; }},
      {"freeze_after_entries", "0 to 1000000",
       [](ServiceSpec& s) { s.freeze_after_entries = UINT32_MAX; }},
      {"start_timeout", "1000 to 3600000 ms",
       [](ServiceSpec& s) { s.start_timeout = milliseconds{999}; }},
      {"ship_interval", "10 to 3600000 ms",
       [](ServiceSpec& s) { s.ship_interval = milliseconds{9}; }},
      {"freeze_after_entries", "0 to 1000000",
       [](ServiceSpec& s) { s.freeze_after_entries = 1'000'001; }},
  };
  for (const auto& row : rows) {
    ServiceSpec spec = ledger();
    row.break_it(spec);
    const auto valid = spec.validate();
    INFO("field " << row.field);
    REQUIRE_FALSE(valid.has_value());
    CHECK(valid.error().code == ErrorCode::invalid_argument);
    CHECK_THAT(valid.error().detail, Contains(row.field) && Contains(row.range));
  }
}

}  // namespace
}  // namespace gossamer
