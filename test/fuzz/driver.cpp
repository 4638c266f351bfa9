// A whole driver, and an insider: somebody who has the cluster's key, identities of his own, and
// may write to the object store, and seal there. Whatever he does, nothing breaks, everything stays
// bounded, and he raises nobody's incarnation but his own. Inputs that end in kAdmitting are for a
// driver that asks for admissions: who has none is nobody's member.

#include "driver/driver.hpp"

#include "arbitrary_body.hpp"
#include "driver_node.hpp"
#include "keys/rotation.hpp"
#include "wire/admission.hpp"

using namespace gossamer;

namespace {

constexpr std::uint8_t kInsiders = 4;  // Nodes 2 to 5; 6 never speaks.
constexpr std::uint8_t kAdmitting = 0xad;
constexpr std::uint8_t kAuthority = 9;
constexpr std::uint64_t kStartS = fuzz::DriverNode::kWallMs / 1000;

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

/// Node 2 is admitted for good, 3 for five seconds; 4 was, and 5 has what is node 2's.
const std::vector<Bytes>& admissions() {
  static const std::vector<Bytes> all = [] {
    const wire::Identity authority = fuzz::identity(kAuthority);
    const auto admit = [&](std::size_t node, std::uint64_t until_s) {
      return wire::encode_admission(
          wire::sign_admission(authority, identities()[node].public_key(), "fuzz", until_s));
    };
    return std::vector<Bytes>{
        {}, admit(1, 0), admit(2, kStartS + 5), admit(3, kStartS - 1), admit(1, 0), {}};
  }();
  return all;
}

driver::AdmissionPolicy policy(bool is_admitting) {
  driver::AdmissionPolicy policy;
  if (is_admitting) policy.authorities.push_back(fuzz::identity(kAuthority).public_key());
  return policy;
}

class Fuzzed {
 public:
  Fuzzed(fuzz::Choices choices, bool is_admitting)
      : choices_(choices), is_admitting_(is_admitting), node_({}, policy(is_admitting)) {}

  void run() {
    own_ = node_.driver().members().find(nodes()[0])->incarnation;
    first_ = own_;
    check_openable();
    for (int steps = 0; !choices_.is_empty() && steps < 200; ++steps) {
      step();
      node_.settle();
      check();
    }
    node_.advance(std::chrono::seconds{2});
    check();
    check_openable();
    node_.advance(keys::Rotation::kRetirement);
    check();
    check_openable();
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
    wire::StatementBody body = arbitrary_.body(author.id());
    if (auto* member = std::get_if<membership::MemberStatement>(&body); member && is_admitting_) {
      if (kind % 16 != 15) member->admission = admission_of(author);
    }
    Bytes bytes = wire::sign_statement(author, body);
    const wire::Identity& other = identities()[kind % identities().size()];
    if (kind < 16 && other.id() != author.id()) {  // In the name of another, but not by his key.
      std::copy(other.public_key().begin(), other.public_key().end(), bytes.end() - 96);
    } else if (const auto* said = std::get_if<membership::MemberStatement>(&body)) {
      said_[author.id()] = std::max(said_[author.id()], said->incarnation);
    } else if (const auto* verdict = std::get_if<membership::Verdict>(&body)) {
      if (verdict->accused == nodes()[0]) ++causes_;
    } else if (std::holds_alternative<keys::RingStatement>(body)) {
      ++causes_;
    }
    return std::make_shared<const Bytes>(std::move(bytes));
  }

  static const Bytes& admission_of(const wire::Identity& author) {
    for (std::size_t i = 0; i < identities().size(); ++i) {
      if (identities()[i].id() == author.id()) return admissions()[i];
    }
    return admissions()[0];
  }

  void send(Bytes payload) {
    const NodeId sender = arbitrary_.node();  // A frame may say anybody.
    const bool is_in_any_key = choices_.below(8) == 1;
    const wire::ClusterKey key =
        is_in_any_key ? arbitrary_.cluster_key() : node_.driver().key_ring().primary();
    wire::Sealer sealer{key, "fuzz", sender, ++frames_};
    const std::uint64_t wall = node_.wall_ms() + (choices_.below(16) == 1 ? 1'000'000 : 0);
    const Bytes frame = sealer.seal(payload, wall);
    if (choices_.below(4) == 1) return node_.driver().on_frame(arbitrary_.endpoint(), frame);
    node_.driver().on_datagram(arbitrary_.endpoint(), frame);
  }

