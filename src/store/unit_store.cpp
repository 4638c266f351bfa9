#include "store/unit_store.hpp"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "base/assert.hpp"
#include "store/store_meta.hpp"
#include "wire/storage.hpp"

namespace gossamer::store {
namespace {

constexpr std::size_t kGroupBytesMax = 4 * 1024 * 1024;
// Then the job goes to the end of the queue, so that one busy unit leaves workers to the others.
constexpr int kGroupsPerJob = 8;

}  // namespace

UnitStore::UnitStore(UnitId unit, Epoch epoch, std::shared_ptr<WorkersGate> gate,
                     std::shared_ptr<Database> database, const UnitStores::Opened& opened,
                     UnitStoreLimits limits)
    : unit_(std::move(unit)),
      epoch_(epoch),
      limits_(limits),
      gate_(std::move(gate)),
      sequence_(opened.sequence),
      frozen_(opened.tail.empty() ? opened.sequence : opened.tail.front().sequence - 1),
      database_(std::move(database)) {
  for (const journal::Commit& commit : opened.tail) {
    unshipped_.emplace_back(commit.sequence, commit.bytes.size());
    unshipped_bytes_ += commit.bytes.size();
  }
}

std::shared_ptr<Database> UnitStore::database() const {
  const std::lock_guard lock{mutex_};
  return database_;
}

void UnitStore::drop_database() {
  std::shared_ptr<Database> dropped;
  const std::lock_guard lock{mutex_};
  dropped.swap(database_);
}

Result<std::optional<std::string>> UnitStore::get(std::string_view key) const {
  const std::shared_ptr<Database> database = this->database();
  if (!database) {
    return fail(ErrorCode::fenced, "the store of " + to_string(unit_) + " was replaced");
  }
  return database->get(key);
}

Result<void> UnitStore::scan(std::string_view prefix, std::string_view begin,
                             const Database::Visit& visit) const {
  const std::shared_ptr<Database> database = this->database();
  if (!database) {
    return fail(ErrorCode::fenced, "the store of " + to_string(unit_) + " was replaced");
  }
  return database->scan(prefix, begin, visit);
}

Sequence UnitStore::durable_sequence(Durability durability) const {
  return durability == Durability::frozen ? frozen_.load() : sequence_.load();
}

void UnitStore::commit(WriteBatch batch, Durability durability, Committed done) {
  std::optional<Error> refusal;
  Pending pending{std::move(batch), {}, durability, std::move(done)};
  if (pending.batch.byte_count() > WriteBatch::kBytesMax) {
    refusal = Error{ErrorCode::resource_exhausted,
                    fmt::format("the batch has {} bytes and {} are allowed: split it",
                                pending.batch.byte_count(), WriteBatch::kBytesMax)};
  } else if (pending.batch.operations().size() > WriteBatch::kOperationsMax) {
    refusal = Error{ErrorCode::resource_exhausted,
                    fmt::format("the batch has {} operations and {} are allowed: split it",
                                pending.batch.operations().size(), WriteBatch::kOperationsMax)};
  } else {
    pending.encoded = wire::encode_operations(pending.batch);
    const std::size_t bytes = pending.encoded.size();
    if (bytes > kEncodedBytesMax) {
      refusal = Error{ErrorCode::resource_exhausted,
                      fmt::format("the batch of {} operations takes {} bytes in the journal and {} "
                                  "are allowed: split it",
                                  pending.batch.operations().size(), bytes, kEncodedBytesMax)};
    } else {
      refusal = accept(pending, bytes);
    }
  }
  if (refusal) answer_later(std::move(pending.done), std::move(*refusal));
}

std::optional<Error> UnitStore::accept(Pending& pending, std::size_t bytes) {
  {
    const std::lock_guard lock{mutex_};
    if (end_) return Error{ErrorCode::fenced, end_->detail};
    if (!is_serving_) return Error{ErrorCode::fenced, "the store does not serve yet"};
    if (broken_) return broken_;
    if (waiting_bytes_ + bytes > limits_.waiting_bytes_max) {
      return Error{ErrorCode::resource_exhausted,
                   fmt::format("{} MiB of commits of {} wait for the disk already",
                               limits_.waiting_bytes_max >> 20U, to_string(unit_))};
    }
    if (unshipped_bytes_ + waiting_bytes_ + bytes > limits_.unshipped_bytes_max) {
      return Error{ErrorCode::resource_exhausted,
                   fmt::format("{} MiB of commits of {} are not in the journal yet: the object "
                               "store is behind",
                               limits_.unshipped_bytes_max >> 20U, to_string(unit_))};
    }
    waiting_bytes_ += bytes;
    waiting_.push_back(std::move(pending));
    if (is_write_requested_) return std::nullopt;
    is_write_requested_ = true;
  }
  request_write();
  return std::nullopt;
}

void UnitStore::answer_later(Committed done, Error error) {
  gate_->post([done = std::move(done), error = std::move(error)]() mutable {
    done(tl::unexpected<Error>(std::move(error)));
  });
}

void UnitStore::request_write() {
  gate_->post([self = shared_from_this()] { self->start_write(); });
}

void UnitStore::start_write() {
  gate_->run([self = shared_from_this()] { self->write_groups(); },
             [self = shared_from_this()] { self->on_written(); });
}

void UnitStore::on_written() {
  bool is_more = false;
  {
    const std::lock_guard lock{mutex_};
    is_more = !waiting_.empty() || trim_through_ != 0;
    is_write_requested_ = is_more;
  }
  if (is_more) return start_write();
  if (idle_) {
    UniqueFunction<void()> idle = std::move(idle_);
    idle_ = nullptr;
    idle();
  }
}

UnitStore::Group UnitStore::take_group() {
  Group group;
  const std::lock_guard lock{mutex_};
  group.trim_through = std::exchange(trim_through_, 0);
  std::size_t bytes = 0;
  while (!waiting_.empty() && bytes < kGroupBytesMax) {
    bytes += waiting_.front().encoded.size();
    group.commits.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return group;
}

void UnitStore::write_groups() {
  for (int i = 0; i < kGroupsPerJob; ++i) {
    Group group = take_group();
    if (group.commits.empty() && group.trim_through == 0) return;
    const Sequence first = sequence_ + 1;
    std::optional<Error> error;
    if (Result<void> written = write(group); !written) {
      error = written.error();
      break_off(*error);
    }
    if (group.commits.empty()) continue;
    gate_->post([self = shared_from_this(), commits = std::move(group.commits), first,
                 error = std::move(error)]() mutable {
      self->deliver(std::move(commits), first, std::move(error));
    });
  }
}

Result<void> UnitStore::write(Group& group) {
  const std::shared_ptr<Database> database = this->database();
  {
    const std::lock_guard lock{mutex_};
    if (broken_) return tl::unexpected<Error>(*broken_);
  }
  if (!database) return fail(ErrorCode::fenced, "the store was replaced");
  rocksdb::WriteBatch rocks;
  if (group.trim_through != 0) trim_tail(*database, rocks, group.trim_through);
  Sequence sequence = sequence_;
  for (const Pending& pending : group.commits) {
    ++sequence;
    put_operations(*database, rocks, pending.batch.operations());
    put_tail(*database, rocks, sequence, pending.encoded);
  }
  if (group.commits.empty()) return database->write(rocks, Database::Sync::no);
  put_sequence(*database, rocks, sequence);
  Result<void> written = database->write(rocks, Database::Sync::yes);
  if (!written) return written;
  {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < group.commits.size(); ++i) {
      const std::size_t bytes = group.commits[i].encoded.size();
      unshipped_.emplace_back(sequence_ + 1 + i, bytes);
      unshipped_bytes_ += bytes;
    }
  }
  sequence_ = sequence;
  return {};
}

// The failed write may be on the disk or not, so its sequence numbers must not be given again.
void UnitStore::break_off(const Error& error) {
  std::deque<Pending> lost;
  bool is_first = false;
  {
    const std::lock_guard lock{mutex_};
    is_first = !broken_;
    if (is_first) broken_ = error;
    lost.swap(waiting_);
    for (const Pending& pending : lost) waiting_bytes_ -= pending.encoded.size();
  }
  for (Pending& pending : lost) answer_later(std::move(pending.done), error);
  if (is_first) gate_->post([self = shared_from_this()] { self->tell_broken(); });
}

// Before it serves there is nobody to tell: then serve() does.
void UnitStore::tell_broken() {
  std::optional<Error> error;
  {
    const std::lock_guard lock{mutex_};
    if (!is_serving_ || end_) return;
    error = broken_;
  }
  if (error && *listener_ != nullptr) (*listener_)->on_broken(unit_, epoch_, *error);
}

std::optional<Error> UnitStore::end_reason() const {
  const std::lock_guard lock{mutex_};
  return end_;
}

void UnitStore::deliver(std::vector<Pending> commits, Sequence first, std::optional<Error> error) {
  for (std::size_t i = 0; i < commits.size(); ++i) {
    Pending& pending = commits[i];
    {
      const std::lock_guard lock{mutex_};
      waiting_bytes_ -= pending.encoded.size();
    }
    if (error) {
      pending.done(tl::unexpected<Error>(*error));
      continue;
    }
    // Looked at for each: the listener, or a service that was answered, may have closed us.
    if (std::optional<Error> end = end_reason()) {
      // It is in the store, and so will be in the journal if this store is kept.
      pending.done(fail(ErrorCode::unknown_outcome, std::move(end->detail)));
      continue;
    }
    if (*listener_ == nullptr) {
      pending.done(fail(ErrorCode::cancelled, "the node was closed"));
      continue;
    }
    (*listener_)
        ->on_committed(unit_, epoch_, journal::Commit{first + i, std::move(pending.encoded)},
                       pending.durability, std::move(pending.done));
  }
}

void UnitStore::serve(std::shared_ptr<UnitStores::Listener*> listener) {
  GOSSAMER_ASSERT(listener != nullptr);
  listener_ = std::move(listener);
  const std::lock_guard lock{mutex_};
  is_serving_ = true;
  if (broken_) gate_->post([self = shared_from_this()] { self->tell_broken(); });
}

bool UnitStore::is_serving() const {
  const std::lock_guard lock{mutex_};
  return is_serving_;
}

void UnitStore::fence(const Error& reason) {
  std::deque<Pending> lost;
  {
    const std::lock_guard lock{mutex_};
    if (end_) return;
    end_ = reason;
    lost.swap(waiting_);
    for (const Pending& pending : lost) waiting_bytes_ -= pending.encoded.size();
    trim_through_ = 0;
  }
  is_fenced_ = true;
  for (Pending& pending : lost) answer_later(std::move(pending.done), reason);
}

void UnitStore::trim(Sequence through) {
  through = std::min(through, sequence_.load());
  {
    const std::lock_guard lock{mutex_};
    if (end_ || through <= frozen_) return;
    frozen_ = through;
    while (!unshipped_.empty() && unshipped_.front().first <= through) {
      unshipped_bytes_ -= unshipped_.front().second;
      unshipped_.pop_front();
    }
    if (broken_) return;
    trim_through_ = through;
    if (is_write_requested_) return;
    is_write_requested_ = true;
  }
  request_write();
}

void UnitStore::when_idle(UniqueFunction<void()> idle) {
  GOSSAMER_ASSERT(is_fenced_);
  bool is_idle = false;
  {
    const std::lock_guard lock{mutex_};
    is_idle = !is_write_requested_;
  }
  if (is_idle) return idle();
  idle_ = std::move(idle);
}

Result<Sequence> UnitStore::apply(const std::vector<journal::Commit>& commits) {
  const std::shared_ptr<Database> database = this->database();
  if (!database) return fail(ErrorCode::fenced, "the store was replaced");
  Sequence sequence = sequence_;
  const Sequence before = sequence;
  rocksdb::WriteBatch rocks;
  for (const journal::Commit& commit : commits) {
    if (commit.sequence <= sequence) continue;
    if (commit.sequence != sequence + 1) {
      return fail(ErrorCode::corrupted,
                  fmt::format("commit {} of {} is missing before {}", sequence + 1,
                              to_string(unit_), commit.sequence));
    }
    const Result<WriteBatch> batch = wire::decode_operations(commit.bytes);
    if (!batch) return tl::unexpected<Error>(batch.error());
    put_operations(*database, rocks, batch->operations());
    sequence = commit.sequence;
    if (rocks.GetDataSize() < kGroupBytesMax) continue;
    if (Result<void> written = write_applied(*database, rocks, sequence, Database::Sync::no);
        !written) {
      return tl::unexpected<Error>(written.error());
    }
  }
  if (sequence == before) return sequence;
  const Result<void> written = write_applied(*database, rocks, sequence, Database::Sync::yes);
  if (!written) return tl::unexpected<Error>(written.error());
  return sequence;
}

Result<void> UnitStore::write_applied(Database& database, rocksdb::WriteBatch& rocks,
                                      Sequence sequence, Database::Sync sync) {
  // All of this comes from the journal, so nothing up to it need be kept for shipping.
  put_sequence(database, rocks, sequence);
  trim_tail(database, rocks, sequence);
  Result<void> written = database.write(rocks, sync);
  rocks.Clear();
  if (!written) {
    break_off(written.error());
    return written;
  }
  const std::lock_guard lock{mutex_};
  sequence_ = sequence;
  frozen_ = sequence;
  unshipped_.clear();
  unshipped_bytes_ = 0;
  return {};
}

}  // namespace gossamer::store
