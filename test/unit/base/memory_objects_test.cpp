#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "gossamer/ports/object_store.hpp"

namespace gossamer {
namespace {

TEST_CASE("memory objects: a source gives any range of its bytes, as often as asked") {
  const auto source = make_source(to_bytes("gossamer"));
  CHECK(source->size() == 8);
  Bytes whole(8);
  Bytes middle(3);
  for (int attempt = 0; attempt < 2; ++attempt) {
    CHECK(source->read(0, whole).has_value());
    CHECK(to_text(whole) == "gossamer");
    CHECK(source->read(2, middle).has_value());
    CHECK(to_text(middle) == "ssa");
  }
}

TEST_CASE("memory objects: reading nothing is fine up to the end, reading past it fails") {
  const auto source = make_source(to_bytes("abc"));
  Bytes none;
  Bytes one(1);
  Bytes four(4);
  CHECK(source->read(3, none).has_value());
  CHECK_FALSE(source->read(4, none).has_value());
  CHECK_FALSE(source->read(3, one).has_value());
  CHECK_FALSE(source->read(0, four).has_value());
  CHECK_FALSE(source->read(UINT64_MAX, one).has_value());
  CHECK(source->read(0, four).error().code == ErrorCode::io);
}

TEST_CASE("memory objects: a sink keeps what was written since its last restart") {
  const auto into = std::make_shared<Bytes>();
  const auto sink = make_sink(into, 100);
  sink->restart();
  CHECK(sink->write(as_bytes("lost")).has_value());
  sink->restart();
  CHECK(sink->write(as_bytes("ke")).has_value());
  CHECK(sink->write({}).has_value());
  CHECK(sink->write(as_bytes("pt")).has_value());
  CHECK(to_text(*into) == "kept");
}

TEST_CASE("memory objects: a sink takes as much as it may, and nothing beyond") {
  const auto into = std::make_shared<Bytes>();
  const auto sink = make_sink(into, 4);
  sink->restart();
  CHECK(sink->write(as_bytes("abc")).has_value());
  const auto refused = sink->write(as_bytes("de"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::resource_exhausted);
  CHECK(to_text(*into) == "abc");
  CHECK(sink->write(as_bytes("d")).has_value());
  CHECK_FALSE(sink->write(as_bytes("e")).has_value());
  sink->restart();
  CHECK(sink->write(as_bytes("wxyz")).has_value());
}

TEST_CASE("memory objects: every outcome has a name") {
  CHECK(to_string(ObjectOutcome::ok) == "ok");
  CHECK(to_string(ObjectOutcome::exists) == "exists");
  CHECK(to_string(ObjectOutcome::absent) == "absent");
  CHECK(to_string(ObjectOutcome::refused) == "refused");
  CHECK(to_string(ObjectOutcome::unknown) == "unknown");
  CHECK(to_string(static_cast<ObjectOutcome>(99)) == "unknown");
}

}  // namespace
}  // namespace gossamer
