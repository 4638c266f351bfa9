// The commit path of the simulated stores: groups, their sync, and what a close or a crash leaves.

#include <algorithm>

#include "sim/sim_unit_stores.hpp"
#include "wire/storage.hpp"

namespace gossamer::sim {
namespace {

constexpr std::size_t kEncodedBytesMax = 2 * 1024 * 1024;

}  // namespace

void SimUnitStores::refuse(Store::Committed done, Error error) {
  process_->post([done = std::move(done), error = std::move(error)]() mutable {
    done(tl::unexpected(std::move(error)));
  });
}

void SimUnitStores::submit(const std::shared_ptr<OpenStore>& open, WaitingCommit commit) {
  if (open->is_closed) return refuse(std::move(commit.done), open->reason);
  if (open->broken) return refuse(std::move(commit.done), *open->broken);
  const std::size_t size = commit.batch.byte_count();
  const std::size_t operations = commit.batch.operations().size();
  if (size > WriteBatch::kBytesMax || operations > WriteBatch::kOperationsMax ||
      wire::encode_operations(commit.batch).size() > kEncodedBytesMax) {
    return refuse(std::move(commit.done),
                  {ErrorCode::resource_exhausted, "the batch is too large"});
  }
  if (open->waiting_bytes + size > kWaitingBytesMax) {
    return refuse(std::move(commit.done),
                  {ErrorCode::resource_exhausted, "too much waits for the disk"});
  }
  if (open->kept_bytes + open->waiting_bytes + size > kKeptBytesMax) {
    return refuse(std::move(commit.done),
                  {ErrorCode::resource_exhausted, "too much waits for the journal"});
  }
  open->waiting_bytes += size;
  open->waiting.push_back(std::move(commit));
  if (!open->is_syncing) start_group(open);
}

void SimUnitStores::start_group(const std::shared_ptr<OpenStore>& open) {
  auto group = std::make_shared<Group>();
  group->commits.swap(open->waiting);
  open->waiting_bytes = 0;
  open->is_syncing = true;
  groups_[open->unit] = group;
  enqueue(open->unit, [this, process = process_, open, group] {
    sync_group(open, *group);
    process->post([self = self_, open, group] {
      if (*self != nullptr) (*self)->deliver_group(open, *group);
    });
  });
}

void SimUnitStores::sync_group(const std::shared_ptr<OpenStore>& open, Group& group) {
  open->is_syncing = false;
  if (group.is_dropped) return;
  if (!group.commits.empty() && std::exchange(fails_next_write_, false)) {
    group.has_failed = true;
    open->broken = Error{ErrorCode::io, "a write to the disk failed"};
    if (random_.chance(1, 2)) return;
  }
  for (const WaitingCommit& commit : group.commits) {
    open->image->apply(commit.batch);
    group.synced.push_back({++open->image->sequence, wire::encode_operations(commit.batch)});
    open->image->kept.push_back(group.synced.back());
    open->kept_bytes += group.synced.back().bytes.size();
  }
  // What was trimmed meanwhile leaves the disk with a later sync, as a delete that rides along.
  forget_kept(open);
  if (!open->is_closed && !open->broken && !open->waiting.empty()) start_group(open);
}

void SimUnitStores::deliver_group(const std::shared_ptr<OpenStore>& open, Group& group) {
  if (group.has_failed) {
    for (WaitingCommit& commit : open->waiting) group.commits.push_back(std::move(commit));
    open->waiting.clear();
    for (WaitingCommit& commit : group.commits) refuse(std::move(commit.done), *open->broken);
    if (!open->is_closed && listener_ != nullptr) {
      listener_->on_broken(open->unit, open->epoch, *open->broken);
    }
    return;
  }
  for (std::size_t i = 0; i < group.commits.size(); ++i) {
    WaitingCommit& commit = group.commits[i];
    if (open->is_closed || listener_ == nullptr || i >= group.synced.size()) {
      // What reached the disk will be in the journal if this store is kept.
      const bool is_there = i < group.synced.size();
      refuse(std::move(commit.done),
             is_there ? Error{ErrorCode::unknown_outcome, open->reason.detail} : open->reason);
      continue;
    }
    listener_->on_committed(open->unit, open->epoch, std::move(group.synced[i]), commit.durability,
                            std::move(commit.done));
  }
}

void SimUnitStores::forget_kept(const std::shared_ptr<OpenStore>& open) {
  std::deque<journal::Commit>& kept = open->image->kept;
  while (!kept.empty() && kept.front().sequence <= open->frozen) {
    open->kept_bytes -= std::min(open->kept_bytes, kept.front().bytes.size());
    kept.pop_front();
  }
}

void SimUnitStores::trim(const UnitId& unit, journal::Sequence through) {
  const auto open = find_open(unit);
  if (!open) return;
  open->frozen = std::max(open->frozen, through);
  // On disk they may stay for a while; they do not count as waiting any more.
  const auto& kept = open->image->kept;
  open->kept_bytes = 0;
  for (auto at = kept.rbegin(); at != kept.rend() && at->sequence > open->frozen; ++at) {
    open->kept_bytes += at->bytes.size();
  }
}

void SimUnitStores::close(const UnitId& unit, Error reason, Done<void> done) {
  if (const auto open = find_open(unit); open && !open->is_closed) {
    open->is_closed = true;
    open->reason = reason;
    for (WaitingCommit& commit : open->waiting) refuse(std::move(commit.done), reason);
    open->waiting.clear();
    // The group that is being written reaches the disk or not; its commits fail in any case.
    const auto group = groups_[unit].lock();
    if (group && open->is_syncing) group->is_dropped = random_.chance(1, 2);
  }
  order<void>(
      unit,
      [this, unit, reason]() -> Result<void> {
        if (const auto open = find_open(unit)) {
          if (!open->is_closed) open->reason = reason;  // It was being opened when the close came.
          open->is_closed = true;
          if (random_.chance(1, 2)) forget_kept(open);
          open_.erase(unit);
        }
        return {};
      },
      std::move(done));
}

}  // namespace gossamer::sim
