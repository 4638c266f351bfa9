// Inputs of the naming engine. Which records count is in counting.cpp, what is kept in
// registry.cpp, what is held back at first in canaries.cpp, what is real in epoch_book.cpp, what
// others say of that in hearsay.cpp, what goes when in passing.cpp.

#include "naming/naming.hpp"

#include "naming/state.hpp"

namespace gossamer::naming {

Naming::Naming(NodeId self, Options options)
    : state_{std::make_unique<State>(std::move(self), options)} {}
Naming::~Naming() = default;
Naming::Naming(Naming&&) noexcept = default;

Result<void> Naming::publish(Instant now, NameRecord record, Outbox& outbox) {
  if (record.node.is_zero()) record.node = state_->sight.self;
  if (record.node != state_->sight.self) {
    return fail(ErrorCode::invalid_argument, "node is another's; it must be this node, or zero");
  }
  if (Result<void> valid = validate(record); !valid) return valid;
  record.is_stale = false;
  const RecordId id = id_of(record);
  const Held* const held = state_->registry.find(id);
  if (held != nullptr && !held->statement.is_withdrawn && held->statement.record == record) {
    return {};
  }
  if (held == nullptr && !state_->has_room()) {
    return fail(ErrorCode::resource_exhausted,
                "records_max records are held; withdraw some, or raise it");
  }
  Turn turn{now, outbox};
  state_->say(turn, std::move(record), /*is_withdrawn=*/false);
  state_->finish(turn);
  return {};
}

void Naming::withdraw(Instant now, const std::string& name, std::uint32_t ordinal, Outbox& outbox) {
  const Held* const held = state_->registry.find({name, ordinal, state_->sight.self});
  if (held == nullptr || held->statement.is_withdrawn) return;
  Turn turn{now, outbox};
  state_->say(turn, held->statement.record, /*is_withdrawn=*/true);
  state_->finish(turn);
}

bool Naming::on_record(Instant now, const NodeId& author, const RecordStatement& statement,
                       Outbox& outbox) {
  const bool is_valid = statement.record.node == author && !author.is_zero() &&
                        statement.version != 0 && validate(statement.record).has_value();
  if (!is_valid) {
    outbox.push_back(gossip::Trace{"naming: an invalid record was refused"});
    return false;
  }
  Turn turn{now, outbox};
  const bool is_told = author == state_->sight.self ? state_->hear_self(turn, statement)
                                                    : state_->hear(turn, statement);
  state_->finish(turn);
  return is_told;
}

void Naming::on_claim(Instant now, const UnitId& unit, Epoch epoch, const NodeId& claimant,
                      Outbox& outbox) {
  Turn turn{now, outbox};
  state_->confirm(turn, unit, epoch, claimant);
  state_->finish(turn);
}

bool Naming::on_claim_heard(Instant now, const ClaimHeard& claim, Outbox& outbox) {
  Turn turn{now, outbox};
  const bool is_held = state_->hear_claim(turn, claim);
  state_->finish(turn);
  return is_held;
}

void Naming::on_claim_read(Instant now, std::uint64_t question, SlotContent content, Epoch epoch,
                           const NodeId& writer, Outbox& outbox) {
  const Inquiries::Question* const asked = state_->inquiries.under_way(question);
  if (asked == nullptr) {
    outbox.push_back(gossip::Trace{"naming: answer to a question that is not open"});
    return;
  }
  Turn turn{now, outbox};
  state_->read_claim(turn, Inquiries::Question{*asked}, content, epoch, writer);
  state_->finish(turn);
}

void Naming::on_journal_read(Instant now, const UnitId& unit, const JournalRead& read,
                             Outbox& outbox) {
  Turn turn{now, outbox};
  state_->read_journal(turn, unit, read);
  state_->finish(turn);
}

void Naming::on_forgotten(const std::string& service) {
  state_->book.let_go(service);
}

void Naming::on_members(Instant now, const MemberView& members, Outbox& outbox) {
  Turn turn{now, outbox};
  state_->see(turn, members);
  state_->finish(turn);
}

void Naming::on_cached(const NodeId& author, const RecordStatement& statement) {
  if (statement.record.node != author || statement.is_withdrawn || state_->is_cache_over ||
      !validate(statement.record)) {
    return;
  }
  state_->recall(statement);
}

void Naming::on_deadline(Instant now, Outbox& outbox) {
  Turn turn{now, outbox};
  state_->pass_away(turn);
  state_->end_trials(turn);
  turn.may_ask = true;
  state_->end_cache(turn);
  state_->graves.drop_old(now);
  state_->finish(turn);
}

std::optional<Instant> Naming::next_deadline() const {
  std::optional<Instant> next;
  const auto take = [&](const std::optional<Instant>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  take(state_->passing.next_deadline());
  take(state_->canaries.next_deadline());
  take(state_->inquiries.next_deadline());
  if (!state_->is_cache_over) take(state_->cache_until);
  return next;
}

std::vector<NameRecord> Naming::resolve(std::string_view name) const {
  std::vector<NameRecord> answer;
  for (const Held* const held :
       counted(state_->sight, state_->epochs, state_->registry.of_name(name))) {
    answer.push_back(held->statement.record);
    answer.back().is_stale = is_stale(state_->epochs, *held);
  }
  return answer;
}

std::optional<NameRecord> Naming::resolve(const UnitId& unit) const {
  const auto range = state_->registry.of_unit(unit.service, unit.ordinal);
  for (const Held* const held : counted(state_->sight, state_->epochs, range)) {
    if (held->statement.record.epoch == 0) continue;
    NameRecord record = held->statement.record;
    record.is_stale = is_stale(state_->epochs, *held);
    return record;
  }
  return std::nullopt;
}

std::optional<ClaimHeard> Naming::doubted(const UnitId& unit) const {
  const Epoch epoch = state_->inquiries.doubted(unit);
  if (epoch == 0) return std::nullopt;
  for (const Teller& teller : state_->inquiries.about(unit)) {
    const ClaimHeard* const claim = state_->inquiries.claim(teller);
    if (claim != nullptr && claim->epoch == epoch) return *claim;
  }
  return std::nullopt;
}

std::vector<std::string> Naming::names() const {
  std::vector<std::string> names;
  const auto& all = state_->registry.all();
  for (auto at = all.begin(); at != all.end();) {
    const auto range = state_->registry.of_name(at->first.name);
    if (!counted(state_->sight, state_->epochs, range).empty()) names.push_back(at->first.name);
    at = range.second;
  }
  return names;
}

std::size_t Naming::record_count() const {
  return state_->registry.size();
}

}  // namespace gossamer::naming
