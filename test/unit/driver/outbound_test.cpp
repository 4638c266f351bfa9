#include "driver/outbound.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "unit/driver/idle_ports.hpp"

using namespace gossamer;
using namespace gossamer::driver;

namespace {

struct RecordingNetwork final : Network {
  void send_datagram(const Endpoint& to, ByteView bytes) override {
    sent.push_back({to, false, bytes.size()});
  }
  void send_frame(const Endpoint& to, Bytes bytes) override {
    sent.push_back({to, true, bytes.size()});
  }
  void watch(const Endpoint&) override {}
  void unwatch(const Endpoint&) override {}
  void knock(const Endpoint&) override {}

  struct Sent {
    Endpoint to;
    bool by_stream;
    std::size_t size;
  };
  std::vector<Sent> sent;
};

struct Bench {
  RecordingNetwork network;
  KeyChoice key_choice{};
  VersionChoice version_choice{wire::kVersions};
  wire::Sealer sealer{wire::ClusterKey{}, "test", NodeId{{1}}, 7};
  Counters counters;
  IdlePorts clock;
  Outbound outbound{network, clock, sealer, key_choice, version_choice, counters, 1400};
  const Endpoint to{"10.0.0.1", 7946};

  void ping(std::uint64_t sequence) {
    outbound.send(to, false, membership::Message{membership::Ping{sequence, NodeId{}}}, {});
  }
};

}  // namespace

TEST_CASE("driver: packets wait while what they depend on is not durable, then leave in order",
          "[driver]") {
  Bench bench;
  bench.outbound.hold();
  bench.outbound.hold();
  bench.ping(1);
  bench.outbound.release();
  CHECK(bench.network.sent.empty());
  bench.outbound.send({"10.0.0.2", 7946}, true, membership::Message{membership::Ack{1}}, {});
  bench.outbound.release();
  REQUIRE(bench.network.sent.size() == 2);
  CHECK_FALSE(bench.network.sent[0].by_stream);
  CHECK(bench.network.sent[1].by_stream);
  CHECK(bench.counters.datagrams_out == 1);
  CHECK(bench.counters.frames_out == 1);
}

TEST_CASE("driver: packets that wait are bounded, and the oldest go first", "[driver]") {
  Bench bench;
  bench.outbound.hold();
  for (std::uint64_t i = 0; i < 5000; ++i) bench.ping(i);
  bench.outbound.release();
  CHECK(bench.network.sent.size() == 1024);
}

TEST_CASE("driver: a packet too large for a datagram goes by stream", "[driver]") {
  Bench bench;
  const gossip::Entry large{{}, 1, std::make_shared<const Bytes>(Bytes(3000, 1))};
  bench.outbound.send(bench.to, false, gossip::Message{gossip::Rumours{}}, {large});
  REQUIRE(bench.network.sent.size() == 1);
  CHECK(bench.network.sent[0].by_stream);
}
