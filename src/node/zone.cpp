// The zone of this machine, where nobody has said it and the machine can: EC2's metadata service is
// asked, after the start and not before, for nothing depends on the answer.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "node/check_zone.hpp"
#include "node/shell.hpp"

namespace gossamer::node {
namespace {

constexpr Duration kFirstGap = std::chrono::seconds{1};
constexpr Duration kGapMax = std::chrono::minutes{5};
constexpr const char* kPath = "meta-data/placement/availability-zone";

bool is_on_ec2(const NodeOptions& options) {
  return std::any_of(options.discovery_urls.begin(), options.discovery_urls.end(),
                     [](const std::string& url) { return url.starts_with("ec2:"); });
}

}  // namespace

Shell::ZoneQuestion::ZoneQuestion(UvLoop& loop, UniqueFunction<void()> again)
    : timer(loop, std::move(again)), gap(kFirstGap) {}

Result<void> Shell::open_zone() {
  if (!options_.zone.empty() || !is_on_ec2(options_)) return {};
  if (auto metadata = session_->metadata(); !metadata) return tl::unexpected(metadata.error());
  zone_question_ = std::make_unique<ZoneQuestion>(uv_, [this] { ask_zone(); });
  ask_zone();
  return {};
}

void Shell::ask_zone() {
  auto metadata = session_->metadata();
  if (!metadata) return;  // It is closed.
  // No answer comes once the session is closed, which the shell does before it goes.
  (*metadata)->get(kPath, [this](Result<std::string> answer) {
    if (stage_ == Stage::closing || stage_ == Stage::closed) return;
    if (answer) answer = answer->substr(0, answer->find_first_of("\r\n"));
    auto told = answer.and_then([](const std::string& zone) { return check_zone(zone); });
    if (told && !answer->empty()) return learn_zone(std::move(*answer));
    // The answer does not change while a machine runs, so it is asked until it comes.
    if (!zone_question_->is_told) {
      zone_question_->is_told = true;
      log(LogLevel::info,
          fmt::format("the zone of this machine is not known yet: {}",
                      answer ? "the metadata service tells none" : answer.error().detail));
    }
    zone_question_->timer.arm(zone_question_->gap);
    zone_question_->gap = std::min(2 * zone_question_->gap, kGapMax);
  });
}

void Shell::learn_zone(std::string zone) {
  options_.zone = std::move(zone);
  if (!driver_) return;
  driver_->restate_zone(options_.zone);
  wakeups_->refresh();
}

}  // namespace gossamer::node
