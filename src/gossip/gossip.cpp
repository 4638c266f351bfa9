#include "gossip/gossip.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/deadlines.hpp"
#include "gossip/anti_entropy.hpp"
#include "gossip/live_choice.hpp"

namespace gossamer::gossip {
namespace {

constexpr std::size_t kRumoursMax = 16'384;
constexpr std::size_t kLargeRumoursMax = 1024;
// A long queue is worked off by several packets to one member, not by one each time.
constexpr std::size_t kPacketsPerTellingMax = 8;
// Under pressure one member hears what else three would: then no queue may grow.
constexpr std::size_t kPressedPacketsPerTellingMax = 32;
constexpr std::size_t kStreamTellingBytesMax = std::size_t{256} << 10;
// Several times what the join of 100 nodes takes each of them.
constexpr std::size_t kTellingBytesPerSecond = std::size_t{512} << 10;
// What answers to comparisons may cost, some percent of a core: a newcomer takes 250 bytes of it
// for each entry that it lacks, and whoever asks all the time keeps nobody from answering probes.
constexpr std::size_t kAnswerBytesPerSecond = std::size_t{32} << 20;
constexpr std::size_t kLookBytes = 64;
// How many times more it would be with all redundancy, about, so that it does not come and go.
constexpr std::size_t kPressedFactor = 3;
// A newcomer asks many seeds at once. Carrying on with each of them would fetch the whole list as
// often; the rest is compared a little later, when there is little left to fetch.
constexpr std::size_t kComparisonsPerWindow = 4;
constexpr Duration kComparisonWindow = std::chrono::milliseconds{200};
constexpr std::size_t kToldOnPerWindow = 32;
constexpr Duration kToldOnWindow = std::chrono::seconds{1};
// Comparisons that found news are followed by the next one sooner by this factor. Rumours told
// while few were known miss who came meanwhile: when many start at once, only comparisons find that
// out.
constexpr int kUnsettledFactor = 32;
// While news flows all the time any two differ by what is on its way, and a comparison that shows
// no more than that is no reason for many.
constexpr int kPressedGapFactor = 4;

// ceil(log10(n + 1)) without floating point: how many digits n has.
std::size_t digits(std::size_t n) {
  std::size_t count = 1;
  while (n >= 10) {
    n /= 10;
    ++count;
  }
  return count;
}

constexpr int kSecondRoundDelays = 4;
constexpr Duration kSecondRoundDelayMin = std::chrono::milliseconds{1};

// The next alive after `self` in the ring of ids; null if there is nobody. Not a suspect: of its
// own death everybody is to hear, the one after it too.
const Member* successor_of(const MemberView& members, const NodeId& self) {
  const auto after = std::upper_bound(members.begin(), members.end(), self,
                                      [](const NodeId& id, const Member& m) { return id < m.id; });
  for (auto at = after; at != members.end(); ++at) {
    if (at->state == MemberState::alive) return &*at;
  }
  for (auto at = members.begin(); at != after; ++at) {
    if (at->state == MemberState::alive && at->id != self) return &*at;
  }
  return nullptr;
}

std::size_t packed_bytes_of(const std::vector<Entry>& entries) {
  std::size_t bytes = 0;
  for (const Entry& entry : entries) bytes += packed_bytes(entry);
  return bytes;
}

std::vector<Entry> copies_of(const std::vector<const Entry*>& entries) {
  std::vector<Entry> copies;
  copies.reserve(entries.size());
  for (const Entry* entry : entries) copies.push_back(*entry);
  return copies;
}

}  // namespace

bool goes_by_stream(const Message& message) {
  return std::holds_alternative<SyncKeys>(message) || std::holds_alternative<SyncWants>(message);
}

Telling telling_of(const Message& message) {
  return goes_by_stream(message) ? Telling::hold : Telling::tell;
}

Gossip::Gossip(const MembershipOptions& options, NodeId self, std::uint64_t seed,
               Spreading spreading, Interner<HeldEntry>* interner)
    : options_(options),
      self_(self),
      random_(seed),
      spreading_(spreading),
      replica_(interner),
      rumours_(kRumoursMax),
      large_rumours_(kLargeRumoursMax),
      tellings_(kTellingBytesPerSecond),
      answers_(kAnswerBytesPerSecond),
      compare_gap_(options.sync_interval / kUnsettledFactor),
      comparisons_(kComparisonsPerWindow, kComparisonWindow),
      told_on_(kToldOnPerWindow, kToldOnWindow) {
  if (spreading_ == Spreading::by_tick) {
    tick_phase_ = Duration{random_.between(0, Duration{options_.gossip_interval}.count() - 1)};
  }
}

bool Gossip::is_news(const EntryKey& key, std::uint64_t version) const {
  const Entry* held = replica_.find(key);
  return held == nullptr || version > held->version;
}

bool Gossip::put(Instant now, Entry entry, Telling telling) {
  if (!is_news(entry.key, entry.version)) return false;
  const std::size_t bytes = packed_bytes(entry);
  const bool is_update = replica_.find(entry.key) != nullptr;
  tell_no_more(entry.key);  // What was told of it is old by now.
  const Entry& held = replica_.store(std::move(entry));
  if (telling == Telling::tell || is_told_on(now, is_update)) {
    (bytes > payload_bytes() ? large_rumours_ : rumours_).push(held, bytes);
  }
  if (telling == Telling::hold) {
    compare_gap_ = options_.sync_interval / (is_pressed_ ? kPressedGapFactor : kUnsettledFactor);
    compare_within(now, compare_gap_);
  }
  if (has_untold() && spreading_ == Spreading::eager) {
    earlier(next_first_, now + options_.gossip_delay);
  } else if (rumour_count() > 0 && spreading_ == Spreading::by_tick) {
    earlier(next_repeat_, next_tick(now));
  }
  if (!compare_by_) compare_within(now, compare_gap_ / 2);
  return true;
}

// Rumours of what a comparison brings may be on their way, and whoever is to hear them from us, the
// next in the ring first of all, would not. Of an update they are. Of what is new here only a
// little is told: a newcomer, to whom all is new, would tell everybody the whole list.
bool Gossip::is_told_on(Instant now, bool is_update) {
  return spreading_ == Spreading::eager && (is_update || told_on_.take(now));
}

void Gossip::heard_again(const EntryKey& key, std::uint64_t version) {
  const Entry* held = replica_.find(key);
  if (held != nullptr && held->version == version) heard_again(*held);
}

void Gossip::heard_again(const Entry& held) {
  if (spreading_ == Spreading::by_tick) return;
  rumours_.note_heard(held, fanout(), tellings_max());
}

void Gossip::erase(const EntryKey& key) {
  tell_no_more(key);
  replica_.erase(key);
}

void Gossip::hush(const EntryKey& key) {
  tell_no_more(key);
  replica_.hush(key);
}

void Gossip::tell_no_more(const EntryKey& key) {
  const Entry* held = replica_.find(key);
  if (held == nullptr) return;
  rumours_.erase(*held);
  large_rumours_.erase(*held);
}

std::vector<Entry> Gossip::ride_along(std::size_t bytes_max) {
  return copies_of(spreading_ == Spreading::eager ? rumours_.ride(bytes_max, tellings_max())
                                                  : rumours_.take(bytes_max, tellings_max()));
}

void Gossip::contact(const Endpoint& to, std::vector<Entry> riders, Outbox& outbox) {
  const bool by_stream =
      kMessageOverheadBytes + packed_bytes_of(riders) > options_.datagram_bytes_max;
  outbox.push_back(
      Send{to, by_stream, SyncDigest{replica_.digest(), replica_.told_count()}, std::move(riders)});
}

void Gossip::on_message(Instant now, const Endpoint& from, const Message& message, Outbox& outbox) {
  std::visit(
      [&](const auto& body) {
        using Body = std::decay_t<decltype(body)>;
        const Entry* own = replica_.find({EntryKind::member, self_, {}});
        if (goes_by_stream(message)) answer_watch_.on_answered();
        if constexpr (std::is_same_v<Body, SyncDigest>) {
          if (body.digest == replica_.digest()) answer_watch_.on_answered();
          answer_digest(replica_, from, body, own, options_.datagram_bytes_max, outbox);
        } else if constexpr (std::is_same_v<Body, SyncBuckets>) {
          if (!comparisons_.take(now)) {
            outbox.push_back(Trace{"gossip: too many comparisons at once"});
            return;
          }
          const std::size_t begin = outbox.size();
          answer_buckets(replica_, from, body, own, outbox);
          if (outbox.size() > begin) answer_watch_.on_asked(now);
        } else if constexpr (std::is_same_v<Body, SyncKeys>) {
          answer(now, from, body, outbox);
        } else if constexpr (std::is_same_v<Body, SyncWants>) {
          answer(now, from, body, outbox);
        }
      },
      message);
}

void Gossip::on_deadline(Instant now, const MemberView& members, Outbox& outbox) {
  const bool is_repeat_due = next_repeat_ && *next_repeat_ <= now;
  if (is_repeat_due || members.size() != view_size_) {
    view_size_ = members.size();
    live_count_ = std::max<std::size_t>(1, members.live_count());
  }
  if (next_second_ && *next_second_ <= now) {
    next_second_.reset();
    spread(now, Round::second, members, outbox);
  }
  if (next_first_ && *next_first_ <= now) {
    next_first_.reset();
    earlier(next_second_, now + second_round_delay());
    earlier(next_repeat_, now + options_.gossip_interval);
    spread(now, Round::first, members, outbox);
  }
  if (is_repeat_due) {
    next_repeat_.reset();
    if (rumour_count() > 0) next_repeat_ = now + options_.gossip_interval;
    spread(now, Round::repeat, members, outbox);
  }
  if (compare_from_ && *compare_from_ <= now) compare(now, members, outbox);
}

std::optional<Instant> Gossip::next_deadline() const {
  std::optional<Instant> deadline = compare_by_;
  earlier(deadline, next_first_);
  earlier(deadline, next_second_);
  earlier(deadline, next_repeat_);
  return deadline;
}

void Gossip::spread(Instant now, Round round, const MemberView& members, Outbox& outbox) {
  is_pressed_ = spreading_ == Spreading::eager && tellings_.is_spent(now);
  // It is for what all tellings of the first round have missed, and the next tick finds that too.
  if (is_pressed_ && round == Round::second) return;
  const std::vector<const Member*> listeners = listeners_of(round, members);
  if (listeners.empty()) {
    // Nobody to tell. News wakes us earlier, and a first member is news.
    (round == Round::first ? next_first_ : next_repeat_) = now + options_.sync_interval;
    return;
  }
  for (std::size_t place = 0; place < listeners.size(); ++place) {
    tell(now, listeners[place]->endpoint, tellings_of(round, place), outbox);
  }
  if (round == Round::first && has_untold()) earlier(next_first_, now + second_round_delay());
}

// Only the first round leaves nobody out, so all news goes through it first: what one listener has
// been told is for the one after it. If each were told the least-told, the next in the ring would
// hear only a part of what takes more packets than one is sent.
RumourQueue::Tellings Gossip::tellings_of(Round round, std::size_t place) const {
  if (spreading_ == Spreading::by_tick) return {};
  switch (round) {
    case Round::first: return {.min = place, .below = place + 1};
    case Round::second: return {.min = 1, .below = 2 * round_size()};
    case Round::repeat: return {.min = 1};
  }
  return {};
}

std::vector<const Member*> Gossip::listeners_of(Round round, const MemberView& members) {
  if (spreading_ == Spreading::by_tick) {
    return choose_present(members, options_.gossip_fanout, {self_}, random_);
  }
  std::vector<const Member*> listeners;
  const Member* next = round == Round::first ? successor_of(members, self_) : nullptr;
  if (next != nullptr) listeners.push_back(next);
  const NodeId& excepted = next != nullptr ? next->id : self_;
  for (const Member* other : choose_live(members, fanout(), {self_, excepted}, random_)) {
    listeners.push_back(other);
  }
  return listeners;
}

void Gossip::tell(Instant now, const Endpoint& to, const RumourQueue::Tellings& tellings,
                  Outbox& outbox) {
  const std::size_t datagram_bytes = payload_bytes();
  Send send{to, false, Rumours{}, {}};
  std::size_t bytes = 0;
  const std::size_t packets = is_pressed_ ? kPressedPacketsPerTellingMax : kPacketsPerTellingMax;
  for (Entry& entry :
       copies_of(rumours_.take(packets * datagram_bytes, tellings_max(), tellings))) {
    const std::size_t size = packed_bytes(entry);
    if (bytes + size > datagram_bytes) {
      outbox.push_back(std::exchange(send, Send{to, false, Rumours{}, {}}));
      bytes = 0;
    }
    send.entries.push_back(std::move(entry));
    bytes += size;
    tellings_.spend(now, is_pressed_ ? kPressedFactor * size : size);
  }
  if (!send.entries.empty()) outbox.push_back(std::move(send));

  Send large{to, true, Rumours{},
             copies_of(large_rumours_.take(kStreamTellingBytesMax, tellings_max(), tellings))};
  tellings_.spend(now, packed_bytes_of(large.entries));
  if (!large.entries.empty()) outbox.push_back(std::move(large));
}

bool Gossip::may_answer(Instant now, Outbox& outbox) {
  if (!answers_.is_spent(now)) return true;
  outbox.push_back(Trace{"gossip: too many comparisons to answer"});
  return false;
}

void Gossip::answer(Instant now, const Endpoint& to, const SyncKeys& message, Outbox& outbox) {
  if (!may_answer(now, outbox)) return;
  const std::size_t begin = outbox.size();
  answer_keys(replica_, to, message, outbox);
  spend_answer(now, replica_.size() + message.held.size(), outbox, begin);
}

void Gossip::answer(Instant now, const Endpoint& to, const SyncWants& message, Outbox& outbox) {
  if (message.keys.empty() || !may_answer(now, outbox)) return;
  const std::size_t begin = outbox.size();
  answer_wants(replica_, to, message, outbox);
  spend_answer(now, message.keys.size(), outbox, begin);
}

void Gossip::spend_answer(Instant now, std::size_t looked_at, const Outbox& outbox,
                          std::size_t begin) {
  std::size_t bytes = looked_at * kLookBytes;
  for (std::size_t i = begin; i < outbox.size(); ++i) {
    const auto* send = std::get_if<Send>(&outbox[i]);
    if (send != nullptr) bytes += packed_bytes_of(send->entries);
  }
  answers_.spend(now, bytes);
}

void Gossip::compare(Instant now, const MemberView& members, Outbox& outbox) {
  compare_from_.reset();
  compare_by_.reset();
  const auto chosen = choose_live(members, 1, {self_}, random_);
  if (chosen.empty()) {
    compare_within(now, std::max<Duration>(compare_gap_, options_.sync_interval / 8));
    return;
  }
  contact(chosen.front()->endpoint, {}, outbox);
  compare_gap_ = std::min<Duration>(compare_gap_ * 2, options_.sync_interval);
  compare_within(now, compare_gap_);
}

// Somewhere in the last half of the gap, so that nodes started together drift apart. A node that
// wakes for something else in its last quarter compares then: to wake costs more than to compare.
void Gossip::compare_within(Instant now, Duration gap) {
  const Duration::rep quarter = std::max<Duration::rep>(gap.count() / 4, 1);
  const Duration from{2 * quarter + random_.between(0, quarter)};
  earlier(compare_from_, now + from);
  earlier(compare_by_, now + from + Duration{quarter});
}

Instant Gossip::next_tick(Instant now) const {
  const Duration interval = std::max<Duration>(options_.gossip_interval, Duration{1});
  return now + interval - (now.since_origin + tick_phase_) % interval;
}

std::size_t Gossip::fanout() const {
  return is_pressed_ ? std::min<std::size_t>(1, options_.gossip_fanout) : options_.gossip_fanout;
}

Duration Gossip::second_round_delay() const {
  return kSecondRoundDelays * std::max<Duration>(options_.gossip_delay, kSecondRoundDelayMin);
}

std::size_t Gossip::round_size() const {
  return fanout() + 1;
}

std::size_t Gossip::tellings_max() const {
  const std::size_t tellings = options_.retransmit_multiplier * digits(live_count_);
  return is_pressed_ ? std::max(fanout() + 2, tellings / kPressedFactor) : tellings;
}

std::size_t Gossip::payload_bytes() const {
  return std::max(options_.datagram_bytes_max, kRumoursOverheadBytes) - kRumoursOverheadBytes;
}

}  // namespace gossamer::gossip
