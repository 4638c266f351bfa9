#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/allowance.hpp"
#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/membership_options.hpp"
#include "gossip/answer_watch.hpp"
#include "gossip/byte_budget.hpp"
#include "gossip/effect.hpp"
#include "gossip/message.hpp"
#include "gossip/replica.hpp"
#include "gossip/rumour_queue.hpp"

namespace gossamer::gossip {

/// Send one message with these entries. As a datagram, best effort; or as a stream frame, which
/// has no size limit worth the name and arrives or is lost whole.
struct Send {
  Endpoint to;
  bool by_stream = false;
  Message message;
  std::vector<Entry> entries;
};
using Effect = std::variant<Send, Trace>;
using Outbox = std::vector<Effect>;

/// Whether an entry that is taken in is also told on.
enum class Telling : std::uint8_t {
  tell,  ///< News: queued as a rumour.
  hold,  ///< Held, and told if it is an update, or one of a few. For what a comparison brought: a
         ///< newcomer that told everybody the whole list would cost n x n messages.
};

/// How to take in what rides on `message`. Only the entries of comparisons ride on SyncWants and
/// SyncKeys; rumours too large for a datagram come by stream too, and are news.
Telling telling_of(const Message& message);

/// These steps of a comparison are answered at length, so only who can be connected to asks them.
bool goes_by_stream(const Message& message);

/// When news is told, and to whom. Nodes are eager; only the simulator's SWIM and Lifeguard are
/// not.
enum class Spreading : std::uint8_t {
  eager,    ///< At once, to the next in the ring and others, soon after once more, then repeated.
  by_tick,  ///< Each gossip_interval to some at random, those held down among them. As memberlist.
};

/// What the frame and the packet around the entries cost at most; around rumours alone, exactly;
/// and each entry beside its bytes.
constexpr std::size_t kMessageOverheadBytes = 56 + 160;
constexpr std::size_t kRumoursOverheadBytes = 56 + 13;
constexpr std::size_t kEntryOverheadBytes = 2;

/// The one rumour queue and the one anti-entropy, for keyed entries. Knows nothing of what they
/// mean: the engines above decide what is put in and taken out.
///
/// Inputs are the on_* calls; wishes come out of `outbox`. No clock, no I/O, no callback.
/// **Threads**: none.
class Gossip {
 public:
  Gossip(const MembershipOptions& options, NodeId self, std::uint64_t seed,
         Spreading spreading = Spreading::eager, Interner<HeldEntry>* interner = nullptr);

  /// True if `version` of `key` is newer than what is held.
  bool is_news(const EntryKey& key, std::uint64_t version) const;
  /// Holds the entry if it is news, and queues it as a rumour if it is to be told. False if it was
  /// not news. News that came by comparison brings the next comparison forward: rumours missed us.
  bool put(Instant now, Entry entry, Telling telling = Telling::tell);
  /// Somebody told what is held already. Who hears a rumour often tells it less often: it is known.
  void heard_again(const EntryKey& key, std::uint64_t version);
  /// The same of an entry of replica().
  void heard_again(const Entry& held);
  /// Stops holding it, and stops telling it.
  void erase(const EntryKey& key);
  /// Holds it still, but compares and offers it no longer: it is about to be forgotten everywhere.
  void hush(const EntryKey& key);
  /// Takes that back: compares and offers it again.
  void unhush(const EntryKey& key) { replica_.unhush(key); }
  const Replica& replica() const { return replica_; }

  /// Rumours to ride on a packet: at most `bytes_max` of statements, least-told first.
  std::vector<Entry> ride_along(std::size_t bytes_max);
  std::size_t rumour_count() const { return rumours_.size() + large_rumours_.size(); }

  /// Opens a comparison with one node, whose id may be unknown (a seed). `riders` ride along: what
  /// it must know of this node, or of itself.
  void contact(const Endpoint& to, std::vector<Entry> riders, Outbox& outbox);

  /// The entries of a packet were already given to put() by the driver. `from` is where an answer
  /// is to go: never a stream's source port.
  void on_message(Instant now, const Endpoint& from, const Message& message, Outbox& outbox);
  void on_deadline(Instant now, const MemberView& members, Outbox& outbox);

  /// Others' answers to this node's comparisons do not reach it: it may lack much.
  bool is_missing_answers(Instant now) const { return answer_watch_.is_missing_answers(now); }

  /// When on_deadline wants to run next. Early or spurious calls are harmless.
  std::optional<Instant> next_deadline() const;

 private:
  /// News is told at once to the next in the ring of ids, so that nobody is left out, and to
  /// gossip_fanout at random; soon after once more, for a few are missed by all; then repeated.
  enum class Round : std::uint8_t { first, second, repeat };
  void spread(Instant now, Round round, const MemberView& members, Outbox& outbox);
  /// For the listener at this place of the round.
  RumourQueue::Tellings tellings_of(Round round, std::size_t place) const;
  std::vector<const Member*> listeners_of(Round round, const MemberView& members);
  void tell(Instant now, const Endpoint& to, const RumourQueue::Tellings& tellings, Outbox& outbox);
  bool has_untold() const { return rumours_.has_untold() || large_rumours_.has_untold(); }
  bool is_told_on(Instant now, bool is_update);
  void tell_no_more(const EntryKey& key);
  Instant next_tick(Instant now) const;
  void answer(Instant now, const Endpoint& to, const SyncKeys& message, Outbox& outbox);
  void answer(Instant now, const Endpoint& to, const SyncWants& message, Outbox& outbox);
  bool may_answer(Instant now, Outbox& outbox);
  void spend_answer(Instant now, std::size_t looked_at, const Outbox& outbox, std::size_t begin);
  void compare(Instant now, const MemberView& members, Outbox& outbox);
  void compare_within(Instant now, Duration gap);
  /// How many at random hear of news in a round.
  std::size_t fanout() const;
  Duration second_round_delay() const;
  std::size_t round_size() const;  ///< And with the next in the ring.
  std::size_t tellings_max() const;
  std::size_t payload_bytes() const;

  MembershipOptions options_;
  NodeId self_;
  Random random_;
  Spreading spreading_;
  Duration tick_phase_{0};  ///< Of this node.
  Replica replica_;
  RumourQueue rumours_;
  RumourQueue large_rumours_;  ///< Those that fit no datagram.
  ByteBudget tellings_;  ///< With all redundancy. Beyond it news is told still, but fewer times:
                         ///< copies of what is known already would keep the next news waiting.
  ByteBudget answers_;   ///< Of comparisons, by bytes and by what has to be looked at.
  bool is_pressed_ = false;  ///< The budget was spent when last told.
  std::size_t live_count_ = 1;
  std::size_t view_size_ = 0;
  std::optional<Instant> next_first_;    ///< News waits for gossip_delay,
  std::optional<Instant> next_second_;   ///< then for four times that.
  std::optional<Instant> next_repeat_;   ///< And is told again each gossip_interval.
  std::optional<Instant> compare_from_;  ///< By whatever wakes the node,
  std::optional<Instant> compare_by_;    ///< or by waking it.
  Duration compare_gap_;  ///< Doubles up to sync_interval while comparisons bring nothing new.
  Allowance comparisons_;
  AnswerWatch answer_watch_;
  Allowance told_on_;  ///< Of what comparisons bring.
};

}  // namespace gossamer::gossip
