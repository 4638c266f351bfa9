// A whole driver, and an insider: somebody who has the cluster's key, identities of his own, and
// may write to the object store. Whatever he does, nothing breaks, everything stays bounded, and he
// raises nobody's incarnation but his own.

#include "driver/driver.hpp"

#include "arbitrary_body.hpp"
#include "driver_node.hpp"

using namespace gossamer;

namespace {

constexpr std::uint8_t kInsiders = 4;  // Nodes 2 to 5; 6 never speaks.

const std::vector<wire::Identity>& identities() {
  static const std::vector<wire::Identity> all = [] {
    std::vector<wire::Identity> made;
    for (std::uint8_t i = 1; i <= kInsiders + 2; ++i) made.push_back(fuzz::identity(i));
    return made;
  }();
  return all;
}
const std::vector<NodeId>& nodes() {
  static const std::vector<NodeId> all = [] {
    std::vector<NodeId> ids;
    for (const wire::Identity& one : identities()) ids.push_back(one.id());
    return ids;
  }();
  return all;
}

class Fuzzed {
 public:
  explicit Fuzzed(fuzz::Choices choices) : choices_(choices) {}

  void run() {
    own_ = node_.driver().members().find(nodes()[0])->incarnation;
    for (int steps = 0; !choices_.is_empty() && steps < 200; ++steps) {
      step();
      node_.settle();
      check();
    }
    node_.advance(std::chrono::seconds{2});
    check();
  }

 private:
  const wire::Identity& insider() { return identities()[1U + choices_.below(kInsiders)]; }

  void step() {
    switch (choices_.below(8)) {
      case 0:
      case 1:
      case 2: return speak();
      case 3: return send(to_bytes(choices_.text(choices_.byte())));
      case 4: return node_.advance(std::chrono::milliseconds{10 * choices_.byte()});
      case 5: return write_object();
      case 6: return command();
      default: return stall();
    }
  }

  void speak() {
    wire::Packet packet{arbitrary_.message(), {}};
    for (std::uint8_t i = choices_.below(5); i > 0; --i) packet.statements.push_back(statement());
    send(wire::encode_packet(packet));
  }

  SharedBytes statement() {
    const wire::Identity& author = insider();
    const std::uint8_t kind = choices_.byte();
    if (kind < 8) {  // Any bytes at all, of a statement's size.
      Bytes bytes = to_bytes(choices_.text(97 + kind));
      bytes.resize(97U + kind);
      return std::make_shared<const Bytes>(std::move(bytes));
    }
    const wire::StatementBody body = arbitrary_.body(author.id());
    Bytes bytes = wire::sign_statement(author, body);
    const wire::Identity& other = identities()[kind % identities().size()];
    if (kind < 16 && other.id() != author.id()) {  // In the name of another, but not by his key.
      std::copy(other.public_key().begin(), other.public_key().end(), bytes.end() - 96);
    } else if (const auto* said = std::get_if<membership::MemberStatement>(&body)) {
      said_[author.id()] = std::max(said_[author.id()], said->incarnation);
    } else if (const auto* verdict = std::get_if<membership::Verdict>(&body)) {
      if (verdict->accused == nodes()[0]) accused_ = std::max(accused_, verdict->incarnation);
    }
    return std::make_shared<const Bytes>(std::move(bytes));
  }

  void send(Bytes payload) {
    const NodeId sender = arbitrary_.node();  // A frame may say anybody.
    wire::Sealer sealer{{{1, 2, 3}}, "fuzz", sender, ++frames_};
    const std::uint64_t wall = node_.wall_ms() + (choices_.below(16) == 1 ? 1'000'000 : 0);
    const Bytes frame = sealer.seal(payload, wall);
    if (choices_.below(4) == 1) return node_.driver().on_frame(arbitrary_.endpoint(), frame);
    node_.driver().on_datagram(arbitrary_.endpoint(), frame);
  }

  /// In the places where the driver looks, well-formed or not.
  void write_object() {
    const UnitId unit = arbitrary_.unit();
    const std::uint64_t number = 1U + choices_.below(6);
    const std::uint8_t kind = choices_.below(4);
    if (kind == 0) {
      ownership::SpecVersion spec;
      spec.spec.name = unit.service;
      spec.version = number;
      spec.is_undeploy = choices_.coin();
      put(journal::spec_key(unit.service, number), wire::encode_spec(spec));
    } else if (kind == 1) {
      put(journal::slot_key(unit, number), wire::encode_journal_entry(entry()));
    } else {
      Bytes bytes = to_bytes(choices_.text(choices_.byte()));
      put(kind == 2 ? journal::spec_key(unit.service, number) : journal::slot_key(unit, number),
          std::move(bytes));
    }
  }
  void put(std::string key, Bytes bytes) {
    if (node_.objects.held.size() < 64) node_.objects.held[std::move(key)] = std::move(bytes);
  }
  journal::JournalEntry entry() {
    journal::JournalEntry entry;
    entry.type = static_cast<journal::EntryType>(1 + choices_.below(4));
    entry.epoch = arbitrary_.counter();
    entry.writer = arbitrary_.node();
    entry.nonce.bytes[0] = choices_.byte();
    entry.spec_version = choices_.below(6);
    if (entry.type == journal::EntryType::batch) {
      entry.commits.push_back({arbitrary_.counter(), wire::encode_operations({})});
    } else if (entry.type == journal::EntryType::freeze) {
      entry.covers = arbitrary_.counter();
      entry.attempt = choices_.byte();
      entry.manifest_key = "files/ledger/0/x";
    }
    return entry;
  }

  void command() {
    driver::Driver& driver = node_.driver();
    switch (choices_.below(5)) {
      case 0: {
        ServiceSpec spec;
        spec.name = arbitrary_.service();
        return driver.deploy(std::move(spec), [](Result<std::uint64_t>) {});
      }
      case 1: return driver.undeploy(arbitrary_.service(), [](Result<void>) {});
      case 2: return driver.on_seeds({arbitrary_.endpoint(), arbitrary_.endpoint()});
      case 3: return driver.on_gone({arbitrary_.endpoint()});
      default: return commit();
    }
  }
  void commit() {
    if (node_.store == nullptr) return;
    WriteBatch batch;
    batch.put("key", "value");
    node_.store->commit(std::move(batch), Durability::local, [](Result<Sequence>) {});
  }

  void stall() {
    node_.loop.now = node_.loop.now + std::chrono::milliseconds{100 * choices_.byte()};
    node_.driver().on_wakeup();
  }

  void check() {
    for (const Member& member : node_.driver().members()) {
      if (member.id == nodes()[0]) {
        // It rises only to refute, by one above what it was accused of.
        GOSSAMER_ASSERT(member.incarnation >= own_);
        GOSSAMER_ASSERT(member.incarnation == own_ || member.incarnation <= accused_ + 1);
        own_ = member.incarnation;
        continue;
      }
      const auto said = said_.find(member.id);
      GOSSAMER_ASSERT(said != said_.end() && member.incarnation <= said->second);
    }
    const driver::Counters& counters = node_.driver().counters();
    GOSSAMER_ASSERT(counters.statements_forged <= counters.statements_verified);
  }

  fuzz::Choices choices_;
  fuzz::Arbitrary arbitrary_{choices_, nodes()};
  fuzz::DriverNode node_{};
  std::uint64_t frames_ = 0;
  Incarnation own_ = 0;
  Incarnation accused_ = 0;  // Highest that a verdict on node 1 named.
  std::map<NodeId, Incarnation> said_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Fuzzed{fuzz::Choices{data, size}}.run();
  return 0;
}
