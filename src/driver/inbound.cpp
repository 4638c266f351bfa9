// The way in: open the frame, decode, verify what is news, and hand it to the engine that it is
// for.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

constexpr std::size_t kStatementsPerTurn = 400;  // About 30 ms, if all are news.
constexpr std::size_t kReadingsMax = 8;          // Of at most 16 MiB each.
constexpr Duration kReadingGap = std::chrono::milliseconds{2};

}  // namespace

void Driver::State::on_frame(const Endpoint& from, ByteView bytes, bool by_stream) {
  ++(by_stream ? counters.frames_in : counters.datagrams_in);
  (by_stream ? counters.frame_bytes_in : counters.datagram_bytes_in) += bytes.size();
  const auto opened = open_frame(from, bytes, by_stream);
  if (!opened) {
    ++counters.frame_rejects[static_cast<std::size_t>(opened.error())];
    if (opened.error() == wire::FrameReject::twin) membership.on_twin(now, from, membership_out);
    return;
  }
  Result<wire::Packet> packet = wire::decode_packet(opened->payload, opened->version);
  if (!packet) {
    ++counters.packets_malformed;
    return;
  }
  const auto* told = std::get_if<gossip::Message>(&packet->message);
  Arrival arrival{opened->sender, from, by_stream,
                  told != nullptr ? gossip::telling_of(*told) : gossip::Telling::tell,
                  opened->key_id};
  if (packet->statements.size() <= kStatementsPerTurn) {
    for (const SharedBytes& statement : packet->statements) accept_statement(statement, arrival);
    return heed(arrival, packet->message);
  }
  if (readings.size() >= kReadingsMax) {
    ++counters.packets_over_bound;
    return;
  }
  for (SharedBytes& statement : packet->statements) statement = shared(statement);
  readings.push_back({std::move(arrival), std::move(*packet)});
  if (readings.size() == 1) read_on();
}

// A large packet is read in turns of its own, so that probes are answered meanwhile: to check all
// its signatures may take seconds, and whoever is silent for so long is taken for dead.
void Driver::State::read_on() {
  Reading& reading = readings.front();
  auto& statements = reading.packet.statements;
  const std::size_t end = std::min(reading.next + kStatementsPerTurn, statements.size());
  for (; reading.next < end; ++reading.next) {
    accept_statement(std::exchange(statements[reading.next], nullptr), reading.arrival);
  }
  if (reading.next == statements.size()) {
    heed(reading.arrival, reading.packet.message);
    readings.pop_front();
  }
  if (!readings.empty()) after(kReadingGap, [](State& state) { state.read_on(); });
}

void Driver::State::heed(Arrival& arrival, const wire::Message& message) {
  if (!hears(arrival)) return;
  Endpoint answer_to = arrival.from;
  if (arrival.by_stream) {
    const Member* member = membership.members().find(arrival.sender);
    if (member == nullptr) return;
    answer_to = arrival.home.value_or(member->endpoint);
  } else {
    note_key(arrival.sender, arrival.from, arrival.key_id);
    membership.on_heard(now, arrival.sender, arrival.from, membership_out);
    note_departed(arrival);
  }
  remind(arrival);
  dispatch(arrival.sender, answer_to, arrival.by_stream, message);
  note_missing_answers();
}

tl::expected<wire::Sealer::Opened, wire::FrameReject> Driver::State::open_frame(
    const Endpoint& from, ByteView bytes, bool by_stream) {
  auto opened = sealer.open(bytes);
  if (!opened) return opened;
  using Verdict = wire::PlaybackGuard::Verdict;
  const std::uint64_t wall_ms = ports.clock->wall_ms();
  switch (playbacks.judge(now, wall_ms, opened->sent_ms, opened->mark)) {
    case Verdict::fresh:
      // Only now: what somebody recorded shows no twin.
      if (opened->is_twin) return tl::make_unexpected(wire::FrameReject::twin);
      if (version_choice.own().contains(opened->version)) return opened;
      note_unreadable(*opened, from, by_stream);
      return tl::make_unexpected(wire::FrameReject::version);
    case Verdict::replayed: return tl::make_unexpected(wire::FrameReject::replayed);
    case Verdict::late: break;
  }
  note_late(opened->sender, from, opened->sent_ms);
  return tl::make_unexpected(wire::FrameReject::late);
}

