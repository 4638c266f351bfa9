// Records of a form that the program was not built for.

#include "naming/canaries.hpp"

#include "base/boot.hpp"
#include "fixture.hpp"

namespace gossamer::naming {
namespace {

constexpr Duration kSurvival = seconds{30};
constexpr Duration kSettling = seconds{10};
constexpr Instant kSettled{kSettling};

/// Members 1 to `count`, of boot 1; `ended` has another boot, or another state.
MemberView cluster(std::uint8_t count, std::uint8_t ended = 0,
                   MemberState state = MemberState::alive, std::uint64_t boot = 2) {
  auto list = std::make_shared<std::vector<Member>>();
  for (std::uint8_t n = 1; n <= count; ++n) {
    Member member;
    member.id = node(n);
    member.name = "n" + std::to_string(n);
    member.incarnation = (n == ended ? boot : 1) << kBootShift;
    if (n == ended) member.state = state;
    list->push_back(member);
  }
  return MemberView{list};
}

RecordStatement of_schema(std::uint8_t by, Schema schema) {
  RecordStatement statement = said(by, 1);
  statement.record.schema = schema;
  return statement;
}

std::vector<std::uint8_t> readers_of(Schema schema, const MemberView& members) {
  std::vector<std::uint8_t> readers;
  for (const Member& member : members) {
    Canaries canaries{member.id, {}};
    canaries.on_members({}, members);
    REQUIRE(canaries.on_heard(kSettled, schema, node(2), members));
    if (canaries.is_read(schema)) readers.push_back(member.id.bytes[0]);
  }
  return readers;
}

/// A schema that node 1 does not read at once, and who does.
struct Unknown {
  explicit Unknown(const MemberView& members) {
    while (true) {
      readers = readers_of(++schema, members);
      if (std::find(readers.begin(), readers.end(), 1) == readers.end()) return;
    }
  }
  Schema schema = 0;
  std::vector<std::uint8_t> readers;
};

}  // namespace

TEST_CASE("naming: a schema that nobody knows is read by exactly three members at first",
          "[naming][canaries]") {
  for (Schema schema = 1; schema <= 50; ++schema) {
    CHECK(readers_of(schema, cluster(20)).size() == 3);
  }
  CHECK(readers_of(1, cluster(2)).size() == 2);
  // Others for each, so that no member tries everything.
  CHECK(readers_of(1, cluster(20)) != readers_of(2, cluster(20)));
}

TEST_CASE(
    "naming: a member that is down keeps its place among the first, and one that has left does not",
    "[naming][canaries]") {
  const auto readers = readers_of(7, cluster(20));
  const MemberView one_down = cluster(20, readers[0], MemberState::down);
  for (const std::uint8_t n : readers_of(7, one_down)) {
    CHECK(std::find(readers.begin(), readers.end(), n) != readers.end());
  }
  CHECK(readers_of(7, cluster(20, readers[0], MemberState::left)) != readers);
}

TEST_CASE(
    "naming: a record of an unknown schema is told on, and read once members have lived with it",
    "[naming][canaries]") {
  const MemberView members = cluster(10);
  const Unknown unknown{members};
  Node one;
  one.see(members);
  one.advance(kSettling);
  CHECK(one.hear(of_schema(2, unknown.schema)));
  CHECK(one.answer().empty());
  CHECK(one.naming.names().empty());
  CHECK(count<Changed>(one.outbox) == 0);
  one.advance(kSurvival - seconds{1});
  CHECK(one.answer().empty());
  one.advance(seconds{1});
  CHECK(one.answer() == "2:0");
  CHECK(all<Changed>(one.outbox).size() == 1);
  // The next record of it is read at once.
  one.hear(of_schema(3, unknown.schema));
  CHECK(one.answer() == "2:0 3:0");
}

TEST_CASE(
    "naming: a schema is held back as long as one that reads it goes down or starts again, and "
    "people are told once",
    "[naming][canaries]") {
  const MemberView members = cluster(10);
  const Unknown unknown{members};
  struct Row {
    const char* why;
    MemberState state;
    std::uint64_t boot;
    bool is_held_back;
  };
  const auto row = GENERATE(values<Row>({
      {"down", MemberState::down, 1, true},
      {"started again", MemberState::alive, 2, true},
      {"suspected", MemberState::suspect, 1, false},
      {"said goodbye", MemberState::left, 1, false},
  }));
  CAPTURE(row.why);
  Node one;
  one.see(members);
  one.advance(kSettling);
  one.hear(of_schema(2, unknown.schema));
  std::size_t alarms = 0;
  for (std::uint64_t round = 0; round < 3; ++round) {
    one.see(cluster(10, unknown.readers[1], row.state, row.boot + (row.boot > 1 ? round : 0)));
    one.advance(kSurvival);
    alarms += all<Notify>(one.outbox).size();
    CHECK(one.answer().empty() ==
          (row.is_held_back && (round == 0 || row.state == MemberState::alive)));
    if (!row.is_held_back) break;
    if (row.state == MemberState::down) break;
  }
  CHECK(alarms == (row.is_held_back ? 1U : 0U));
  one.see(cluster(10));
  one.advance(2 * kSurvival);
  CHECK(one.answer() == "2:0");
}

TEST_CASE(
    "naming: a schema that was named beforehand, or that this node publishes, is read at once",
    "[naming][canaries]") {
  const MemberView members = cluster(10);
  const Unknown unknown{members};
  Naming::Options options;
  options.canaries.known = {unknown.schema};
  Node named{options};
  named.see(members);
  named.hear(of_schema(2, unknown.schema));
  CHECK(named.answer() == "2:0");

  Node publisher;
  publisher.see(members);
  publisher.hear(of_schema(2, unknown.schema));
  CHECK(publisher.answer().empty());
  NameRecord own;
  own.name = "ledger";
  own.schema = unknown.schema;
  REQUIRE(publisher.naming.publish(publisher.now, own, publisher.outbox).has_value());
  CHECK(publisher.answer() == "1:0 2:0");
}

TEST_CASE("naming: a record of an earlier run whose schema is not known is held back too",
          "[naming][canaries]") {
  const MemberView members = cluster(10);
  const Unknown unknown{members};
  Node one;
  one.naming.on_cached(node(2), of_schema(2, unknown.schema));
  one.see(members);
  CHECK(one.answer().empty());
  one.hear(of_schema(2, unknown.schema));
  one.advance(kSettling + kSurvival);
  CHECK(one.answer() == "2:0");
}

TEST_CASE("naming: a node that has just started, and sees itself alone, does not choose itself",
          "[naming][canaries]") {
  const MemberView members = cluster(10);
  const Unknown unknown{members};
  Node one;
  one.see(all_alive(1));
  one.hear(of_schema(2, unknown.schema));
  CHECK(one.answer().empty());
  one.see(members);
  one.advance(kSettling);
  CHECK(one.answer().empty());
  one.advance(kSurvival);
  CHECK(one.answer() == "2:0");
}

TEST_CASE(
    "naming: a record that kills whoever reads it kills three members, however often they are "
    "started again",
    "[naming][canaries]") {
  constexpr std::uint8_t kNodes = 30;
  constexpr Schema kPoison = 77;
  std::vector<Canaries> nodes;
  std::vector<std::uint64_t> boots(kNodes + 1, 1);
  for (std::uint8_t n = 1; n <= kNodes; ++n) nodes.emplace_back(node(n), Canaries::Options{});
  std::vector<MemberView> seen;  // What all believe, some seconds late.
  std::set<std::uint8_t> killed;
  std::size_t deaths = 0;
  for (int second = 0; second < 600; ++second) {
    const Instant now = at(seconds{second});
    auto list = std::make_shared<std::vector<Member>>();
    for (std::uint8_t n = 1; n <= kNodes; ++n) {
      Member member;
      member.id = node(n);
      member.incarnation = boots[n] << kBootShift;
      list->push_back(member);
    }
    seen.emplace_back(list);
    const MemberView& view = seen[static_cast<std::size_t>(std::max(0, second - 2))];
    for (std::uint8_t n = 1; n <= kNodes; ++n) {
      Canaries& canaries = nodes[n - 1U];
      canaries.on_members(now, view);
      canaries.take_ended(now, view);
      canaries.on_heard(now, kPoison, node(30), view);
      if (!canaries.is_read(kPoison)) continue;
      killed.insert(n);
      ++deaths;
      ++boots[n];
      canaries = Canaries{node(n), {}};
    }
  }
  CHECK(killed.size() == 3);
  CHECK(deaths > 100);
}

TEST_CASE(
    "naming: a record that kills whoever reads it kills three members, also when they stay down",
    "[naming][canaries]") {
  constexpr std::uint8_t kNodes = 30;
  constexpr Schema kPoison = 77;
  std::vector<Canaries> nodes;
  for (std::uint8_t n = 1; n <= kNodes; ++n) nodes.emplace_back(node(n), Canaries::Options{});
  std::vector<MemberView> seen;
  std::set<std::uint8_t> killed;
  for (int second = 0; second < 600; ++second) {
    const Instant now = at(seconds{second});
    auto list = std::make_shared<std::vector<Member>>();
    for (std::uint8_t n = 1; n <= kNodes; ++n) {
      Member member;
      member.id = node(n);
      if (killed.contains(n)) member.state = MemberState::down;
      list->push_back(member);
    }
    seen.emplace_back(list);
    const MemberView& view = seen[static_cast<std::size_t>(std::max(0, second - 5))];
    for (std::uint8_t n = 1; n <= kNodes; ++n) {
      if (killed.contains(n)) continue;
      Canaries& canaries = nodes[n - 1U];
      canaries.on_members(now, view);
      canaries.take_ended(now, view);
      // Not at the same moment everywhere.
      if (second >= 11 + n % 3) canaries.on_heard(now, kPoison, node(30), view);
      if (canaries.is_read(kPoison)) killed.insert(n);
    }
  }
  CHECK(killed.size() == 3);
}

TEST_CASE("naming: three that are down when a schema comes do not hold it back",
          "[naming][canaries]") {
  const MemberView members = cluster(20);
  const Unknown unknown{members};
  auto list = std::make_shared<std::vector<Member>>(members.begin(), members.end());
  for (Member& member : *list) {
    for (const std::uint8_t n : unknown.readers) {
      if (member.id == node(n)) member.state = MemberState::down;
    }
  }
  Canaries canaries{node(1), {}};
  canaries.on_members({}, MemberView{list});
  const Instant heard = at(kSurvival);
  canaries.on_heard(heard, unknown.schema, node(2), MemberView{list});
  canaries.take_ended(heard + kSurvival, MemberView{list});
  CHECK(canaries.is_read(unknown.schema));
}

TEST_CASE("naming: identities that have just come are chosen last, so their ends tell nothing",
          "[naming][canaries]") {
  const MemberView few = cluster(10);
  const MemberView many = cluster(200);
  // A schema whose first three are among the new ones.
  Schema schema = 0;
  std::vector<std::uint8_t> readers;
  do {
    readers = readers_of(++schema, many);
  } while (*std::min_element(readers.begin(), readers.end()) <= 10);
  Canaries canaries{node(1), {}};
  canaries.on_members({}, few);
  const Instant came = kSettled + seconds{1};
  canaries.on_members(came, many);
  const bool is_young = GENERATE(true, false);
  const Instant heard = is_young ? came + seconds{1} : came + Canaries::kProbation;
  canaries.on_heard(heard, schema, node(2), many);
  const bool is_reader = canaries.is_read(schema);
  canaries.on_members(heard, few);
  canaries.take_ended(heard + kSurvival, few);
  CHECK(canaries.is_read(schema) == (is_young || is_reader));
}

TEST_CASE(
    "naming: one author has four schemas on trial at once, and the next are tried when these are "
    "through",
    "[naming][canaries]") {
  const MemberView members = cluster(10);
  Node one;
  one.see(members);
  one.advance(kSettling);
  std::size_t refused = 0;
  for (Schema schema = 1; schema <= 20; ++schema) {
    RecordStatement statement = said(9, 1, 0, "s" + std::to_string(schema));
    statement.record.schema = schema;
    one.hear(statement);
    refused += count<gossip::Trace>(one.outbox);
  }
  CHECK(refused > 0);
  one.hear(of_schema(2, 100));
  CHECK(count<gossip::Trace>(one.outbox) == 0);
  one.advance(kSurvival);
  CHECK(one.answer() == "2:0");
  CHECK(one.naming.names().size() < 20);
  one.advance(5 * kSurvival);
  CHECK(one.naming.names().size() == 21);
}

TEST_CASE(
    "naming: schemas that no record has any more make room, and so does the author with the most",
    "[naming][canaries]") {
  const MemberView members = cluster(10);
  Canaries canaries{node(1), {}};
  canaries.on_members({}, members);
  Instant now = kSettled;
  // All passed, one after the other: of one author, as many as there are.
  for (Schema schema = 1; schema <= Canaries::kSchemasMax; ++schema) {
    REQUIRE(canaries.on_heard(now, schema, node(9), members));
    now = now + kSurvival;
    canaries.take_ended(now, members);
    REQUIRE(canaries.is_read(schema));
  }
  SECTION("no record has one of them") {
    canaries.on_gone(7);
    CHECK(canaries.on_heard(now, 100'000, node(9), members));
    CHECK_FALSE(canaries.is_tried(7));
  }
  SECTION("another author's goes before him") {
    CHECK(canaries.on_heard(now, 100'000, node(3), members));
    canaries.take_ended(now + kSurvival, members);
    CHECK(canaries.is_read(100'000));
  }
  SECTION("but not another one of his") {
    CHECK_FALSE(canaries.on_heard(now, 100'000, node(9), members));
    CHECK_FALSE(canaries.is_read(100'000));
  }
}

}  // namespace gossamer::naming
