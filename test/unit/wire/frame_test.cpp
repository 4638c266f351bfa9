#include "wire/frame.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/hash.hpp"

namespace gossamer::wire {
namespace {

ClusterKey key_of(std::uint8_t first) {
  ClusterKey key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    key.bytes[i] = static_cast<std::uint8_t>(first + i);
  }
  return key;
}

NodeId node(std::uint8_t first) {
  NodeId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(first + i);
  }
  return id;
}

Sealer sealer(std::uint8_t self, std::uint64_t boot_salt = 7) {
  return Sealer{key_of(1), "shop", node(self), boot_salt};
}

FrameReject reject_of(const Sealer& by, ByteView frame) {
  const auto opened = by.open(frame);
  REQUIRE_FALSE(opened.has_value());
  return opened.error();
}

TEST_CASE("frame: what one node seals another opens, and learns who sent it") {
  Sealer from = sealer(1);
  const Bytes payload = to_bytes("forty-two");
  const Bytes frame = from.seal(payload, 0);
  CHECK(frame.size() == payload.size() + kFrameOverheadBytes);

  const auto opened = sealer(2).open(frame);
  REQUIRE(opened.has_value());
  CHECK(opened->sender == node(1));
  CHECK(opened->sent_ms == 0);
  CHECK(opened->boot_salt == 7);
  CHECK(opened->payload == payload);
  CHECK(reinterpret_cast<std::uintptr_t>(opened->payload.data()) % 8 == 0);
}

TEST_CASE(
    "frame: it is opened with any of several keys, and sealed with the primary or one asked for") {
  Sealer from = sealer(1);
  from.use(key_of(2), {key_of(1), key_of(2)});
  Sealer only_old = sealer(2);
  Sealer only_new{key_of(2), "shop", node(3), 7};
  const Bytes payload = to_bytes("forty-two");

  const Bytes in_primary = from.seal(payload, 0);
  CHECK(reject_of(only_old, in_primary) == FrameReject::unknown_key);
  REQUIRE(only_new.open(in_primary).has_value());
  CHECK(only_new.open(in_primary)->key_id == key_of(2).id());
  REQUIRE(only_old.open(from.seal(payload, 0, key_of(1).id())).has_value());
  CHECK(only_new.open(from.seal(payload, 0, key_of(9).id())).has_value());

  CHECK(from.open(only_old.seal(payload, 0)).has_value());
  CHECK(from.open(only_new.seal(payload, 0)).has_value());
  from.use(key_of(2), {});
  CHECK(reject_of(from, only_old.seal(payload, 0)) == FrameReject::unknown_key);
}

TEST_CASE("frame: the header is these bytes in every release") {
  Sealer from = sealer(0xa0, 0x1122334455667788);
  from.seal({}, 0);
  const Bytes frame = from.seal(to_bytes("hello"), 0);
  CHECK(to_hex(ByteView{frame}.first(kFrameHeaderBytes)) ==
        "67736d01"                          // magic, version
        "441edc56"                          // key id
        "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"  // sender
        "0200000000000000"                  // moment
        "8877665544332211");                // boot salt
  CHECK(to_hex(ByteView{frame}.subspan(kFrameHeaderBytes)) ==
        "ccffdc5a9582496c9d7975afd46620768cb0030971");
}

TEST_CASE("frame: every payload comes back, the empty one too") {
  const bool holds = rc::check([](const Bytes& payload) {
    Sealer from = sealer(1);
    const auto opened = sealer(2).open(from.seal(payload, 0));
    RC_ASSERT(opened.has_value());
    RC_ASSERT(opened->payload == payload);
  });
  CHECK(holds);
}

TEST_CASE("frame: equal payloads give different frames, within a boot and across boots") {
  std::set<Bytes> frames;
  for (std::uint64_t boot = 1; boot <= 4; ++boot) {
    Sealer from = sealer(1, boot);
    for (int i = 0; i < 4; ++i) frames.insert(from.seal(to_bytes("same"), 0));
  }
  CHECK(frames.size() == 16);
}

TEST_CASE("frame: what is shorter than header and seal is truncated") {
  Sealer from = sealer(1);
  const Bytes frame = from.seal({}, 0);
  for (std::size_t size = 0; size < kFrameOverheadBytes; ++size) {
    CHECK(reject_of(sealer(2), ByteView{frame}.first(size)) == FrameReject::truncated);
  }
}

TEST_CASE("frame: another magic is foreign; another version is told, and sealed like all") {
  Sealer from = sealer(1);
  const Bytes frame = from.seal(to_bytes("x"), 0);
  for (std::size_t at = 0; at < 3; ++at) {
    Bytes other = frame;
    other[at] ^= 1;
    CHECK(reject_of(sealer(2), other) == FrameReject::foreign);
  }
  for (const Version version : std::initializer_list<Version>{0, 1, 2, 255}) {
    const Bytes newer = from.seal(to_bytes("x"), 0, {}, version);
    const auto opened = sealer(2).open(newer);
    REQUIRE(opened.has_value());
    CHECK(opened->version == version);
    Bytes changed = newer;
    changed[3] ^= 4;
    CHECK(reject_of(sealer(2), changed) == FrameReject::unsealed);
  }
}

TEST_CASE("frame: another cluster's key is unknown, another cluster's name does not unseal") {
  Sealer from = sealer(1);
  const Bytes frame = from.seal(to_bytes("x"), 0);
  CHECK(reject_of(Sealer{key_of(2), "shop", node(2), 7}, frame) == FrameReject::unknown_key);
  CHECK(reject_of(Sealer{key_of(1), "shed", node(2), 7}, frame) == FrameReject::unsealed);
}

