#include "naming/state.hpp"

#include <algorithm>
#include <limits>

namespace gossamer::naming {
namespace {

/// How long a cached record may wait for its node to appear in view.
constexpr Duration kCacheTime = std::chrono::seconds{30};
constexpr Duration kOutbidGap = std::chrono::milliseconds{500};

UnitId unit_of(const RecordId& id) {
  return {id.name, id.ordinal};
}

NameRecord tombstone_of(const NameRecord& record) {
  NameRecord bare;
  bare.name = record.name;
  bare.ordinal = record.ordinal;
  bare.node = record.node;
  bare.epoch = record.epoch;
  return bare;
}

}  // namespace

Naming::State::State(NodeId id, Options chosen)
    : sight{std::move(id), {}},
      options{chosen},
      next_version{std::max<std::uint64_t>(chosen.first_version, 1)},
      book{chosen.records_max},
      canaries{sight.self, chosen.canaries},
      graves{chosen.tombstone_time, chosen.records_max} {}

bool Naming::State::has_room() {
  return registry.size() < options.records_max || registry.erase_one_cached();
}

bool Naming::State::counts(const RecordId& id, const Held& held) const {
  return is_current(epochs, held) && sight.is_here(id.node, held);
}

void Naming::State::store(Turn& turn, const RecordId& id, Held held) {
  const Held* const old = registry.find(id);
  bool may_change = old != nullptr && counts(id, *old);
  passing.clear(id);
  if (held.passing_since) {
    passing.set(id, *held.passing_since + options.tombstone_time / 2);
  }
  const Schema schema = held.statement.record.schema;
  if (!canaries.on_heard(turn.now, schema, id.node, sight.members)) {
    turn.outbox.push_back(gossip::Trace{"naming: no more schemas are tried"});
  }
  held.is_held_back = !canaries.is_read(schema);
  const Schema before = old != nullptr ? old->statement.record.schema : schema;
  const Held& kept = registry.put(id, std::move(held));
  if (!registry.has_schema(before)) canaries.on_gone(before);
  may_change = may_change || counts(id, kept);
  if (may_change) turn.touched.insert(id.name);
  turn.reviewed.insert(unit_of(id));
}

void Naming::State::forget(Turn& turn, const RecordId& id) {
  const Held* const held = registry.find(id);
  if (held == nullptr) return;
  if (counts(id, *held)) turn.touched.insert(id.name);
  if (!held->is_cached) {
    graves.add(turn.now, id, held->statement.version, held->statement.is_withdrawn);
    turn.outbox.push_back(gossip::Forget{key_of(held->statement.record)});
  }
  turn.reviewed.insert(unit_of(id));
  passing.clear(id);
  const Schema schema = held->statement.record.schema;
  registry.erase(id);
  if (!registry.has_schema(schema)) canaries.on_gone(schema);
}

void Naming::State::say(Turn& turn, NameRecord record, bool is_withdrawn) {
  const RecordId id = id_of(record);
  leftovers.erase(id);
  if (!canaries.is_read(record.schema)) {
    canaries.know(record.schema);
    release(turn, record.schema);
  }
  Held held;
  held.statement = {is_withdrawn ? tombstone_of(record) : std::move(record), next_version++,
                    is_withdrawn};
  if (is_withdrawn) held.passing_since = turn.now;
  turn.outbox.push_back(Publish{held.statement});
  store(turn, id, std::move(held));
}

// Two nodes of one identity outbid each other without end, so each record not too often.
bool Naming::State::may_outbid(Turn& turn, const RecordId& id) {
  std::erase_if(outbid_at, [&](const auto& one) { return turn.now - one.second >= kOutbidGap; });
  return outbid_at.try_emplace(id, turn.now).second;
}

bool Naming::State::hear_self(Turn& turn, const RecordStatement& statement) {
  const RecordId id = id_of(statement.record);
  const Held* const held = registry.find(id);
  if (held != nullptr && held->statement.version >= statement.version) return false;
  if (statement.version >= std::numeric_limits<std::uint64_t>::max() - 1) {
    turn.outbox.push_back(gossip::Trace{"naming: versions of our own have run out"});
    return false;
  }
  if (!may_outbid(turn, id)) return false;
  // Said in an earlier run of this node, which has ended: what this run says outranks it.
  next_version = std::max(next_version, statement.version + 1);
  if (held != nullptr) {
    const RecordStatement own = held->statement;
    say(turn, own.record, own.is_withdrawn);
    return false;
  }
  if (!has_room()) {
    turn.outbox.push_back(gossip::Trace{"naming: records_max is reached"});
    return false;
  }
  if (!statement.is_withdrawn) {
    turn.outbox.push_back(gossip::Trace{"naming: a record of an earlier run is withdrawn"});
    say(turn, statement.record, /*is_withdrawn=*/true);
    return false;
  }
  Held kept;
  kept.statement = statement;
  kept.passing_since = turn.now;
  store(turn, id, std::move(kept));
  return true;
}

bool Naming::State::hear(Turn& turn, const RecordStatement& statement) {
  const RecordId id = id_of(statement.record);
  const NodeId& author = id.node;
  const bool is_author_known = sight.members.find(author) != nullptr;
  if (graves.refuses(turn.now, id, statement.version, is_author_known)) {
    turn.outbox.push_back(gossip::Trace{"naming: a forgotten record was refused"});
    return false;
  }
  const Held* const old = registry.find(id);
  if (old != nullptr && !old->is_cached && statement.version <= old->statement.version) {
    return false;
  }
  if (old == nullptr && !has_room()) {
    turn.outbox.push_back(gossip::Trace{"naming: records_max is reached"});
    return false;
  }
  Held held;
  held.statement = statement;
  held.statement.record.is_stale = false;
  // Else the answer would vanish between hearing the record again and confirming its epoch.
  held.is_recalled = old != nullptr && old->is_recalled && statement.record.epoch != 0 &&
                     old->statement.record.epoch == statement.record.epoch;
  if (statement.is_withdrawn || !is_author_known) held.passing_since = turn.now;
  store(turn, id, std::move(held));
  return true;
}

void Naming::State::appear(Turn& turn, const RecordId& id) {
  Held* const held = registry.find(id);
  if (held == nullptr || held->statement.is_withdrawn || !held->passing_since) return;
  held->passing_since.reset();
  passing.clear(id);
  if (!held->is_hushed) return;
  turn.outbox.push_back(gossip::Unhush{key_of(held->statement.record)});
  held->is_hushed = false;
}

void Naming::State::change_presence(Turn& turn, const NodeId& node, const Sight& before) {
  const bool was_known = before.members.find(node) != nullptr;
  const bool is_known = sight.members.find(node) != nullptr;
  for (const RecordId& id : registry.of_node(node)) {
    const Held* const held = registry.find(id);
    if (before.is_here(node, *held) != sight.is_here(node, *held)) {
      if (is_current(epochs, *held)) turn.touched.insert(id.name);
      turn.reviewed.insert(unit_of(id));
    }
    if (is_known) appear(turn, id);
    if (was_known && !is_known && node != sight.self) forget(turn, id);
  }
}

void Naming::State::see(Turn& turn, const MemberView& view) {
  const Sight before = sight;
  sight.members = view;
  canaries.on_members(turn.now, view);
  for_each_change(before.members, view, [&](const Member* was, const Member* is) {
    if (was != nullptr && is != nullptr && was->is_live() == is->is_live()) return;
    change_presence(turn, (is != nullptr ? is : was)->id, before);
  });

  open_doubts(turn);
  if (!cache_until) cache_until = turn.now + kCacheTime;
  while (!leftovers.empty()) {
    const RecordStatement left = leftovers.begin()->second;
    leftovers.erase(leftovers.begin());
    hear_self(turn, left);
  }
}

void Naming::State::recall(const RecordStatement& statement) {
  const RecordId id = id_of(statement.record);
  if (registry.find(id) != nullptr) return;
  if (id.node == sight.self) {
    if (leftovers.size() < options.records_max) leftovers[id] = statement;
    return;
  }
  if (registry.size() >= options.records_max) return;
  Held held;
  held.statement = statement;
  held.is_cached = true;
  held.is_held_back = !canaries.is_read(statement.record.schema);
  held.is_recalled = true;
  registry.put(id, std::move(held));
  // It may be answered from now on, and an epoch that was answered is never undercut.
  book.raise_floor(unit_of(id), statement.record.epoch);
}

void Naming::State::pass_away(Turn& turn) {
  for (const RecordId& id : passing.due(turn.now)) {
    Held* const held = registry.find(id);
    if (held == nullptr || !held->passing_since) {
      passing.clear(id);
      continue;
    }
    const Instant forget_at = *held->passing_since + options.tombstone_time;
    if (turn.now >= forget_at) {
      forget(turn, id);
      continue;
    }
    held->is_hushed = true;
    turn.outbox.push_back(gossip::Hush{key_of(held->statement.record)});
    passing.set(id, forget_at);
  }
}

void Naming::State::end_cache(Turn& turn) {
  if (is_cache_over || !cache_until || turn.now < *cache_until) return;
  is_cache_over = true;
  const std::set<RecordId> cached = registry.cached();
  for (const RecordId& id : cached) {
    if (sight.members.find(id.node) == nullptr) forget(turn, id);
  }
}

void Naming::State::end_trials(Turn& turn) {
  const std::vector<Canaries::Ended> all_ended = canaries.take_ended(turn.now, sight.members);
  for (const Canaries::Ended& ended : all_ended) {
    if (ended.is_passed) {
      release(turn, ended.schema);
    } else if (ended.is_first) {
      const std::string who = ended.casualty.empty()
                                  ? "no member was there to try them"
                                  : ended.casualty + " went down or started again";
      turn.outbox.push_back(Notify{
          Alarm{"schema " + std::to_string(ended.schema),
                "records of it are held back here: " + who +
                    " within 30 s of reading them. They are read here once " +
                    "nobody does; see what publishes them, or add the schema to known_schemas"}});
    }
  }
  if (!all_ended.empty()) try_more(turn);
}

// Schemas for which there was no room when their records came.
void Naming::State::try_more(Turn& turn) {
  std::map<Schema, NodeId> untried;
  for (const auto& [id, kept] : registry.all()) {
    if (!kept.is_held_back || kept.is_cached || canaries.is_tried(kept.statement.record.schema))
      continue;
    untried.emplace(kept.statement.record.schema, id.node);
  }
  for (const auto& [schema, author] : untried) {
    canaries.on_heard(turn.now, schema, author, sight.members);
    if (canaries.is_read(schema)) release(turn, schema);
  }
}

void Naming::State::release(Turn& turn, Schema schema) {
  for (const auto& [id, kept] : registry.all()) {
    if (kept.statement.record.schema != schema || !kept.is_held_back) continue;
    Held* const held = registry.find(id);
    held->is_held_back = false;
    if (counts(id, *held)) turn.touched.insert(id.name);
  }
}

void Naming::State::finish(Turn& turn) {
  for (const UnitId& unit : turn.reviewed) review(turn, unit);
  if (turn.may_ask) ask(turn);
  if (turn.touched.empty()) return;
  // One outbox may serve several inputs of a turn.
  for (const Effect& effect : turn.outbox) {
    if (const auto* changed = std::get_if<Changed>(&effect)) turn.touched.erase(changed->name);
  }
  for (const std::string& name : turn.touched) turn.outbox.push_back(Changed{name});
}

}  // namespace gossamer::naming
