#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "membership/mechanisms.hpp"
#include "membership/member_table.hpp"
#include "membership/membership.hpp"
#include "membership/sequences.hpp"

namespace gossamer::membership {

/// Why a member is asked.
enum class Purpose : std::uint8_t {
  probe,  ///< It was its turn.
  check,  ///< Another found it silent, and wants to know what we find.
  look,   ///< It is suspected here, and may answer yet.
  touch,  ///< Its link was closed: one ping, and little time.
};

/// Members that were asked whether they are there, directly and through others, and have not
/// answered yet. How often and through how many depends on the purpose; `to` is the time that an
/// answer is given:
///
///   probe   ping at 0; at `to` a ping, through 3, and by stream; at 2 x to a ping and through 3
///           others; silent at 3 x to
///   check   ping and through 1 at 0; ping at `to`; silent at 2 x to
///   look    ping and through 2 at 0; given up at 2 x to
///   touch   ping at 0; silent at `to`
///
/// Nothing is decided here about what silence means. Bounded: beyond kInquiriesMax nobody is asked.
/// A quarter of them is for probes alone.
class Inquiries {
 public:
  struct Options {
    std::size_t helpers = 3;
    bool has_second_ping = true;
    bool has_streams = true;
    bool forgives_lateness = true;  ///< A step that comes late gives those asked their time still.
    bool hears_overdue = true;      ///< An answer counts after its time too.
  };
  Inquiries(const Options& options, const NodeId& self, std::uint64_t seed);

  /// Anything at all was received: we are not cut off.
  void note_heard() { ++heard_; }
  /// Not if it is being asked for that purpose already, or too many are.
  void begin(Instant now, const NodeId& target, Purpose purpose, Duration timeout,
             const Greeting& greeting, const MemberTable& table, Outbox& outbox);
  bool is_asking(const NodeId& target, Purpose purpose) const;

  struct Answered {
    NodeId target;
    Purpose purpose;
    std::optional<Duration> round_trip;  ///< Of a ping by datagram that is answered directly.
  };
  /// An ack from the target, or from a helper that was asked. The target's own counts for a while
  /// after it was found silent too: it lives, and its answers take longer than they did.
  std::optional<Answered> on_ack(Instant now, const NodeId& from, std::uint64_t sequence);
  bool on_nack(const NodeId& from, std::uint64_t sequence);

  struct Silence {
    NodeId target;
    Purpose purpose;
    bool is_cut_off;  ///< A probe, and nothing came from anybody meanwhile.
    bool
        is_unwitnessed;  ///< Of those who were to ask for us some did not even say that they tried.
  };
  std::vector<Silence> on_deadline(Instant now, const Greeting& greeting, const MemberTable& table,
                                   Outbox& outbox);
  /// We did not run: what was not answered in that time says nothing.
  void clear() {
    inquiries_.clear();
    overdue_.clear();
  }
  std::optional<Instant> next_deadline() const;
  const ProbeCounts& counts() const { return counts_; }

  static constexpr std::size_t kInquiriesMax = 128;

 private:
  // Each ping has a number of its own, so that its answer measures the round trip, not what came
  // before: the inquiry's, and those above it. Helpers are given the inquiry's.
  static constexpr std::uint64_t kPingsMax = 3;
  static constexpr std::uint64_t kStreamNumber = kPingsMax;
  static constexpr std::uint64_t kNumbers = kPingsMax + 1;

  struct Inquiry {
    NodeId target;
    Endpoint endpoint;
    Purpose purpose;
    Instant begun;
    Duration timeout;
    std::uint64_t heard_before = 0;
    std::uint8_t steps = 0;
    std::uint8_t nacks = 0;
    std::uint8_t nacks_due = 0;  ///< Of those asked so early that they have had their time.
    std::vector<NodeId> helpers{};
    std::array<Instant, kPingsMax> pinged_at{};
  };
  using Inquiring = std::map<std::uint64_t, Inquiry>;  ///< By the first of their numbers.
  static Inquiring::iterator find(Inquiring& among, std::uint64_t sequence);
  void become_overdue(Instant now, Inquiring::node_type inquiry);
  void step(Instant now, std::uint64_t sequence, Inquiry& inquiry, const Greeting& greeting,
            const MemberTable& table, Outbox& outbox);
  void ask_helpers(std::uint64_t sequence, Inquiry& inquiry, std::size_t count,
                   const MemberTable& table, Outbox& outbox);
  Silence silence_of(const Inquiry& inquiry) const;
  static std::uint8_t steps_of(Purpose purpose);
  static Instant next_step(const Inquiry& inquiry);

  Options options_;
  NodeId self_;
  Random random_;
  Sequences sequences_;
  Inquiring inquiries_;
  Inquiring overdue_;  ///< Ended without an answer, not long ago.
  std::uint64_t heard_ = 0;
  ProbeCounts counts_{};
};

}  // namespace gossamer::membership
