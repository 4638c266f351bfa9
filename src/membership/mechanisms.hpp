#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gossamer::membership {

/// What detection does beyond plain SWIM. Mechanisms::chosen() is at work in every node; only the
/// simulator takes parts out and puts others in, to see what each is worth (docs/PROTOCOL.md has
/// the table).
enum class Mechanism : std::uint8_t {
  health,         ///< Lifeguard: a node that hears little doubts itself and probes more slowly.
  nacks,          ///< Lifeguard: helpers say that they tried.
  confirmations,  ///< Lifeguard: suspicion gets shorter with each independent accuser.
  buddy,          ///< Lifeguard: a suspect hears of it first.
  stalls,         ///< After a stall input is read first, and deadlines shift by its length.
  floor,  ///< Suspicion that is confirmed ends after a fixed time, not one that grows with N.
  ring,   ///< Members are probed by rank, each at its own phase, instead of at random.
  period_clock,  ///< The periods of all are drawn together.
  round_trips,   ///< Timeouts follow the measured round trip.
  second_ping,   ///< A probe asks again, itself and through two rounds of helpers.
  panel,         ///< Chosen members check a suspect at once.
  privacy,       ///< And before anybody else hears of it.
  last_looks,    ///< A suspect is asked again before it is held down.
  view_digest,   ///< Pings compare views.
  isolation,     ///< Who hears nobody accuses nobody.
  flaps,         ///< Who comes and goes is suspected for longer.
  lateness,      ///< Who runs late gives others as much more time.
  links,         ///< A closed link or a refused connect is looked into at once.
  pairs,         ///< Whoever is probed takes the probe for a sign of life, so half of them do.
  hearing,       ///< Another's word that a member is down counts when it has had time to answer.
  eager,         ///< News is told at once, and not on a tick.
  heirs,         ///< An address has one live member.
  count,
};

constexpr std::array<std::string_view, static_cast<std::size_t>(Mechanism::count)> kMechanismNames{
    "health",     "nacks",        "confirmations", "buddy",       "stalls",   "floor",
    "ring",       "period_clock", "round_trips",   "second_ping", "panel",    "privacy",
    "last_looks", "view_digest",  "isolation",     "flaps",       "lateness", "links",
    "pairs",      "hearing",      "eager",         "heirs"};

/// A set of them.
class Mechanisms {
 public:
  /// All but Lifeguard's health: it makes a second death, soon after a first, known later, and
  /// spares nobody that the rest does not.
  static constexpr Mechanisms chosen() {
    return Mechanisms{(1U << kMechanismNames.size()) - 1}.without(Mechanism::health);
  }
  /// Das 2002.
  static constexpr Mechanisms swim() { return Mechanisms{0}; }
  /// Dadgar 2017.
  static constexpr Mechanisms lifeguard() {
    return swim()
        .with(Mechanism::health)
        .with(Mechanism::nacks)
        .with(Mechanism::confirmations)
        .with(Mechanism::buddy);
  }

  constexpr bool has(Mechanism mechanism) const { return (bits_ & bit(mechanism)) != 0; }
  constexpr Mechanisms with(Mechanism mechanism) const {
    return Mechanisms{bits_ | bit(mechanism)};
  }
  constexpr Mechanisms without(Mechanism mechanism) const {
    return Mechanisms{bits_ & ~bit(mechanism)};
  }

 private:
  explicit constexpr Mechanisms(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Mechanism mechanism) {
    return std::uint32_t{1} << static_cast<unsigned>(mechanism);
  }

  std::uint32_t bits_;
};

/// By its name in kMechanismNames.
constexpr std::optional<Mechanism> mechanism_of(std::string_view name) {
  for (std::size_t i = 0; i < kMechanismNames.size(); ++i) {
    if (kMechanismNames[i] == name) return static_cast<Mechanism>(i);
  }
  return std::nullopt;
}

}  // namespace gossamer::membership
