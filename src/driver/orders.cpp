// What the engines want done, carried out: sends, statements, events, and word to other engines.

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace

void Driver::State::publish(const wire::StatementBody& body) {
  const gossip::EntryKey key = wire::entry_key(options.identity.id(), body);
  auto bytes = std::make_shared<const Bytes>(wire::sign_statement(options.identity, body));
  gossip.put(now, {key, wire::entry_version(body), std::move(bytes)}, gossip::Telling::tell);
}

void Driver::State::notify(Event event) {
  if (const auto* ended = std::get_if<FreezeEnded>(&event)) on_freeze_ended(*ended);
  if (const auto* changed = std::get_if<SpecChanged>(&event)) on_spec_changed(*changed);
  after_turn.add([events = ports.events, event = std::move(event)] { events->on_event(event); });
}

void Driver::State::forget(const gossip::EntryKey& key) {
  gossip.erase(key);
  uncache_entry(key);
  if (key.kind != gossip::EntryKind::member) return;
  forget_carried_of(key.owner);
  version_choice.forget(key.owner);
  admissions.forget(key.owner);
  is_author_gone = true;
}

void Driver::State::members_changed() {
  const MemberView& members = membership.members();
  if (members.is_same_as(members_seen)) return;
  members_seen = members;
  naming.on_members(now, members, naming_out);
  ownership.on_members(now, members, ownership_out);
}

void Driver::State::carry_out(gossip::Effect effect) {
  std::visit(Overloaded{
                 [&](gossip::Send& send) {
                   introduce(send);
                   outbound.send(send.to, send.by_stream, std::move(send.message), send.entries);
                 },
                 [&](gossip::Trace& trace) { ports.events->on_trace(trace.mark); },
             },
             effect);
}

void Driver::State::carry_out(membership::Effect effect) {
  std::visit(Overloaded{
                 [&](membership::Send& send) {
                   const std::vector<gossip::Entry> riders =
                       send.by_stream ? std::vector<gossip::Entry>{}
                                      : gossip.ride_along(outbound.ride_along_bytes());
                   outbound.send(send.to, send.by_stream, std::move(send.message), riders);
                 },
                 [&](membership::Publish& order) {
                   std::visit([&](const auto& statement) { publish(statement); }, order.statement);
                 },
                 [&](membership::Contact& contact) {
                   std::vector<gossip::Entry> entries;
                   for (const gossip::EntryKey& key :
                        {gossip::EntryKey{gossip::EntryKind::member, options.identity.id(), {}},
                         gossip::EntryKey{gossip::EntryKind::verdict, contact.doubted, {}}}) {
                     if (const gossip::Entry* held = gossip.replica().find(key))
                       entries.push_back(*held);
                   }
                   gossip.contact(contact.to, std::move(entries), gossip_out);
                 },
                 [&](membership::Watch& order) { ports.network->watch(order.endpoint); },
                 [&](membership::Unwatch& order) { ports.network->unwatch(order.endpoint); },
                 [&](membership::Knock& order) { ports.network->knock(order.endpoint); },
                 [&](gossip::Forget& order) { forget(order.key); },
                 [&](gossip::Hush& order) { gossip.hush(order.key); },
                 [&](gossip::Unhush& order) { gossip.unhush(order.key); },
                 [&](membership::Notify& order) { notify(std::move(order.event)); },
                 [&](gossip::Trace& trace) { ports.events->on_trace(trace.mark); },
             },
             effect);
}

void Driver::State::carry_out(naming::Effect effect) {
  std::visit(Overloaded{
                 [&](naming::Publish& order) { publish(order.statement); },
                 [&](naming::EpochPublished& published) {
                   ownership.on_published(now, published.unit, published.epoch);
                 },
                 [&](naming::Changed& changed) {
                   for (const NameRecord& record : naming.resolve(changed.name)) {
                     if (record.epoch == 0 || record.is_stale) continue;
                     const gossip::Entry* held = gossip.replica().find(naming::key_of(record));
                     if (held != nullptr) cache_entry(*held);
                   }
                   after_turn.add([events = ports.events, name = std::move(changed.name)] {
                     events->on_name_changed(name);
                   });
                 },
                 [&](naming::Notify& order) { notify(std::move(order.event)); },
                 [&](naming::ConfirmEpoch& order) {
                   if (journal_orders) journal.observe(now, order.unit, journal_out);
                 },
                 [&](naming::ReadClaim& order) {
                   journal.read_slot(now, order.unit, order.slot, order.question, journal_out);
                 },
                 [&](naming::ClaimConfirmed& order) { on_claim_confirmed(order.claim); },
                 [&](naming::Refuted& order) { on_refuted(order); },
                 [&](gossip::Forget& order) { forget(order.key); },
                 [&](gossip::Hush& order) { gossip.hush(order.key); },
                 [&](gossip::Unhush& order) { gossip.unhush(order.key); },
                 [&](gossip::Trace& trace) { ports.events->on_trace(trace.mark); },
             },
             effect);
}

void Driver::State::carry_out(ownership::Effect effect) {
  std::visit(Overloaded{
                 [&](ownership::Observe& order) { journal.observe(now, order.unit, journal_out); },
                 [&](ownership::AskMayTake& order) {
                   const ownership::SpecVersion* spec = ownership.spec(order.unit.service);
                   if (spec == nullptr || !may_take_from(order.owner)) {
                     return ownership.on_may_take(now, order.unit, false, ownership_out);
                   }
                   after_turn.add([services = ports.services, order, spec = spec->spec,
                                   reply = later([unit = order.unit](State& state, bool may) {
                                     state.ownership.on_may_take(state.now, unit, may,
                                                                 state.ownership_out);
                                   })]() mutable {
                     services->may_take(order.unit, order.last_epoch, spec, std::move(reply));
                   });
                 },
                 [&](ownership::Claim& order) {
                   const ownership::SpecVersion* spec = ownership.spec(order.unit.service);
                   journal::Journal::UnitPolicy policy;
                   policy.spec_version = order.spec_version;
                   if (spec != nullptr) {
                     policy.ship_interval = spec->spec.ship_interval;
                     policy.freeze_after_entries = spec->spec.freeze_after_entries;
                   }
                   journal.claim(now, order.unit, policy, order.tip_expected, journal_out);
                 },
                 [&](ownership::Withdraw& order) { withdraw_unit(order.unit, order.spec_version); },
                 [&](ownership::Notify& order) { notify(std::move(order.event)); },
                 [&](gossip::Trace& trace) { ports.events->on_trace(trace.mark); },
             },
             effect);
}

void Driver::State::carry_out(journal::Effect effect) {
  std::visit(
      Overloaded{
          [&](journal::ClaimEnded& ended) { on_claim_ended(ended); },
          [&](journal::Ready& ready) { on_ready(ready); },
          [&](journal::Frozen& frozen) { acknowledgements.on_frozen(frozen.unit, frozen.through); },
          [&](journal::Fenced& fenced) { on_fenced(fenced); },
          [&](journal::Observed& observed) { on_observed(observed); },
          [&](journal::SlotRead& read) { on_slot_read(read); },
          [&](journal::WithdrawEnded& ended) {
            withdrawing.erase({ended.unit, ended.spec_version});
          },
          [&](journal::CloseStore& order) { close_store(order.unit); },
          [&](journal::Notify& order) { notify(std::move(order.event)); },
          [&](gossip::Trace& trace) { ports.events->on_trace(trace.mark); },
          [&](auto& order) { (*journal_orders)(order); },
      },
      effect);
}

}  // namespace gossamer::driver