TEST_CASE("frame: one flipped bit anywhere is never opened") {
  Sealer from = sealer(1);
  const Bytes frame = from.seal(to_bytes("a payload of some length"), 0);
  const Sealer to = sealer(2);
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    Bytes flipped = frame;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(to.open(flipped).has_value());
    // Sender, counter and salt are covered by the seal.
    if (bit >= 8 * 8) CHECK(reject_of(to, flipped) == FrameReject::unsealed);
  }
}

TEST_CASE("frame: one's own frame is refused as one's own, a forged one as unsealed") {
  Sealer self = sealer(1);
  Bytes frame = self.seal(to_bytes("x"), 0);
  CHECK(reject_of(self, frame) == FrameReject::own);
  frame.back() ^= 1;
  CHECK(reject_of(self, frame) == FrameReject::unsealed);
}

TEST_CASE("frame: one under our identity that another process sealed meanwhile is a twin's") {
  Sealer twin = sealer(1, 8);
  Sealer self = sealer(1, 7);
  self.seal({}, 1'000);
  const Bytes frame = twin.seal(to_bytes("x"), 1'001);
  REQUIRE(self.open(frame).has_value());
  CHECK(self.open(frame)->is_twin);
  CHECK(reject_of(twin, frame) == FrameReject::own);
  CHECK_FALSE(sealer(2).open(frame)->is_twin);
}

TEST_CASE(
    "frame: what was sealed under our identity before we began is our own, of an earlier life") {
  Sealer before = sealer(1, 8);
  const Bytes frame = before.seal(to_bytes("x"), 999);
  Sealer self = sealer(1, 7);
  CHECK(reject_of(self, frame) == FrameReject::own);
  self.seal({}, 1'000);
  self.seal({}, 2'000);
  CHECK(reject_of(self, frame) == FrameReject::own);
}

TEST_CASE("frame: where the clock was put back a twin is told from then on by the right time") {
  Sealer self = sealer(1, 7);
  self.seal({}, 3'600'000);
  CHECK(reject_of(self, sealer(1, 100).seal({}, 1'000)) == FrameReject::own);
  self.seal({}, 1'000);
  CHECK(reject_of(self, sealer(1, 100).seal({}, 999)) == FrameReject::own);
  CHECK(self.open(sealer(1, 100).seal({}, 1'001))->is_twin);
}

// What makes a nonce, besides the sender.
std::string salt_of(ByteView frame) {
  return to_hex(frame.subspan(32, 8));
}
std::string moment_and_salt_of(ByteView frame) {
  return to_hex(frame.subspan(24, 16));
}

TEST_CASE(
    "frame: it carries the time, and no moment comes twice if the clock stands or goes back a "
    "little") {
  Sealer from = sealer(1);
  const Sealer to = sealer(2);
  std::set<std::string> nonces;
  std::set<std::string> salts;
  constexpr std::uint64_t kNow = 1'700'000'000'000;
  for (const std::uint64_t wall_ms : {kNow, kNow, kNow - 1, kNow - 5'000, kNow + 1}) {
    const Bytes frame = from.seal({}, wall_ms);
    nonces.insert(moment_and_salt_of(frame));
    salts.insert(salt_of(frame));
    CHECK(to.open(frame)->sent_ms == std::max(wall_ms, kNow));
  }
  CHECK(nonces.size() == 5);
  CHECK(salts.size() == 1);
}

TEST_CASE(
    "frame: under a clock that was put right it carries the right time, and no nonce comes twice") {
  Sealer from = sealer(1, ~std::uint64_t{0});  // The salts wrap.
  const Sealer to = sealer(2);
  std::set<std::string> nonces;
  std::set<std::string> salts;
  constexpr std::uint64_t kNow = 1'700'000'000'000;
  constexpr std::uint64_t kHour = 3'600'000;
  for (const std::uint64_t wall_ms : {kNow + kHour, kNow, kNow, kNow + kHour, kNow + kHour, kNow,
                                      kNow, kNow - 5'001, std::uint64_t{0}, kNow}) {
    const Bytes frame = from.seal({}, wall_ms);
    nonces.insert(moment_and_salt_of(frame));
    salts.insert(salt_of(frame));
    CHECK(to.open(frame)->sent_ms == wall_ms);
  }
  CHECK(nonces.size() == 10);
  CHECK(salts.size() == 5);
}

TEST_CASE("frame: those from before the clock was put right are one's own still, not a twin's") {
  constexpr std::uint64_t kSalt = ~std::uint64_t{0} - 50;  // The salts wrap.
  Sealer self = sealer(1, kSalt);
  std::vector<Bytes> before;
  for (std::uint64_t i = 0; i < 100; ++i) before.push_back(self.seal({}, 10'000'000 - i * 6'000));
  for (const Bytes& frame : before) CHECK(reject_of(self, frame) == FrameReject::own);
  for (const std::uint64_t salt : {kSalt - 1, kSalt + 100}) {
    Sealer twin = sealer(1, salt);
    CHECK(self.open(twin.seal({}, 10'000'000))->is_twin);
  }
}

TEST_CASE("frame: each has a mark of its own") {
  Sealer from = sealer(1);
  const Sealer to = sealer(2);
  std::set<std::uint64_t> marks;
  for (int i = 0; i < 1'000; ++i) marks.insert(to.open(from.seal({}, 5))->mark);
  CHECK(marks.size() == 1'000);
}

TEST_CASE("frame: each reason has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kFrameRejectCount; ++i) {
    names.insert(to_string(static_cast<FrameReject>(i)));
  }
  CHECK(names.size() == kFrameRejectCount);
  CHECK(names.count("unknown") == 0);
}

}  // namespace
}  // namespace gossamer::wire