// Whoever must mend a clock learns of it here and nowhere else: to the others it seems to be
// silent.
void Driver::State::note_late(const NodeId& sender, const Endpoint& from, std::uint64_t sent_ms) {
  if (!clock_alarms.take(now)) return;
  const std::uint64_t wall_ms = ports.clock->wall_ms();
  const bool is_past = sent_ms < wall_ms;
  const std::uint64_t apart = is_past ? wall_ms - sent_ms : sent_ms - wall_ms;
  notify(Alarm{
      "clock",
      fmt::format("a packet of {} from {} was sent {} s {}, by the clocks of both; more than "
                  "replay_window ({} s) apart nodes do not hear each other: see to the clocks, "
                  "or somebody plays back what he recorded",
                  to_short_string(sender), to_string(from), apart / 1000,
                  is_past ? "ago" : "from now", options.membership.replay_window.count() / 1000)});
}

// What is held word for word tells nothing new.
bool Driver::State::is_repetition(ByteView statement) {
  const gossip::Entry* held = gossip.replica().find_statement(statement);
  if (held == nullptr) return false;
  if (admissions.is_on() && !admissions.has(wire::author_of(statement), ports.clock->wall_ms())) {
    return false;
  }
  gossip.heard_again(*held);
  return true;
}

// For what is kept, or waits for its turn. Most of what comes is neither.
SharedBytes Driver::State::shared(const SharedBytes& statement) const {
  Interner<Bytes>* const interner = options.sharing.statements;
  return interner == nullptr ? statement : interner->one_of(*statement);
}

void Driver::State::accept_statement(const SharedBytes& bytes, Arrival& arrival) {
  if (is_repetition(*bytes)) return;
  const Result<wire::Statement> statement = wire::decode_statement(*bytes);
  if (!statement) {
    ++counters.statements_malformed;
    return;
  }
  const bool is_news = gossip.is_news(statement->key, statement->version);
  if (!believes(*statement, is_news)) {
    ++counters.statements_unadmitted;
    arrival.is_refused = arrival.is_refused || statement->author == arrival.sender;
    return;
  }
  if (!is_news) {
    gossip.heard_again(statement->key, statement->version);
    return note_outdated(*statement, *bytes, arrival);
  }
  // A signature costs more than all the rest of a packet, so only news is verified.
  ++counters.statements_verified;
  if (!wire::verify_statement(*bytes)) {
    ++counters.statements_forged;
    return;
  }
  if (!offer(*statement)) {
    ++counters.statements_refused;
    if (!arrival.by_stream && admissions.has(arrival.sender, ports.clock->wall_ms())) {
      correct(*statement, arrival.from);
    }
    return;
  }
  const gossip::Entry entry{statement->key, statement->version, shared(bytes)};
  gossip.put(now, entry, arrival.telling);
  // The epoch of a record may be made up: such a one is kept when it is answered, in orders.cpp.
  const auto* record = std::get_if<naming::RecordStatement>(&statement->body);
  if (record == nullptr || record->record.epoch == 0) cache_entry(entry);
  if (entry.key.kind == gossip::EntryKind::key_ring) keep_ring();
}

// Who says less of itself than is held of it goes on from an older copy of its data directory, or
// has a twin that does not. Nobody else would tell it: it may not be where it is held to be.
void Driver::State::note_outdated(const wire::Statement& statement, ByteView bytes,
                                  Arrival& arrival) {
  if (statement.author != arrival.sender || statement.key.owner != arrival.sender) return;
  const gossip::Entry* held = gossip.replica().find(statement.key);
  if (held == nullptr || held->version == statement.version) return;
  arrival.unheard.push_back(*held);
  const auto* member = std::get_if<membership::MemberStatement>(&statement.body);
  if (member == nullptr || !arrival.by_stream || arrival.home) return;
  ++counters.statements_verified;
  if (wire::verify_statement(bytes)) arrival.home = member->endpoint;
}

