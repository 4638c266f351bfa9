// Names, handles, threads, object stores that cannot be used, and services without a store of
// theirs.

#include <atomic>
#include <thread>

#include "gossamer/node_thread.hpp"
#include "node_fixture.hpp"

using namespace gossamer;
using namespace gossamer::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("naming: what one node publishes another resolves, until the publication goes") {
  LoopFixture loop;
  auto a = open_node(loop, node_options("a"));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  auto first = a->naming().publish("web", {"127.0.0.1", 80}, {{"zone", "x"}});
  auto second = a->naming().publish("web", {"127.0.0.1", 81});
  REQUIRE(first);
  REQUIRE(second);
  CHECK(loop.run_until([&] { return b->naming().resolve("web").size() == 2; }));
  const auto records = b->naming().resolve("web");
  CHECK(records[0].ordinal != records[1].ordinal);
  CHECK(records[0].attributes.at("zone") == "x");
  CHECK(b->handle().resolve("web").size() == 2);
  *first = Publication{};
  *second = Publication{};
  CHECK(loop.run_until([&] { return b->naming().resolve("web").empty(); }));
  CHECK(b->handle().resolve("web").empty());

  CHECK(a->naming().publish("", {"127.0.0.1", 80}).error().code == ErrorCode::invalid_argument);
  CHECK(a->naming().publish("x", {"localhost", 80}).error().code == ErrorCode::invalid_argument);
  CHECK(a->naming().publish("x", {"127.0.0.1", 80}, {{"k", std::string(1024, 'x')}}).error().code ==
        ErrorCode::invalid_argument);
}

TEST_CASE(
    "naming: an update replaces the attributes, by one statement, and the name has a record "
    "meanwhile") {
  LoopFixture loop;
  auto a = open_node(loop, node_options("a"));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  auto published = a->naming().publish("web", {"127.0.0.1", 80}, {{"load", "1"}});
  REQUIRE(published);
  REQUIRE(loop.run_until([&] { return b->naming().resolve("web").size() == 1; }));
  std::vector<std::string> heard;
  const auto watch = b->naming().watch("web", [&](const std::vector<NameRecord>& records) {
    heard.push_back(records.empty() ? "nothing" : records[0].attributes.at("load"));
  });
  REQUIRE(loop.run_until([&] { return heard.size() == 1; }));
  const std::uint64_t verified = b->counters().at("statements_verified");
  REQUIRE(published->update({{"load", "2"}}));
  REQUIRE(loop.run_until([&] { return heard.back() == "2"; }));
  CHECK(heard == std::vector<std::string>{"1", "2"});
  CHECK(b->counters().at("statements_verified") == verified + 1);

  CHECK(published->update({{"load", std::string(1021, 'x')}}).error().code ==
        ErrorCode::invalid_argument);
  CHECK(a->naming().resolve("web").at(0).attributes.at("load") == "2");
  CHECK(Publication{}.update({}).error().code == ErrorCode::cancelled);
  a.reset();
  CHECK(published->update({{"load", "3"}}).error().code == ErrorCode::cancelled);
}

TEST_CASE(
    "nearness: who answers has a round trip, here and for other threads, and orders what is "
    "resolved") {
  LoopFixture loop;
  NodeOptions options = node_options("a");
  options.zone = "here";
  auto a = open_node(loop, std::move(options));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  auto c = open_node(loop, node_options("c", to_string(a->endpoint())));
  const auto far = b->naming().publish("web", {"127.0.0.1", 80});
  const auto near = a->naming().publish("web", {"127.0.0.1", 81});
  CHECK(a->round_trip(a->id()) == std::chrono::microseconds{0});
  CHECK_FALSE(a->round_trip(NodeId{}));
  const auto is_measured = [&] { return a->round_trip(b->id()) && a->round_trip(c->id()); };
  REQUIRE(loop.run_until(is_measured));
  CHECK(*a->round_trip(b->id()) > std::chrono::microseconds{0});
  CHECK(a->handle().round_trip(b->id()) == a->round_trip(b->id()));
  REQUIRE(loop.run_until([&] { return a->naming().resolve("web").size() == 2; }));
  const auto sorted = a->nearest(a->naming().resolve("web"));
  REQUIRE(sorted.size() == 2);
  CHECK(sorted[0].node == a->id());
  CHECK(a->handle().nearest(a->handle().resolve("web")) == sorted);
  CHECK(b->nearest(a->naming().resolve("web"))[0].node == b->id());
  CHECK(b->members().find(a->id())->zone == "here");
  CHECK(NodeHandle{}.nearest(sorted) == sorted);
  CHECK_FALSE(NodeHandle{}.round_trip(a->id()));
}

