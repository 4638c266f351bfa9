#include "toy_world.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"

namespace gossamer::journal {
namespace {

Op op_of(const Effect& effect) {
  return std::visit(
      [](const auto& order) -> Op {
        if constexpr (requires { order.op; }) {
          return order.op;
        } else {
          return 0;
        }
      },
      effect);
}

bool is_of_store(const Effect& effect) {
  return std::holds_alternative<InspectStore>(effect) ||
         std::holds_alternative<RecordClaim>(effect) || std::holds_alternative<SetAside>(effect) ||
         std::holds_alternative<BeginBuild>(effect) || std::holds_alternative<AdoptBuild>(effect) ||
         std::holds_alternative<OpenStore>(effect) || std::holds_alternative<Apply>(effect) ||
         std::holds_alternative<Checkpoint>(effect);
}

const char* name_of(ClaimOutcome outcome) {
  switch (outcome) {
    case ClaimOutcome::won: return "won";
    case ClaimOutcome::lost: return "lost";
    case ClaimOutcome::withdrawn: return "withdrawn";
    case ClaimOutcome::busy: return "busy";
    case ClaimOutcome::failed: return "failed";
  }
  return "?";
}

}  // namespace

NodeId World::node_id(std::size_t node) {
  NodeId id;
  id.bytes[0] = static_cast<std::uint8_t>(0xa0 + node);
  return id;
}

World::World(std::size_t nodes, std::uint64_t seed, Faults faults_given, Journal::Options options)
    : faults(faults_given), options_(options), random_(seed), nodes_(nodes) {
  policy.spec_version = 1;
  policy.freeze_after_entries = 0;
  for (std::size_t node = 0; node < nodes; ++node) start(node);
}

void World::start(std::size_t node) {
  // The driver's seed differs at every boot, so nonces do.
  nodes_[node].journal = std::make_unique<Journal>(options_, node_id(node), random_.next());
}

Duration World::delay() {
  if (faults.latency == Duration{0}) return Duration{0};
  if (random_.chance(faults.slow, 1000)) {
    return Duration{random_.between(0, Duration{std::chrono::minutes{1}}.count())};
  }
  return Duration{random_.between(0, faults.latency.count())};
}

void World::at(Instant when, Act act) {
  events_.emplace(std::pair{when, ++event_count_}, act);
}

template <class Call>
void World::into(std::size_t node, Call call) {
  Outbox outbox;
  call(*nodes_[node].journal, outbox);
  take(node, std::move(outbox));
}

void World::observe(std::size_t node) {
  into(node, [&](Journal& journal, Outbox& outbox) { journal.observe(now, unit, outbox); });
}
void World::read_slot(std::size_t node, Slot slot, std::uint64_t ticket) {
  into(node, [&](Journal& journal, Outbox& outbox) {
    journal.read_slot(now, unit, slot, ticket, outbox);
  });
}
void World::claim(std::size_t node, std::optional<Slot> tip_expected,
                  std::optional<std::uint64_t> spec_version) {
  Journal::UnitPolicy given = policy;
  given.spec_version = spec_version.value_or(objects.spec_version);
  into(node, [&](Journal& journal, Outbox& outbox) {
    journal.claim(now, unit, given, tip_expected, outbox);
  });
}
void World::freeze(std::size_t node) {
  into(node, [&](Journal& journal, Outbox& outbox) { journal.freeze(now, unit, outbox); });
}
void World::release(std::size_t node) {
  into(node, [&](Journal& journal, Outbox& outbox) { journal.release(now, unit, outbox); });
}
void World::withdraw(std::size_t node) {
  into(node, [&](Journal& journal, Outbox& outbox) {
    journal.withdraw(now, unit, objects.undeployed_version, outbox);
  });
}
void World::rumour(std::size_t node, Epoch epoch) {
  into(node, [&](Journal& journal, Outbox& outbox) {
    journal.on_rumoured_epoch(now, unit, epoch, outbox);
  });
}

void World::deploy(bool is_undeploy) {
  ++objects.spec_version;
  objects.is_undeployed = is_undeploy;
  if (is_undeploy) objects.undeployed_version = objects.spec_version;
}

void World::commit(std::size_t node, bool is_urgent) {
  Node& it = nodes_[node];
  if (!it.is_accepting) return;
  it.store.writes.push_back(fmt::format("w{}", ++write_count_));
  const Commit commit{it.store.sequence(), to_bytes(it.store.writes.back())};
  const unsigned boot = it.boot;
  const Epoch epoch = it.serving;
  // The loop hears of it a little after it is durable, and in order.
  const Instant when = std::max(now + std::min(delay(), faults.latency), it.store_free_at);
  it.store_free_at = when;
  at(when, [this, node, boot, epoch, commit, is_urgent] {
    if (nodes_[node].boot != boot) return;
    into(node, [&](Journal& journal, Outbox& outbox) {
      journal.on_committed(now, unit, epoch, commit, is_urgent, outbox);
    });
  });
}

void World::crash(std::size_t node, Disk disk) {
  Node& it = nodes_[node];
  ++it.boot;
  it.is_accepting = false;
  it.build.clear();
  it.checkpoints.clear();
  it.store_free_at = now;
  if (disk == Disk::lost) it.store = ToyStore{};
  if (disk == Disk::swapped) std::swap(it.store, it.other_volume);
  start(node);
}

void World::take(std::size_t node, Outbox outbox) {
  for (const Effect& effect : outbox) {
    fingerprint = hash64({as_bytes(fmt::format("{} {} {}", fingerprint, node, effect.index())),
                          as_bytes(std::to_string(op_of(effect)))});
    take_effect(node, effect);
  }
}

void World::take_effect(std::size_t node, const Effect& effect) {
  Node& it = nodes_[node];
  const auto tell = [&](const std::string& line) { it.told += line + "\n"; };
  if (op_of(effect) != 0) {
    Order order{node, it.boot, effect};
    if (const auto* upload = std::get_if<Upload>(&effect)) {
      order.bytes = it.checkpoints.at(upload->attempt).files().at(upload->name);
    }
    if (holds && holds(node, effect)) {
      held_.push_back(order);
    } else {
      schedule(order);
    }
  } else if (const auto* ended = std::get_if<ClaimEnded>(&effect)) {
    tell(fmt::format("{} {}", name_of(ended->outcome), ended->epoch));
    const auto nonce = it.journal->nonce(unit);
    if (ended->outcome == ClaimOutcome::won) {
      referee.on_won(ended->epoch, node_id(node), *nonce);
    } else if (nonce &&
               (ended->outcome == ClaimOutcome::lost || ended->outcome == ClaimOutcome::busy)) {
      referee.on_lost(node_id(node), *nonce);
    }
  } else if (const auto* ready = std::get_if<Ready>(&effect)) {
    tell(fmt::format("ready {}", ready->epoch));
    referee.on_ready(ready->epoch, it.store.writes);
    it.is_accepting = true;
    it.serving = ready->epoch;
    it.acknowledged = it.store.trimmed;
  } else if (const auto* frozen = std::get_if<Frozen>(&effect)) {
    tell(fmt::format("frozen {}", frozen->through));
    for (Sequence at = it.acknowledged + 1; at <= frozen->through; ++at) {
      referee.on_acknowledged(at, it.store.writes[at - 1]);
    }
    it.acknowledged = frozen->through;
  } else if (const auto* fenced = std::get_if<Fenced>(&effect)) {
    tell(fmt::format("fenced {}, unknown to {}", fenced->epoch, fenced->unknown_through));
    referee.on_fenced(fenced->epoch, fenced->unknown_through);
  } else if (std::holds_alternative<CloseStore>(effect)) {
    tell("closed");
    it.is_accepting = false;
  } else if (const auto* trim = std::get_if<Trim>(&effect)) {
    it.store.trimmed = std::max(it.store.trimmed, trim->through);
  } else if (const auto* observed = std::get_if<Observed>(&effect)) {
    tell(fmt::format("observed {} epoch {}{}{}{}", observed->tip, observed->epoch,
                     observed->is_withdrawn ? " withdrawn" : "",
                     observed->is_reliable ? "" : " unreliable",
                     observed->is_fresh ? "" : ", again"));
  } else if (const auto* read = std::get_if<SlotRead>(&effect)) {
    const bool is_known =
        read->outcome == ObjectOutcome::ok || read->outcome == ObjectOutcome::absent;
    tell(fmt::format("slot {} for {}: {}", read->slot, read->ticket,
                     !is_known                                ? "unknown"
                     : read->outcome == ObjectOutcome::absent ? "absent"
                     : read->entry == nullptr                 ? "unreadable"
                                              : fmt::format("epoch {}", read->entry->epoch)));
  } else if (const auto* withdrawn = std::get_if<WithdrawEnded>(&effect)) {
    tell(
        fmt::format("withdraw {} {}", withdrawn->spec_version, withdrawn->is_in ? "in" : "not in"));
  } else if (const auto* notify = std::get_if<Notify>(&effect)) {
    if (const auto* ended_freeze = std::get_if<FreezeEnded>(&notify->event)) {
      tell(ended_freeze->detail.empty() ? fmt::format("freeze of {}", ended_freeze->sequence)
                                        : fmt::format("no freeze: {}", ended_freeze->detail));
    }
    if (const auto* alarm = std::get_if<Alarm>(&notify->event)) {
      tell("alarm: " + alarm->detail);
      const bool is_of_store = alarm->detail.find("the object store refuses") == 0 ||
                               alarm->detail.find("the object store does not answer") == 0;
      if (!is_of_store) alarms.push_back(alarm->detail);
    }
  } else if (const auto* trace = std::get_if<gossip::Trace>(&effect)) {
    ++marks[trace->mark];
  }
}

void World::schedule(Order order) {
  Instant when = now + delay();
  if (is_of_store(order.effect)) {
    Node& it = nodes_[order.node];
    when = std::max(now + std::min(when - now, faults.latency), it.store_free_at);
    it.store_free_at = when;
  }
  at(when, [this, order] { perform(order); });
}

void World::let_go() {
  std::vector<Order> orders;
  std::swap(orders, held_);
  for (const Order& order : orders) perform(order);
  run();
}

void World::time_out_held() {
  std::vector<Order> orders = held_;
  for (Order& order : held_) order.is_answered = true;
  for (const Order& order : orders) {
    answer(order, Outcome{ObjectOutcome::unknown, "timed out"}, now);
  }
  run();
}

void World::perform(const Order& order) {
  if (is_of_store(order.effect)) {
    if (is_dead(order)) return;  // The process that would do it is gone.
    const bool has_failed = fails && fails(order.effect);
    return answer(
        order, has_failed ? Answer{Outcome{ObjectOutcome::unknown, "EIO"}} : perform_store(order),
        now);
  }
  const auto draw = [&](unsigned share) { return random_.chance(share, 1000); };
  Answer unknown = Outcome{ObjectOutcome::unknown, "timed out"};
  if (draw(faults.unknown)) return answer(order, unknown, now + delay());
  if (draw(faults.late)) {
    const Duration later{random_.between(0, Duration{std::chrono::minutes{3}}.count())};
    at(now + later, [this, order] { perform_object(order); });
    return answer(order, unknown, now + delay());
  }
  if (draw(faults.refused)) {
    if (random_.chance(1, 2)) perform_object(order);
    return answer(order, Outcome{ObjectOutcome::refused, "403"}, now + delay());
  }
  Answer given = perform_object(order);
  if (draw(faults.unknown_done)) given = unknown;
  answer(order, std::move(given), now + delay());
}

void World::answer(const Order& order, Answer given, Instant when) {
  if (order.is_answered) return;
  at(when, [this, order, given] {
    if (is_dead(order)) return;
    into(order.node, [&](Journal& journal, Outbox& outbox) {
      journal.on_done(now, op_of(order.effect), given, outbox);
    });
  });
}

Answer World::perform_object(const Order& order) {
  const auto done = [](bool is_new) {
    return Outcome{is_new ? ObjectOutcome::ok : ObjectOutcome::exists};
  };
  Node& it = nodes_[order.node];
  if (const auto* create = std::get_if<CreateEntry>(&order.effect)) {
    ++creates;
    const bool is_new = objects.create(slot_key(unit, create->slot), ToyObject{create->entry});
    if (is_new) referee.on_landed(create->slot);
    return done(is_new);
  }
  if (const auto* get = std::get_if<GetEntry>(&order.effect)) {
    const ToyObject* object = objects.get(slot_key(unit, get->slot));
    if (object == nullptr) {
      if (!is_dead(order)) referee.on_last_look();
      return EntryRead{Outcome{ObjectOutcome::absent}};
    }
    if (object->is_refused) return EntryRead{Outcome{ObjectOutcome::refused}};
    return EntryRead{Outcome{ObjectOutcome::ok}, object->is_corrupt ? nullptr : object->entry,
                     object->is_corrupt};
  }
  if (const auto* create = std::get_if<CreateManifest>(&order.effect)) {
    return done(objects.create(create->key, ToyObject{nullptr, create->manifest}));
  }
  if (const auto* get = std::get_if<GetManifest>(&order.effect)) {
    const ToyObject* object = objects.get(get->key);
    if (object == nullptr) return ManifestRead{Outcome{ObjectOutcome::absent}};
    return ManifestRead{Outcome{ObjectOutcome::ok}, object->manifest, object->is_corrupt};
  }
  if (const auto* upload = std::get_if<Upload>(&order.effect)) {
    ToyObject object;
    object.bytes = order.bytes;
    return done(objects.create(upload->key, std::move(object)));
  }
  if (const auto* fetch = std::get_if<Fetch>(&order.effect)) {
    const ToyObject* object = objects.get(fetch->file.key);
    if (object == nullptr) return Outcome{ObjectOutcome::absent};
    if (!is_dead(order)) it.build[fetch->file.name] = object->bytes;
    return Outcome{ObjectOutcome::ok};
  }
  if (const auto* list = std::get_if<List>(&order.effect)) return objects.list(*list);
  if (const auto* remove = std::get_if<Remove>(&order.effect)) {
    const bool was_there = objects.held.erase(remove->key) > 0;
    if (was_there) referee.on_removed(remove->key);
    return Outcome{was_there ? ObjectOutcome::ok : ObjectOutcome::absent};
  }
  SpecRead read{Outcome{ObjectOutcome::ok}, objects.spec_version, objects.is_undeployed};
  read.is_corrupt = objects.is_spec_corrupt;
  if (read.is_corrupt) read.outcome.detail = "the spec cannot be read";
  return read;
}

Answer World::perform_store(const Order& order) {
  Node& it = nodes_[order.node];
  const Outcome ok{ObjectOutcome::ok};
  if (std::holds_alternative<InspectStore>(order.effect)) {
    return StoreInspected{ok, StoreState{it.store.exists, it.store.opened_under, it.store.claims,
                                         it.store.sequence()}};
  }
  if (const auto* record = std::get_if<RecordClaim>(&order.effect)) {
    it.store.claims.push_back(record->nonce);
  } else if (std::holds_alternative<SetAside>(order.effect)) {
    it.store = ToyStore{};
  } else if (std::holds_alternative<BeginBuild>(order.effect)) {
    it.build.clear();
  } else if (const auto* adopt = std::get_if<AdoptBuild>(&order.effect)) {
    for (const ManifestFile& file : adopt->manifest->files) {
      if (content_hash(as_bytes(it.build[file.name])) != file.hash) {
        return BuildAdopted{Outcome{ObjectOutcome::unknown, "hash of " + file.name}, true};
      }
    }
    it.store = ToyStore::of_files(it.build);
    return BuildAdopted{ok};
  } else if (const auto* open = std::get_if<OpenStore>(&order.effect)) {
    it.store.exists = true;
    it.store.opened_under = open->epoch;
    it.store.claims = {open->nonce};
    return StoreOpened{ok, it.store.sequence(), it.store.tail()};
  } else if (const auto* apply = std::get_if<Apply>(&order.effect)) {
    for (const Commit& commit : apply->commits) {
      if (commit.sequence == it.store.sequence() + 1) {
        it.store.writes.push_back(to_text(commit.bytes));
      }
    }
    return Applied{ok, it.store.sequence()};
  } else if (const auto* checkpoint = std::get_if<Checkpoint>(&order.effect)) {
    it.checkpoints[checkpoint->attempt] = it.store;
    CheckpointTaken taken{ok, {it.store.sequence(), {}}};
    for (const auto& [name, bytes] : it.store.files()) {
      taken.state.files.push_back(described(name, bytes));
    }
    return taken;
  }
  return ok;
}

void World::run() {
  advance(Duration{0});
}

void World::advance(Duration by) {
  const Instant end = now + by;
  while (true) {
    std::optional<Instant> next;
    if (!events_.empty()) next = events_.begin()->first.first;
    for (const Node& it : nodes_) {
      const auto due = it.journal->next_deadline();
      if (due && (!next || *due < *next)) next = std::max(*due, now);
    }
    if (!next || *next > end) break;
    now = std::max(now, *next);
    if (!events_.empty() && events_.begin()->first.first <= now) {
      auto event = events_.extract(events_.begin());
      event.mapped()();
      continue;
    }
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      const auto due = nodes_[node].journal->next_deadline();
      if (!due || *due > now) continue;
      into(node, [&](Journal& journal, Outbox& outbox) { journal.on_deadline(now, outbox); });
    }
  }
  now = end;
}

std::string World::told(std::size_t node) {
  return std::exchange(nodes_[node].told, {});
}

std::string World::slots() const {
  std::string line;
  for (auto it = objects.held.lower_bound(journal_prefix(unit)); it != objects.held.end(); ++it) {
    const Slot slot = slot_of(unit, it->first);
    if (slot == 0) break;
    const JournalEntry& entry = *it->second.entry;
    if (!line.empty()) line += ' ';
    switch (entry.type) {
      case EntryType::claim: line += fmt::format("{}:claim({})", slot, entry.epoch); break;
      case EntryType::batch:
        line += fmt::format("{}:batch({},{}-{})", slot, entry.epoch, entry.commits.front().sequence,
                            entry.commits.back().sequence);
        break;
      case EntryType::freeze:
        line += fmt::format("{}:freeze({},covers {})", slot, entry.epoch, entry.covers);
        break;
      case EntryType::withdrawn:
        line += fmt::format("{}:withdrawn({},v{})", slot, entry.epoch, entry.spec_version);
        break;
    }
  }
  return line;
}

}  // namespace gossamer::journal
