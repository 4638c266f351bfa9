#include "aws/termination_watch.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "transport/uv_timer.hpp"

namespace gossamer::aws {
namespace {

// Notices of one machine are few: one of each kind, and a time that moves.
constexpr std::size_t kToldMax = 16;

}  // namespace

struct TerminationWatch::State : std::enable_shared_from_this<State> {
  State(UvLoop& loop, InstanceMetadata& of, Options with, Noticed on_notice, Failed on_failure)
      : metadata(of),
        options(with),
        noticed(std::move(on_notice)),
        failed(std::move(on_failure)),
        interval(with.interval),
        timer(loop, [this] { ask(); }) {}

  void ask() {
    metadata.notice([weak = weak_from_this()](Result<std::optional<TerminationNotice>> answer) {
      const auto state = weak.lock();
      if (state != nullptr && !state->is_closed) state->on_answer(std::move(answer));
    });
  }

  void on_answer(Result<std::optional<TerminationNotice>> answer) {
    if (answer) {
      has_answered = true;
      interval = options.interval;
    } else if (!has_answered) {
      interval = std::clamp(interval * 2, options.interval,
                            std::max(options.interval, options.interval_absent_max));
    }
    timer.arm(interval);
    const bool was_failing = std::exchange(is_failing, !answer);
    if (!answer) {
      if (!was_failing) failed(answer.error());
    } else if (*answer && is_new(**answer)) {
      noticed(**answer);
    }
  }

  bool is_new(const TerminationNotice& notice) {
    for (const TerminationNotice& known : told) {
      if (known.kind == notice.kind && known.at == notice.at) return false;
    }
    if (told.size() == kToldMax) told.erase(told.begin());
    told.push_back(notice);
    return true;
  }

  InstanceMetadata& metadata;
  const Options options;
  Noticed noticed;
  Failed failed;
  std::chrono::milliseconds interval;
  bool is_started = false;
  bool is_closed = false;
  bool has_answered = false;
  bool is_failing = false;
  std::vector<TerminationNotice> told{};
  UvTimer timer;
};

TerminationWatch::TerminationWatch(UvLoop& loop, InstanceMetadata& metadata, Options options,
                                   Noticed noticed, Failed failed)
    : state_(std::make_shared<State>(loop, metadata, options, std::move(noticed),
                                     std::move(failed))) {}

TerminationWatch::~TerminationWatch() {
  close();
}

void TerminationWatch::start() {
  if (state_->is_closed || std::exchange(state_->is_started, true)) return;
  state_->ask();
}

void TerminationWatch::close() {
  state_->is_closed = true;
  state_->timer.close();
}

}  // namespace gossamer::aws
