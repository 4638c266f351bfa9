// From open to taking part: the object store is tried first, because a node whose claims mean
// nothing must not be among those that others rely on.

#include <fmt/format.h>

#include "base/hash.hpp"
#include "node/private_file.hpp"
#include "node/shell.hpp"
#include "objects/cluster_id.hpp"
#include "objects/create_probe.hpp"

namespace gossamer::node {
namespace {

constexpr std::size_t kCommandsWaitingMax = 1024;

}  // namespace

void Shell::prove_object_store() {
  stage_ = Stage::proving;
  if (objects_ == nullptr) return begin({});
  // The answers come on the loop; none comes once the object store is gone, which this owns.
  objects::probe_create_only(*objects_, to_hex(draw_random_bytes(16)), [this](Result<void> usable) {
    if (stage_ != Stage::proving) return;
    if (!usable) return on_object_store_proven(tl::unexpected(usable.error()));
    objects::ensure_cluster_id(*objects_, to_hex(draw_random_bytes(16)),
                               [this](Result<std::string> cluster_id) {
                                 on_object_store_proven(std::move(cluster_id));
                               });
  });
}

void Shell::on_object_store_proven(Result<std::string> cluster_id) {
  if (stage_ != Stage::proving) return;
  if (cluster_id) return begin(std::move(*cluster_id));
  stage_ = Stage::unusable;
  unusable_ = cluster_id.error();
  // Said once: whoever waits for the join hears it, and only if nobody does the log has to say it.
  if (!joins_->fail_for_good(*unusable_)) log(LogLevel::error, unusable_->detail);
  tell_subscribers(Alarm{"object store", unusable_->detail});
  auto waiting = std::move(waiting_for_begin_);
  waiting_for_begin_.clear();
  for (auto& command : waiting) command(tl::unexpected(*unusable_));
}

void Shell::begin(std::string store_id) {
  stage_ = Stage::begun;
  driver::Options options;
  options.membership = options_.membership;
  options.name = options_.name;
  options.cluster = options_.cluster;
  options.metadata = options_.metadata;
  options.endpoint = endpoint_;
  options.identity = identity_;
  options.key = key_;
  options.boot = node_data_.boot;
  options.seed = seed_;
  options.store_id = std::move(store_id);
  driver::Ports ports;
  ports.clock = &clock_;
  ports.network = network_.get();
  ports.node_store = node_store_.get();
  ports.stores = unit_stores_.get();
  ports.objects = objects_.get();
  ports.services = runner_.get();
  ports.events = this;
  driver_ = std::make_unique<driver::Driver>(std::move(options), ports);
  driver_->start(std::move(node_data_.cached));
  // Records of an earlier run answer from now on, without having changed.
  for (const std::string& name : driver_->names()) on_name_changed(name);
  if (!node_data_.replaced_because.empty()) {
    on_event(Alarm{"identity", fmt::format("this node goes by a new identity, {}: {}",
                                           to_short_string(id()), node_data_.replaced_because)});
  }
  for (const auto& [key, record] : publications_) {
    if (auto published = driver_->publish(record); !published) {
      on_event(Alarm{record.name, published.error().detail});
    }
  }
  if (seed_poll_) seed_poll_->ask();
  publish_members();
  auto waiting = std::move(waiting_for_begin_);
  waiting_for_begin_.clear();
  for (auto& command : waiting) command({});
  wakeups_->refresh();
}

void Shell::when_begun(UniqueFunction<void(Result<void>)> command) {
  switch (stage_) {
    case Stage::opening:
    case Stage::proving:
      if (waiting_for_begin_.size() >= kCommandsWaitingMax) {
        return command(fail(ErrorCode::resource_exhausted,
                            fmt::format("{} commands wait for the object store's answer already",
                                        kCommandsWaitingMax)));
      }
      return waiting_for_begin_.push_back(std::move(command));
    case Stage::begun: return command({});
    case Stage::unusable: return command(tl::unexpected(*unusable_));
    case Stage::closing:
    case Stage::closed: return command(fail(ErrorCode::cancelled, "the node has closed"));
  }
}

}  // namespace gossamer::node