  /// In the places where the driver looks, well-formed or not, sealed or not.
  void write_object() {
    const UnitId unit = arbitrary_.unit();
    const std::uint64_t number = 1U + choices_.below(6);
    const std::uint8_t kind = choices_.below(4);
    if (kind == 0) {
      ownership::SpecVersion spec;
      spec.spec.name = unit.service;
      spec.version = number;
      spec.is_undeploy = choices_.coin();
      const std::string name = journal::spec_key(unit.service, number);
      put(name, wire::encode_spec(spec, {fuzz::kDataKey, name}));
    } else if (kind == 1) {
      const std::string name = journal::slot_key(unit, number);
      put(name, wire::encode_journal_entry(entry(), {fuzz::kDataKey, name}));
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
    switch (choices_.below(6)) {
      case 5: return change_keys();
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

  void change_keys() {
    driver::Driver& driver = node_.driver();
    const wire::ClusterKey key = arbitrary_.cluster_key();
    ++causes_;
    switch (choices_.below(3)) {
      case 0: return (void)driver.add_key(key);
      case 1: return (void)driver.use_key(key.id());
      default: return (void)driver.remove_key(key.id());
    }
  }

  void stall() {
    node_.loop.now = node_.loop.now + std::chrono::milliseconds{100 * choices_.byte()};
    node_.driver().on_wakeup();
  }

  void check() {
    for (const Member& member : node_.driver().members()) {
      if (member.id == nodes()[0]) {
        // It rises only to refute and when its keys change, by one each time.
        GOSSAMER_ASSERT(member.incarnation >= own_ && member.incarnation <= first_ + causes_);
        own_ = member.incarnation;
        continue;
      }
      GOSSAMER_ASSERT(!is_admitting_ || member.id == nodes()[1] || member.id == nodes()[2]);
      const auto said = said_.find(member.id);
      GOSSAMER_ASSERT(said != said_.end() && member.incarnation <= said->second);
    }
    const driver::Counters& counters = node_.driver().counters();
    GOSSAMER_ASSERT(counters.statements_forged <= counters.statements_verified);
    fuzz::check_keys(node_);
  }

  /// Which keys open is asked by a frame in each that there is.
  void check_openable() {
    constexpr auto kUnknown = static_cast<std::size_t>(wire::FrameReject::unknown_key);
    const keys::KeyRing& ring = node_.driver().key_ring();
    std::size_t opens = 0;
    for (std::uint8_t i = 0; i < fuzz::Arbitrary::kClusterKeys; ++i) {
      const wire::ClusterKey key = fuzz::Arbitrary::cluster_key(i);
      wire::Sealer sealer{key, "fuzz", nodes()[1], ++frames_};
      const std::uint64_t unknown = node_.driver().counters().frame_rejects[kUnknown];
      node_.driver().on_datagram({"10.0.0.9", 7946}, sealer.seal(Bytes{1}, node_.wall_ms()));
      const bool is_open = node_.driver().counters().frame_rejects[kUnknown] == unknown;
      GOSSAMER_ASSERT(is_open || ring.find(key.id()) == nullptr);
      opens += is_open ? 1 : 0;
    }
    GOSSAMER_ASSERT(opens >= ring.keys().size() && opens <= 2 * keys::KeyRing::kKeysMax);
  }

  fuzz::Choices choices_;
  fuzz::Arbitrary arbitrary_{choices_, nodes()};
  bool is_admitting_;
  fuzz::DriverNode node_;
  std::uint64_t frames_ = 0;
  Incarnation own_ = 0;
  Incarnation first_ = 0;     // Node 1's when it started.
  std::uint64_t causes_ = 0;  // Verdicts on node 1, rings, and changes of keys.
  std::map<NodeId, Incarnation> said_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Fuzzed{fuzz::Choices{data, size}, size > 0 && data[size - 1] == kAdmitting}.run();
  return 0;
}
