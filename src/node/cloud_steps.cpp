#include "node/cloud_steps.hpp"

#include <fmt/format.h>

namespace gossamer::node {

std::string late_words(std::chrono::milliseconds timeout) {
  return fmt::format("no answer within {} s", static_cast<double>(timeout.count()) / 1'000);
}

std::optional<std::string> examine_region(OwnLoop& own, std::chrono::milliseconds timeout,
                                          const std::string& stated, DoctorReport& report) {
  const auto region = await<Result<std::string>>(
      own, timeout, [&](auto done) { own.session().find_region(stated, std::move(done)); });
  if (region && *region) {
    report.steps.push_back({"region", true, true, **region});
    return **region;
  }
  report.steps.push_back(
      {"region", false, true, region ? region->error().detail : late_words(timeout)});
  return std::nullopt;
}

void examine_credentials(OwnLoop& own, std::chrono::milliseconds timeout, DoctorReport& report) {
  const auto chain = own.session().credentials();
  if (!chain) {
    report.steps.push_back({"credentials", false, true, chain.error().detail});
    return;
  }
  const auto found = await<Result<aws::Credentials>>(
      own, timeout, [&](auto done) { (*chain)->get(std::move(done)); });
  if (found && *found) {
    report.steps.push_back({"credentials", true, true, fmt::format("from {}", (*chain)->source())});
    return;
  }
  report.steps.push_back(
      {"credentials", false, true, found ? found->error().detail : late_words(timeout)});
}

void examine_metadata(OwnLoop& own, std::chrono::milliseconds timeout, DoctorReport& report) {
  const auto metadata = own.session().metadata();
  if (!metadata) {
    report.steps.push_back({"instance metadata", false, false, metadata.error().detail});
    return;
  }
  const auto identity = await<Result<aws::InstanceIdentity>>(
      own, timeout, [&](auto done) { (*metadata)->identity(std::move(done)); });
  if (identity && *identity) {
    report.steps.push_back({"instance metadata", true, false,
                            fmt::format("{} in {}", (*identity)->instance_id, (*identity)->zone)});
    return;
  }
  report.steps.push_back({"instance metadata", false, false,
                          identity ? identity->error().detail : late_words(timeout)});
}

}  // namespace gossamer::node
