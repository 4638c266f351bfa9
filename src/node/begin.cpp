// From open to taking part: the object store is tried first, because a node whose claims mean
// nothing must not be among those that others rely on.

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "node/private_file.hpp"
#include "node/shell.hpp"
#include "objects/cluster_id.hpp"
#include "objects/create_probe.hpp"
#include "objects/hiding_object_store.hpp"

namespace gossamer::node {
namespace {

constexpr std::size_t kCommandsWaitingMax = 1024;
constexpr Duration kFirstProofGap = std::chrono::seconds{1};
constexpr Duration kProofGapMax = std::chrono::seconds{30};

}  // namespace

Shell::Proof::Proof(UvLoop& loop, UniqueFunction<void()> again)
    : timer(loop, std::move(again)), gap(kFirstProofGap) {}

void Shell::prove_object_store() {
  stage_ = Stage::proving;
  if (objects_ == nullptr) return begin({});
  if (!proof_) proof_ = std::make_unique<Proof>(uv_, [this] { prove_object_store(); });
  // The answers come on the loop; none comes once the object store is gone, which this owns.
  objects::probe_create_only(*objects_, to_hex(draw_random_bytes(16)), [this](Result<void> usable) {
    if (stage_ != Stage::proving) return;
    if (!usable) return on_object_store_proven(tl::unexpected(usable.error()));
    objects::ensure_cluster_id(*objects_, to_hex(draw_random_bytes(16)), options_.cluster,
                               [this](Result<std::string> cluster_id) {
                                 if (stage_ != Stage::proving) return;
                                 if (cluster_id) return find_data_key(std::move(*cluster_id));
                                 on_object_store_proven(tl::unexpected(cluster_id.error()));
                               });
  });
}

void Shell::on_object_store_proven(Result<StoreProof> proof) {
  if (stage_ != Stage::proving) return;
  if (proof) return begin(std::move(*proof));
  const bool is_news = !unusable_ || unusable_->code != proof.error().code;
  unusable_ = proof.error();
  if (unusable_->code == ErrorCode::unavailable) {
    // An outage ends: a machine that starts in it must not be lost by it.
    joins_->on_object_store_failed(unusable_->detail);
    proof_->timer.arm(proof_->gap);
    proof_->gap = std::min(2 * proof_->gap, kProofGapMax);
    if (is_news) log(LogLevel::warning, unusable_->detail + "; trying again until it does");
  } else {
    stage_ = Stage::unusable;
    // Said once: whoever waits for the join hears it, and only if nobody does the log has to say
    // it.
    if (!joins_->fail_for_good(*unusable_)) log(LogLevel::error, unusable_->detail);
  }
  if (is_news) tell_subscribers(Alarm{"object store", unusable_->detail});
  auto waiting = std::move(waiting_for_begin_);
  waiting_for_begin_.clear();
  for (auto& command : waiting) command(tl::unexpected(*unusable_));
}

void Shell::begin(StoreProof store) {
  stage_ = Stage::begun;
  unusable_.reset();
  driver::Options options;
  options.membership = options_.membership;
  options.name = options_.name;
  options.cluster = options_.cluster;
  options.metadata = options_.metadata;
  options.zone = options_.zone;
  options.endpoint = endpoint_;
  options.identity = identity_;
  options.admission = admission_;
  options.own_admission = own_admission_;
  options.key = key_;
  options.kept_keys = std::move(node_data_.kept_keys);
  options.boot = node_data_.boot;
  options.seed = seed_;
  options.store_id = store.id;
  options.data_key = store.data_key;
  options.known_schemas = options_.known_schemas;
  if (objects_ != nullptr) {
    objects_ = std::make_unique<objects::HidingObjectStore>(std::move(objects_), store.data_key,
                                                            options_.hides_objects);
  }
  store_ = std::move(store);
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
      // The store was asked already, and is asked again: whoever commands may do so as well.
      if (unusable_) return command(tl::unexpected(*unusable_));
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
