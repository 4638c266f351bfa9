#pragma once

#include <nlohmann/json.hpp>

#include "deaths.hpp"
#include "figures.hpp"
#include "settings.hpp"

namespace gossamer::bench {

constexpr std::chrono::seconds kDetectLimit{60};
constexpr std::chrono::seconds kEverybodyLimit{180};  ///< Until all see the next one to die.
constexpr std::chrono::seconds kCalm{10};   ///< In which nothing happens, to compare with.
constexpr std::chrono::seconds kEchoes{5};  ///< What is still sent of a death that all know of.

/// What comes out of both kinds of death: one by one, and each known to all survivors before the
/// next.
class Detection {
 public:
  explicit Detection(const Settings& settings) : settings_(settings) {}

  /// Lets rumours settle; and the moment within the probe period must differ between repeats.
  static std::chrono::milliseconds before_death(std::size_t repeat);

  void add(const Deaths& deaths, const std::string& victim, SteadyTime died, bool is_known_to_all);
  void add_unconverged() { ++unconverged_; }
  nlohmann::json to_json(const Deaths& deaths) const;

 private:
  const Settings& settings_;
  Samples first_;
  Samples all_;
  Names dead_;
  std::size_t undetected_ = 0;
  std::size_t unconverged_ = 0;
};

}  // namespace gossamer::bench
