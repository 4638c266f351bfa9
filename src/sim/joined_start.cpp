#include "sim/joined_start.hpp"

#include <map>

#include "sim/sim_host.hpp"
#include "wire/frame.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"

namespace gossamer::sim {
namespace {

constexpr Duration kBootWithin = std::chrono::seconds{1};
/// Until each has asked its seed, with its own statement.
constexpr Duration kIntroduced = std::chrono::seconds{3};
/// So many are read in one turn. More are read in several, and whoever spoke meanwhile would be
/// news to those that are not through: all would tell it on to all.
constexpr std::size_t kReadAtOnce = 400;
constexpr Duration kReadingEach = std::chrono::microseconds{10};

// A statement's author makes one key.
using Statements = std::map<NodeId, SharedBytes>;

void read(const wire::Sealer& sealer, ByteView frame, Statements& statements) {
  const auto opened = sealer.open(frame);
  if (!opened) return;
  const Result<wire::Packet> packet = wire::decode_packet(opened->payload, opened->version);
  if (!packet) return;
  for (const SharedBytes& statement : packet->statements) {
    if (!wire::decode_statement(*statement)) continue;
    statements[wire::author_of(*statement)] = statement;
  }
}

}  // namespace

void start_joined(const std::vector<std::unique_ptr<DetectionHost>>& hosts, EventQueue& queue,
                  Random& random, const std::function<void(Duration)>& run_for) {
  wire::Sealer sealer{simulated_key(), kSimulatedCluster, NodeId{}, random.next()};
  Statements statements;
  const auto caught = [&](ByteView frame) { read(sealer, frame, statements); };
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    DetectionHost& host = *hosts[i];
    // Somebody who will be a live member, so that it is not asked again.
    const Endpoint seed = hosts[(i + 1) % hosts.size()]->endpoint();
    queue.after(Duration{random.between(0, kBootWithin.count())},
                [&host, seed, caught] { host.boot_caught({seed}, caught); });
  }
  run_for(kIntroduced);

  // What a comparison brings is held and not told on.
  wire::Packet packet{gossip::Message{gossip::SyncWants{}}, {}};
  for (const auto& [author, statement] : statements) packet.statements.push_back(statement);
  const Bytes frame = sealer.seal(wire::encode_packet(packet), true_wall_ms(queue));
  const Endpoint nobody{"10.255.255.254", 1};
  const bool is_read_at_once = statements.size() <= kReadAtOnce;
  for (const auto& host : hosts) {
    host->on_network_frame(nobody, frame);
    if (is_read_at_once) host->be_heard();
  }
  if (is_read_at_once) return;
  run_for(static_cast<Duration::rep>(statements.size()) * kReadingEach);
  for (const auto& host : hosts) host->be_heard();
}

}  // namespace gossamer::sim