TEST_CASE(
    "handle: after a restart it resolves what the node does, records of the earlier run too") {
  LoopFixture loop;
  const TemporaryFolder folder;
  NodeOptions options = node_options("a");
  options.data_directory = folder / "a";
  auto a = open_node(loop, std::move(options));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  const auto publication = b->naming().publish("web", {"127.0.0.1", 80});
  REQUIRE(loop.run_until([&] { return a->handle().resolve("web").size() == 1; }));
  // What is cached is written soon, and nobody says when.
  loop.run_until([] { return false; }, milliseconds{500});
  bool is_closed = false;
  a->close([&] { is_closed = true; });
  REQUIRE(loop.run_until([&] { return is_closed; }));
  b.reset();

  NodeOptions again = node_options("a");
  again.data_directory = folder / "a";
  a = open_node(loop, std::move(again));
  REQUIRE(loop.run_until([&] { return !a->naming().resolve("web").empty(); }));
  CHECK(a->handle().resolve("web") == a->naming().resolve("web"));
  CHECK(a->handle().resolve("web").at(0).is_stale);
}

TEST_CASE(
    "naming: a watcher hears the present answer, then changes, and nothing once it has ended") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a"));
  std::vector<std::size_t> answers;
  auto watch =
      node->naming().watch("web", [&](const auto& records) { answers.push_back(records.size()); });
  CHECK(answers.empty());
  CHECK(loop.run_until([&] { return answers == std::vector<std::size_t>{0}; }));
  auto publication = node->naming().publish("web", {"127.0.0.1", 80});
  CHECK(loop.run_until([&] { return answers == std::vector<std::size_t>{0, 1}; }));
  watch = Subscription{};
  *publication = Publication{};
  CHECK_FALSE(loop.run_until([&] { return answers.size() > 2; }, milliseconds{100}));
}

TEST_CASE("handle: tasks run on the loop in posting order, and no more wait than allowed") {
  LoopFixture loop;
  auto options = node_options("a");
  options.post_queue_max = 100;
  auto node = open_node(loop, std::move(options));
  const NodeHandle handle = node->handle();
  std::vector<int> ran;
  std::atomic<int> refused{0};
  std::thread poster{[&] {
    for (int i = 0; i < 101; ++i) {
      const auto posted = handle.post([&ran, i](Node&) { ran.push_back(i); });
      if (!posted && posted.error().code == ErrorCode::resource_exhausted) ++refused;
    }
  }};
  poster.join();
  CHECK(refused == 1);
  CHECK(loop.run_until([&] { return ran.size() == 100; }));
  CHECK(std::is_sorted(ran.begin(), ran.end()));
  CHECK(NodeHandle{}.post([](Node&) {}).error().code == ErrorCode::cancelled);
  CHECK(NodeHandle{}.members().size() == 0);
}