// It speaks, so it is not gone: an earlier life of it is, or a twin. (One that is held as down
// where it is gets the verdict.)
void Driver::State::note_departed(Arrival& arrival) {
  const Member* member = membership.members().find(arrival.sender);
  if (member == nullptr || member->is_live()) return;
  if (member->state == MemberState::down && member->endpoint == arrival.from) return;
  const gossip::Entry* held =
      gossip.replica().find({gossip::EntryKind::member, arrival.sender, {}});
  if (held != nullptr) arrival.unheard.push_back(*held);
}

// Its own words, as it signed them: it raises its numbers above them. At most a datagram of them,
// also those that are hushed, for nothing else brings them to it.
void Driver::State::remind(Arrival& arrival) {
  std::size_t bytes = 0;
  std::vector<gossip::Entry> told;
  for (gossip::Entry& entry : arrival.unheard) {
    bytes += entry.statement->size() + wire::kStatementOverheadBytes;
    if (!told.empty() && bytes > outbound.ride_along_bytes()) break;
    told.push_back(std::move(entry));
  }
  if (told.empty() || (arrival.by_stream && !arrival.home)) return;
  if (!reminders.take(now)) return;
  ports.events->on_trace("driver: a node was reminded of what it said");
  outbound.send(arrival.home.value_or(arrival.from), false, gossip::Message{gossip::Rumours{}},
                told);
}

// Stale news of a member is answered with the newer, or two views would stay apart until they are
// compared. (What came by stream came in a comparison, which tells both sides.)
void Driver::State::correct(const wire::Statement& statement, const Endpoint& answer_to) {
  if (statement.key.kind != gossip::EntryKind::verdict) return;
  const gossip::Entry* held =
      gossip.replica().find({gossip::EntryKind::member, statement.key.owner, {}});
  if (held == nullptr || gossip.replica().is_hushed(held->key)) return;
  outbound.send(answer_to, false, gossip::Message{gossip::Rumours{}}, {*held});
}

bool Driver::State::offer(const wire::Statement& statement) {
  const NodeId& author = statement.author;
  struct Visitor {
    State& state;
    const NodeId& author;
    const gossip::EntryKey& key;
    bool operator()(const membership::MemberStatement& member) {
      if (!state.membership.on_member(state.now, author, member, state.membership_out))
        return false;
      state.note_versions(author, member);
      return true;
    }
    bool operator()(const membership::Verdict& verdict) {
      return state.membership.on_verdict(state.now, author, verdict, state.membership_out);
    }
    bool operator()(const naming::RecordStatement& record) {
      return state.naming.on_record(state.now, author, record, state.naming_out);
    }
    bool operator()(const ownership::SpecAnnouncement& spec) {
      return state.hear_spec(author, key, spec);
    }
    bool operator()(const ownership::ClaimAnnouncement& claim) {
      return state.hear_claim(key, claim);
    }
    bool operator()(const wire::Carried&) { return state.hear_carried(author, key); }
    bool operator()(const keys::RingStatement& ring) { return state.hear_ring(author, ring); }
  };
  return std::visit(Visitor{*this, author, statement.key}, statement.body);
}

void Driver::State::dispatch(const NodeId& sender, const Endpoint& from, bool by_stream,
                             const wire::Message& message) {
  if (const auto* swim = std::get_if<membership::Message>(&message)) {
    membership.on_message(now, sender, from, by_stream, *swim, membership_out);
    if (!std::holds_alternative<membership::Ack>(*swim)) return;
    if (const auto measured = membership.round_trip(sender)) {
      ports.events->on_round_trip(sender,
                                  std::chrono::duration_cast<std::chrono::microseconds>(*measured));
    }
  } else {
    const auto& body = std::get<gossip::Message>(message);
    if (!by_stream && gossip::goes_by_stream(body)) {
      ports.events->on_trace("driver: a step of a comparison that goes by stream came by datagram");
      return;
    }
    gossip.on_message(now, from, body, gossip_out);
  }
}

}  // namespace gossamer::driver
