#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gossamer/doctor.hpp"
#include "node/own_loop.hpp"

namespace gossamer::node {

/// Waits for one answer of the loop: `start(done)`, where done takes a T. Empty: none came in time.
template <class T, class F>
std::optional<T> await(OwnLoop& own, std::chrono::milliseconds timeout, F start) {
  const auto answer = std::make_shared<std::optional<T>>();
  start([answer](T given) { *answer = std::move(given); });
  own.run_until([&] { return answer->has_value(); }, timeout);
  return std::move(*answer);
}

/// What is said of a step that was not answered.
std::string late_words(std::chrono::milliseconds timeout);

/// Adds the step `region`, and gives it if it was found. `stated`: by the URL.
std::optional<std::string> examine_region(OwnLoop& own, std::chrono::milliseconds timeout,
                                          const std::string& stated, DoctorReport& report);
/// Adds the step `credentials`: from which source.
void examine_credentials(OwnLoop& own, std::chrono::milliseconds timeout, DoctorReport& report);
/// Adds the step `instance metadata`, which nobody depends on.
void examine_metadata(OwnLoop& own, std::chrono::milliseconds timeout, DoctorReport& report);

}  // namespace gossamer::node