TEST_CASE("handle: members are read from any thread while they change") {
  LoopFixture loop;
  auto a = open_node(loop, node_options("a"));
  const NodeHandle handle = a->handle();
  std::atomic<bool> is_over{false};
  std::atomic<bool> was_sorted{true};
  std::thread reader{[&] {
    while (!is_over) {
      const MemberView members = handle.members();
      if (!std::is_sorted(members.begin(), members.end(),
                          [](const Member& x, const Member& y) { return x.id < y.id; })) {
        was_sorted = false;
      }
      (void)handle.resolve("web");
    }
  }};
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  auto publication = b->naming().publish("web", {"127.0.0.1", 80});
  CHECK(loop.run_until(
      [&] { return handle.members().live_count() == 2 && !handle.resolve("web").empty(); }));
  b.reset();
  CHECK(loop.run_until([&] { return handle.members().live_count() == 1; }));
  is_over = true;
  reader.join();
  CHECK(was_sorted);
}

TEST_CASE("node thread: it starts, joins, and says goodbye when it is destroyed") {
  auto first = NodeThread::start(node_options("a"));
  REQUIRE(first);
  CHECK((*first)->join(seconds{5}));
  std::atomic<bool> was_left{false};
  Endpoint endpoint;
  std::atomic<bool> is_known{false};
  REQUIRE((*first)->handle().post([&](Node& node) {
    endpoint = node.endpoint();
    is_known = true;
  }));
  while (!is_known) std::this_thread::yield();
  NodeId second_id;
  {
    auto second = NodeThread::start(node_options("b", to_string(endpoint)));
    REQUIRE(second);
    REQUIRE((*second)->join(seconds{10}));
    CHECK((*second)->handle().members().live_count() == 2);
    for (const Member& member : (*second)->handle().members()) {
      if (member.name == "b") second_id = member.id;
    }
    // Once the other has seen it, its goodbye is news.
    while (!(*first)->handle().members().is_live(second_id)) std::this_thread::yield();
  }
  const auto deadline = std::chrono::steady_clock::now() + seconds{10};
  while (!was_left && std::chrono::steady_clock::now() < deadline) {
    const MemberView members = (*first)->handle().members();
    const Member* member = members.find(second_id);
    was_left = member != nullptr && member->state == MemberState::left;
  }
  CHECK(was_left);

  auto options = node_options("c");
  options.bind = endpoint;
  CHECK(NodeThread::start(std::move(options)).error().code == ErrorCode::io);
}

TEST_CASE("object store: one without create-only is not used, and everybody who asks is told why") {
  LoopFixture loop;
  const TemporaryFolder folder;
  auto options = node_options("a");
  options.data_directory = folder / "a";
  options.object_store = std::make_unique<MemoryObjects>(loop.loop(), Manners::overwrites);
  auto node = open_node(loop, std::move(options));
  std::vector<std::string> alarms;
  auto subscription = node->on<Alarm>([&](const Alarm& alarm) { alarms.push_back(alarm.detail); });
  std::vector<Error> errors;
  node->services().deploy({.name = "x"},
                          [&](const auto& result) { errors.push_back(result.error()); });
  node->join(seconds{5}, [&](const auto& result) { errors.push_back(result.error()); });
  REQUIRE(loop.run_until([&] { return errors.size() == 2 && alarms.size() == 1; }));
  node->join(seconds{5}, [&](const auto& result) { errors.push_back(result.error()); });
  REQUIRE(loop.run_until([&] { return errors.size() == 3; }));
  for (const Error& error : errors) {
    CHECK(error.code == ErrorCode::version_mismatch);
    CHECK(error.detail.find("create-only") != std::string::npos);
  }
}

