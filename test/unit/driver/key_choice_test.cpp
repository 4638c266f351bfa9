#include "driver/key_choice.hpp"

#include <catch2/catch.hpp>

namespace gossamer::driver {
namespace {

constexpr std::uint32_t kPrimary = 1;
constexpr std::uint32_t kOld = 2;

Endpoint endpoint(std::uint16_t port) {
  return {"10.0.0.1", port};
}

TEST_CASE("driver: who speaks in an old key is answered in it, until he speaks in the primary",
          "[driver][keys]") {
  KeyChoice choice;
  const Instant now{};
  choice.on_heard(now, endpoint(1), kOld, kPrimary);
  CHECK(choice.key_for(now, endpoint(1)) == kOld);
  CHECK(choice.key_for(now, endpoint(2)) == std::nullopt);
  choice.on_heard(now, endpoint(1), kPrimary, kPrimary);
  CHECK(choice.key_for(now, endpoint(1)) == std::nullopt);
}

TEST_CASE("driver: what key somebody spoke in is forgotten after 30 s", "[driver][keys]") {
  KeyChoice choice;
  choice.on_heard({}, endpoint(1), kOld, kPrimary);
  CHECK(choice.key_for(Instant{} + KeyChoice::kMemory, endpoint(1)) == std::nullopt);
}

TEST_CASE("driver: who spoke in a key that has left the ring is answered in the primary",
          "[driver][keys]") {
  KeyChoice choice;
  choice.on_heard({}, endpoint(1), kOld, kPrimary);
  choice.on_heard({}, endpoint(2), 3, kPrimary);
  choice.keep_only({kPrimary, 3});
  CHECK(choice.key_for({}, endpoint(1)) == std::nullopt);
  CHECK(choice.key_for({}, endpoint(2)) == 3U);
}

TEST_CASE("driver: of more speakers than can be remembered the further ones get the primary",
          "[driver][keys]") {
  KeyChoice choice;
  for (std::uint16_t port = 0; port < 2 * KeyChoice::kSpeakersMax; ++port) {
    choice.on_heard({}, endpoint(port), kOld, kPrimary);
  }
  CHECK(choice.key_for({}, endpoint(0)) == kOld);
  CHECK(choice.key_for({}, endpoint(KeyChoice::kSpeakersMax)) == std::nullopt);
  // Those that are forgotten leave room.
  const Instant later = Instant{} + KeyChoice::kMemory;
  choice.on_heard(later, endpoint(KeyChoice::kSpeakersMax), kOld, kPrimary);
  CHECK(choice.key_for(later, endpoint(KeyChoice::kSpeakersMax)) == kOld);
}

}  // namespace
}  // namespace gossamer::driver
