// The membership engine, under whatever others say and however time passes.

#include "membership/membership.hpp"

#include <deque>
#include <map>

#include "choices.hpp"
#include "target.hpp"
#include "unit/membership/toy_engine.hpp"

using namespace gossamer;
using namespace gossamer::membership;

namespace {

constexpr std::uint8_t kNodes = 12;  // More than fit in.
constexpr std::size_t kMembersMax = 8;
constexpr std::size_t kOutboxMax = 12 * kMembersMax + 16;  // Of one input.
constexpr std::size_t kTimersMax = 2'000;                  // Of one input, so that it ends soon.

MembershipOptions options() {
  MembershipOptions some;
  some.members_max = kMembersMax;
  some.tombstone_time = std::chrono::seconds{60};  // So that what is forgotten is met, too.
  return some;
}

class Fuzzed {
 public:
  explicit Fuzzed(fuzz::Choices choices) : choices_(choices) { engine_.start(now_, outbox_); }

  void run() {
    check({});
    while (!choices_.is_empty() && timers_ < kTimersMax) step();
  }

 private:
  using Incarnations = std::map<NodeId, Incarnation>;

  NodeId somebody() { return toy::node(static_cast<std::uint8_t>(1 + choices_.below(kNodes))); }
  Endpoint somewhere() {
    return toy::endpoint(static_cast<std::uint8_t>(1 + choices_.below(kNodes)));
  }