TEST_CASE("object store: one that is away at the start is asked again, and used once it is back") {
  LoopFixture loop;
  const TemporaryFolder folder;
  auto options = node_options("a");
  options.data_directory = folder / "a";
  auto given = std::make_unique<MemoryObjects>(loop.loop(), Manners::away);
  MemoryObjects& objects = *given;
  options.object_store = std::move(given);
  auto node = open_node(loop, std::move(options));
  std::vector<std::string> alarms;
  auto subscription = node->on<Alarm>([&](const Alarm& alarm) { alarms.push_back(alarm.detail); });
  std::vector<Error> errors;
  node->join(milliseconds{1'500}, [&](const auto& result) { errors.push_back(result.error()); });
  REQUIRE(loop.run_until([&] { return errors.size() == 1; }));
  CHECK(errors[0].code == ErrorCode::timed_out);
  CHECK(errors[0].detail.find("out of reach") != std::string::npos);
  CHECK(alarms.size() == 1);
  node->services().deploy({.name = "x"},
                          [&](const auto& result) { errors.push_back(result.error()); });
  REQUIRE(loop.run_until([&] { return errors.size() == 2; }));
  CHECK(errors[1].code == ErrorCode::unavailable);

  objects.become(Manners::good);
  bool is_joined = false;
  node->join(seconds{60}, [&](const auto& result) { is_joined = result.has_value(); });
  REQUIRE(loop.run_until([&] { return is_joined; }));
  std::optional<Result<std::uint64_t>> deployed;
  node->services().deploy({.name = "x"}, [&](const auto& result) { deployed = result; });
  REQUIRE(loop.run_until([&] { return deployed.has_value(); }));
  CHECK(deployed->has_value());
}

TEST_CASE("object store: it opens with a key that was added while it was away, once it is back") {
  LoopFixture loop;
  NodeOptions options = node_options("a");
  auto given = std::make_unique<MemoryObjects>(loop.loop(), Manners::good);
  MemoryObjects& objects = *given;
  options.object_store = std::move(given);
  const auto node = open_node(loop, std::move(options));
  std::vector<std::string> alarms;
  const Subscription told =
      node->on<Alarm>([&](const Alarm& alarm) { alarms.push_back(alarm.subject); });
  REQUIRE(loop.run_until([&] { return !node->keys().list().empty(); }));
  objects.become(Manners::away);
  REQUIRE(node->keys().add(std::string(32, 'k')).has_value());
  CHECK(loop.run_until([&] { return alarms == std::vector<std::string>{"keys", "keys"}; }));
  CHECK(objects.count("data-keys/") == 1);  // As it was made.
  objects.become(Manners::good);
  CHECK(loop.run_until([&] { return objects.count("data-keys/") == 3; }, std::chrono::seconds{30}));
  CHECK(alarms.size() == 2);
  bool is_closed = false;
  node->close([&] { is_closed = true; });
  CHECK(loop.run_until([&] { return is_closed; }));
}

TEST_CASE("object store: one that never answers keeps the node from joining, not from closing") {
  LoopFixture loop;
  const TemporaryFolder folder;
  auto options = node_options("a");
  options.data_directory = folder / "a";
  options.object_store = std::make_unique<MemoryObjects>(loop.loop(), Manners::silent);
  auto node = open_node(loop, std::move(options));
  std::vector<Error> errors;
  node->join(milliseconds{100}, [&](const auto& result) { errors.push_back(result.error()); });
  node->services().deploy({.name = "x"},
                          [&](const auto& result) { errors.push_back(result.error()); });
  REQUIRE(loop.run_until([&] { return errors.size() == 1; }));
  CHECK(errors[0].code == ErrorCode::timed_out);
  CHECK(errors[0].detail.find("object store") != std::string::npos);
  bool is_closed = false;
  node->close([&] { is_closed = true; });
  CHECK(loop.run_until([&] { return is_closed; }));
  REQUIRE(errors.size() == 2);
  CHECK(errors[1].code == ErrorCode::cancelled);
}

TEST_CASE("services: what a node lacks is said when something is deployed") {
  LoopFixture loop;
  const bool has_objects = GENERATE(false, true);
  auto options = node_options("a");
  if (has_objects)
    options.object_store = std::make_unique<MemoryObjects>(loop.loop(), Manners::good);
  auto node = open_node(loop, std::move(options));
  std::optional<Error> error;
  node->services().deploy({.name = "x"}, [&](const auto& result) { error = result.error(); });
  REQUIRE(loop.run_until([&] { return error.has_value(); }));
  CHECK(error->code == ErrorCode::invalid_argument);
  CHECK(error->detail.find(has_objects ? "data directory" : "object store") != std::string::npos);
}
