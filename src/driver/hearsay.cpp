// Claims that others announced, once the journal has been read: what it bears out goes to who acts
// on it, what it does not is counted and told no further.

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

naming::Naming::SlotContent content_of(const journal::SlotRead& read) {
  using Content = naming::Naming::SlotContent;
  if (read.outcome == ObjectOutcome::absent) return Content::absent;
  if (read.outcome != ObjectOutcome::ok) return Content::unknown;
  if (read.is_long) return Content::other;
  if (read.entry == nullptr) return Content::unreadable;
  return read.entry->type == journal::EntryType::claim ? Content::claim : Content::other;
}

}  // namespace

void Driver::State::on_slot_read(const journal::SlotRead& read) {
  const journal::JournalEntry entry = read.entry ? *read.entry : journal::JournalEntry{};
  naming.on_claim_read(now, read.ticket, content_of(read), entry.epoch, entry.writer, naming_out);
}

void Driver::State::on_claim_confirmed(const naming::ClaimHeard& claim) {
  ownership.on_claim(now, {claim.unit, claim.epoch, claim.author, claim.slot}, ownership_out);
  journal.on_rumoured_epoch(now, claim.unit, claim.epoch, journal_out);
}

void Driver::State::on_refuted(const naming::Refuted& refuted) {
  ++counters.claims_refuted;
  if (!refuted.is_claim) return;
  const naming::ClaimHeard& lie = refuted.claim;
  const gossip::EntryKey key{gossip::EntryKind::claim, {}, to_string(lie.unit)};
  const gossip::Entry* const held = gossip.replica().find(key);
  if (held != nullptr && held->version == lie.epoch) {
    const Result<wire::Statement> statement = wire::decode_statement(*held->statement);
    if (statement && statement->author == lie.author) forget(key);
  }
  // It may have taken the place of ours, here and elsewhere.
  const auto own = claims_held.find(lie.unit);
  if (own != claims_held.end() && journal.owned_epoch(lie.unit) == own->second.epoch) {
    publish(own->second);
  }
}

}  // namespace gossamer::driver