  void step() {
    switch (choices_.below(11)) {
      case 0: return hear_member();
      case 1: return hear_verdict();
      case 2: engine_.on_heard(now_, somebody(), somewhere(), outbox_); break;
      case 3: hear_message(); break;
      case 4: return pass_time(std::chrono::milliseconds{10 * choices_.number() % 100'000});
      case 5: return stall();
      case 6: engine_.on_seeds(now_, places(), outbox_); break;
      case 7: engine_.on_gone(now_, places(), outbox_); break;
      case 8: engine_.on_twin(now_, somewhere(), outbox_); break;
      case 9: hear_link(); break;
      default: return leave();
    }
    check({});
  }

  std::vector<Endpoint> places() {
    std::vector<Endpoint> some;
    for (std::uint8_t i = choices_.below(5); i > 0; --i) some.push_back(somewhere());
    return some;
  }

  void hear_member() {
    const NodeId author = somebody();
    MemberStatement said = toy::statement(1, choices_.number());
    said.endpoint = somewhere();
    const std::uint8_t flags = choices_.byte();
    said.is_leaving = (flags & 7U) == 1;
    if ((flags & 56U) == 8) said.store_id = "another";
    if ((flags & 192U) == 64) said.metadata = std::string(300, 'm');
    if ((flags & 192U) == 128) said.zone = std::string(flags & 127U, 'z');
    (void)engine_.on_member(now_, author, said, outbox_);
    said_[author] = std::max(said_[author], said.incarnation);
    const bool is_own = author == toy::node(1) && said.incarnation >= engine_incarnation_;
    check(is_own ? std::optional{said.incarnation} : std::nullopt);
  }

  void hear_verdict() {
    Verdict verdict{somebody(), choices_.number(), MemberState::suspect};
    verdict.state = static_cast<MemberState>(choices_.below(4));
    verdict.is_refused = verdict.state == MemberState::down && choices_.coin();
    (void)engine_.on_verdict(now_, somebody(), verdict, outbox_);
    // Under its own newest number, and no other: else who says a high one leaves it no number
    // above.
    const bool counts =
        verdict.accused == toy::node(1) && verdict.incarnation == engine_incarnation_;
    check(counts ? std::optional{verdict.incarnation} : std::nullopt);
  }

  void hear_message() {
    Message message;
    switch (choices_.below(7)) {
      case 0: message = Ping{choices_.number(), somebody(), greeting()}; break;
      case 1: message = Ack{sequence(), greeting()}; break;
      case 5: message = Inquest{somebody(), choices_.number(), choices_.coin()}; break;
      case 6: {
        const std::uint8_t flags = choices_.byte();
        message = Opinion{somebody(), choices_.number(), (flags & 1U) != 0, (flags & 2U) != 0};
        break;
      }
      case 2: message = PingRequest{choices_.number(), somebody()}; break;
      case 3: message = Nack{sequence()}; break;
      default: message = Refused{"another", "there"};
    }
    const bool by_stream = choices_.coin();
    engine_.on_message(now_, somebody(), somewhere(), by_stream, message, outbox_);
  }

  Greeting greeting() { return {choices_.number(), choices_.number()}; }

  void hear_link() {
    const auto event = static_cast<LinkEvent>(choices_.below(4));
    engine_.on_link(now_, somewhere(), event, outbox_);
  }

  /// Of a ping that was sent, so that answers are to something.
  std::uint64_t sequence() {
    const std::uint8_t back = choices_.byte();
    return back < pings_.size() ? pings_[back] : back;
  }

  void pass_time(Duration by) {
    const Instant until = now_ + by;
    while (engine_.next_deadline() && *engine_.next_deadline() <= until) {
      if (++timers_ > kTimersMax) return;
      now_ = std::max(now_, *engine_.next_deadline());
      engine_.on_deadline(now_, outbox_);
      check({});
      // Each leads on, or the loop would turn on the spot.
      GOSSAMER_ASSERT(!engine_.next_deadline() || *engine_.next_deadline() > now_);
    }
    now_ = until;
  }

  void stall() {
    const Duration gap = std::chrono::milliseconds{10 * choices_.number() % 100'000};
    now_ = now_ + gap;
    engine_.on_stall(now_, gap);
    check({});
  }

  void leave() {
    if (choices_.below(8) != 0) return check({});
    engine_.leave(now_, outbox_);
    check(engine_incarnation_);  // It says goodbye under a new one.
  }

  /// `heard`: the number of its own that this node was just told and may outbid, by one.
  void check(std::optional<Incarnation> heard) {
    GOSSAMER_ASSERT(outbox_.size() <= kOutboxMax);
    note_pings();
    const Incarnation own = engine_.incarnation();
    GOSSAMER_ASSERT(own >= engine_incarnation_);
    GOSSAMER_ASSERT(own == engine_incarnation_ || (heard && own == *heard + 1));
    engine_incarnation_ = own;

    const MemberView& members = engine_.members();
    GOSSAMER_ASSERT(members.size() <= kMembersMax && members.find(toy::node(1)) != nullptr);
    Incarnations seen;
    for (const Member& member : members) {
      const auto before = seen_.find(member.id);
      GOSSAMER_ASSERT(before == seen_.end() || member.incarnation >= before->second);
      // Nobody else raises it.
      if (member.id != toy::node(1)) {
        const auto said = said_.find(member.id);
        GOSSAMER_ASSERT(said != said_.end() && member.incarnation <= said->second);
      }
      seen[member.id] = member.incarnation;
    }
    seen_ = std::move(seen);
  }

  void note_pings() {
    for (const Effect& effect : std::exchange(outbox_, {})) {
      const auto* send = std::get_if<Send>(&effect);
      if (send == nullptr) continue;
      GOSSAMER_ASSERT(send->to.port != 0 && !send->to.address.empty());
      const auto* ping = std::get_if<Ping>(&send->message);
      if (ping != nullptr) pings_.push_front(ping->sequence);
    }
    if (pings_.size() > 8) pings_.resize(8);
  }

  fuzz::Choices choices_;
  Instant now_{std::chrono::seconds{1}};
  Outbox outbox_{};
  Membership engine_{options(), {toy::node(1), toy::statement(1)}, 1};
  Incarnation engine_incarnation_ = 1;
  Incarnations said_{};
  Incarnations seen_{};
  std::deque<std::uint64_t> pings_{};
  std::size_t timers_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Fuzzed{fuzz::Choices{data, size}}.run();
  return 0;
}
