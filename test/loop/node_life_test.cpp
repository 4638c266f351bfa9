// Opening, joining, closing and destroying nodes on a loop that is not theirs.

#include <fmt/format.h>

#include <thread>

#include "contract/temporary_directory.hpp"
#include "cutting_name_server.hpp"
#include "gossamer/find_seeds.hpp"
#include "node_fixture.hpp"

using namespace gossamer;
using namespace gossamer::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("node: two on one loop see each other, and leave a loop that can be closed") {
  LoopFixture loop;
  auto a = open_node(loop, node_options("a"));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  int joined = 0;
  b->join(seconds{10}, [&](Result<void> result) {
    CHECK(result);
    ++joined;
  });
  CHECK(joined == 0);
  CHECK(loop.run_until([&] { return joined == 1 && a->members().live_count() == 2; }));
  CHECK(b->members().find(a->id()) != nullptr);
  int left = 0;
  b->leave(seconds{2}, [&](Result<void>) { ++left; });
  CHECK(loop.run_until([&] { return left == 1; }));
  CHECK(loop.run_until([&] {
    const Member* member = a->members().find(b->id());
    return member != nullptr && member->state == MemberState::left;
  }));
}

TEST_CASE("node: alone without discovery it has joined, and the answer comes after the call") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a"));
  bool is_answered = false;
  node->join(seconds{5}, [&](Result<void> result) {
    CHECK(result);
    is_answered = true;
  });
  CHECK_FALSE(is_answered);
  CHECK(loop.run_until([&] { return is_answered; }));
  CHECK(node->members().size() == 1);
}

TEST_CASE("node: a seed that does not answer is named when the time is over") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a", "127.0.0.1:9"));
  std::optional<Result<void>> joined;
  node->join(milliseconds{200}, [&](Result<void> result) { joined = std::move(result); });
  REQUIRE(loop.run_until([&] { return joined.has_value(); }));
  REQUIRE_FALSE(*joined);
  CHECK(joined->error().code == ErrorCode::timed_out);
  CHECK(joined->error().detail.find("127.0.0.1:9") != std::string::npos);
}

TEST_CASE("node: nothing of the user's runs after it was destroyed") {
  LoopFixture loop;
  auto peer = open_node(loop, node_options("peer"));
  auto node = open_node(loop, node_options("a", to_string(peer->endpoint())));
  int calls = 0;
  auto subscription = node->subscribe([&](const Event&) { ++calls; });
  auto watch = node->naming().watch("name", [&](const auto&) { ++calls; });
  auto publication = node->naming().publish("name", {"127.0.0.1", 1});
  REQUIRE(publication);
  node->join(seconds{1}, [&](Result<void>) { ++calls; });
  node->services().deploy({.name = "x"}, [&](Result<std::uint64_t>) { ++calls; });
  node->leave(seconds{1}, [&](Result<void>) { ++calls; });
  node->close([&] { ++calls; });
  const NodeHandle handle = node->handle();
  CHECK_FALSE(handle.post([&](Node&) { ++calls; }));  // It is closing.
  node.reset();
  CHECK_FALSE(loop.run_until([&] { return calls > 0; }, milliseconds{300}));
  CHECK_FALSE(handle.post([](Node&) {}));
}

TEST_CASE("node: it may be destroyed from within any of its callbacks") {
  LoopFixture loop;
  auto peer = open_node(loop, node_options("peer"));
  auto node = open_node(loop, node_options("a", to_string(peer->endpoint())));
  const int which = GENERATE(0, 1, 2, 3, 4, 5);
  CAPTURE(which);
  bool was_called = false;
  const auto end = [&] {
    was_called = true;
    node.reset();
  };
  Subscription kept;
  switch (which) {
    case 0: node->join(seconds{5}, [&](Result<void>) { end(); }); break;
    case 1: kept = node->on<MembersUp>([&](const MembersUp&) { end(); }); break;
    case 2: kept = node->naming().watch("x", [&](const auto&) { end(); }); break;
    case 3: REQUIRE(node->handle().post([&](Node&) { end(); })); break;
    case 4: node->close([&] { end(); }); break;
    default: node->leave(seconds{1}, [&](Result<void>) { end(); }); break;
  }
  CHECK(loop.run_until([&] { return was_called; }));
  CHECK(node == nullptr);
}

TEST_CASE("node: every close is answered, also those that come too late") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a"));
  int answers = 0;
  node->close([&] { ++answers; });
  node->close([&] { ++answers; });
  CHECK(answers == 0);
  CHECK(loop.run_until([&] { return answers == 2; }));
  node->close([&] { ++answers; });
  CHECK(answers == 2);
  CHECK(loop.run_until([&] { return answers == 3; }));

  std::vector<ErrorCode> codes;
  const auto note = [&](const auto& result) {
    REQUIRE_FALSE(result);
    codes.push_back(result.error().code);
  };
  node->join(seconds{1}, note);
  node->services().deploy({.name = "x"}, note);
  node->services().undeploy("x", note);
  node->services().freeze({"x", 0}, note);
  CHECK(codes.empty());
  CHECK(loop.run_until([&] { return codes.size() == 4; }));
  CHECK(codes == std::vector<ErrorCode>(4, ErrorCode::cancelled));
  CHECK(node->naming().publish("x", {"127.0.0.1", 1}).error().code == ErrorCode::cancelled);
}

TEST_CASE("node: it closes while a name server has cut its answer and is silent by TCP") {
  LoopFixture loop;
  const CuttingNameServer server{{0, true}};
  NodeOptions options = node_options("a");
  options.discovery_urls = {"dns:node.example:1?server=127.0.0.1:" + server.port()};
  auto node = open_node(loop, std::move(options));
  REQUIRE(loop.run_until([&] { return server.answered() > 0; }));
  bool is_closed = false;
  node->close([&] { is_closed = true; });
  CHECK(loop.run_until([&] { return is_closed; }));
}

TEST_CASE("node: it may be destroyed before or within an answer that comes too late") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a"));
  bool is_closed = false;
  node->close([&] { is_closed = true; });
  REQUIRE(loop.run_until([&] { return is_closed; }));
  bool was_called = false;
  const bool is_within = GENERATE(true, false);
  node->close([&] {
    was_called = true;
    node.reset();
  });
  if (!is_within) node.reset();
  CHECK(loop.run_until([&] { return was_called; }, is_within ? seconds{10} : milliseconds{50}) ==
        is_within);
}

TEST_CASE("node: what is asked for in the turn in which it closes is answered") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a"));
  std::vector<std::string> heard;
  node->close([&] { heard.push_back("close"); });
  node->services().deploy({.name = "x"}, [&](Result<std::uint64_t> result) {
    CHECK(result.error().code == ErrorCode::cancelled);
    heard.push_back("deploy");
  });
  CHECK(loop.run_until([&] { return heard.size() == 2; }));
  CHECK(heard == std::vector<std::string>{"deploy", "close"});
}

TEST_CASE("node: who leaves again waits for the goodbye that is under way") {
  LoopFixture loop;
  auto a = open_node(loop, node_options("a"));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  REQUIRE(loop.run_until(
      [&] { return a->members().live_count() == 2 && b->members().live_count() == 2; }));
  std::vector<int> left;
  b->leave(seconds{5}, [&](Result<void>) { left.push_back(1); });
  b->leave(seconds{5}, [&](Result<void>) { left.push_back(2); });
  CHECK(loop.run_until([&] { return left == std::vector<int>{1, 2}; }));
  CHECK(loop.run_until([&] { return a->members().find(b->id())->state == MemberState::left; }));
}

TEST_CASE("node: what waits when it closes is cancelled") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a", "127.0.0.1:9"));
  std::vector<std::string> heard;
  node->join(seconds{60}, [&](Result<void> result) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::cancelled);
    heard.push_back("join");
  });
  node->close([&] { heard.push_back("close"); });
  CHECK(loop.run_until([&] { return heard.size() == 2; }));
  CHECK(heard == std::vector<std::string>{"join", "close"});
}

TEST_CASE("node: an open that fails leaves nothing behind") {
  LoopFixture loop;
  auto first = open_node(loop, node_options("a"));
  auto options = node_options("b");
  options.bind = first->endpoint();
  const auto second = Node::open(loop.uv(), std::move(options));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::io);
  CHECK(second.error().detail.find(to_string(first->endpoint())) != std::string::npos);
  CHECK(Node::open(nullptr, node_options("c")).error().code == ErrorCode::invalid_argument);
  first.reset();
  CHECK(uv_run(loop.uv(), UV_RUN_DEFAULT) == 0);  // Ends by itself.
}

namespace {

/// Only to be there.
struct NoObjects final : ObjectStore {
  std::string_view place() const noexcept override { return "nowhere"; }
  void get(std::string, std::optional<Range>, std::shared_ptr<ByteSink>, Done) override {}
  void create(std::string, std::shared_ptr<ByteSource>, Done) override {}
  void put(std::string, std::shared_ptr<ByteSource>, Done) override {}
  void remove(std::string, Done) override {}
  void list(std::string, std::string, std::size_t, Listed) override {}
};

}  // namespace

TEST_CASE("node: a timeout of for ever is a day, and one of less than nothing is none") {
  LoopFixture loop;
  auto node = open_node(loop, node_options("a", "127.0.0.1:9"));
  std::optional<Result<void>> forever;
  std::optional<Result<void>> never;
  node->join(milliseconds::max(), [&](Result<void> result) { forever = std::move(result); });
  node->join(milliseconds::min(), [&](Result<void> result) { never = std::move(result); });
  REQUIRE(loop.run_until([&] { return never.has_value(); }));
  CHECK(never->error().code == ErrorCode::timed_out);
  CHECK_FALSE(loop.run_until([&] { return forever.has_value(); }, milliseconds{100}));

  auto peer = open_node(loop, node_options("b", to_string(node->endpoint())));
  REQUIRE(loop.run_until([&] { return forever.has_value(); }));
  CHECK(forever->has_value());
  bool has_left = false;
  peer->leave(milliseconds::max(), [&](Result<void> result) { has_left = result.has_value(); });
  CHECK(loop.run_until([&] { return has_left; }));

  const auto found = find_seeds({"static:127.0.0.1:9"}, milliseconds::max());
  REQUIRE(found);
  CHECK(found->front().seeds.has_value());
}

TEST_CASE(
    "node: a data directory that still holds the key that everybody knows is refused with another "
    "key") {
  const TemporaryDirectory directory;
  const auto options = [&](bool is_insecure) {
    NodeOptions chosen = node_options("a");
    chosen.data_directory = directory / "data";
    chosen.is_insecure = is_insecure;
    if (!is_insecure) chosen.key_bytes = std::string(32, 'k');
    return chosen;
  };
  LoopFixture loop;
  std::uint32_t known = 0;
  {
    auto node = open_node(loop, options(true));
    known = node->keys().list().front().id;
    REQUIRE(node->keys().add(std::string(32, 'k')));
    CHECK(loop.run_until([&] { return node->keys().list().size() == 2; }));
    bool is_left = false;
    node->leave(seconds{2}, [&](Result<void>) { is_left = true; });
    REQUIRE(loop.run_until([&] { return is_left; }));
  }
  const auto refused = Node::open(loop.uv(), options(false));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::permission_denied);
  CHECK(refused.error().detail.find(fmt::format("({:08x})", known)) != std::string::npos);
  open_node(loop, options(true));
}

TEST_CASE("node: options out of their range are named") {
  struct Row {
    const char* named;
    std::function<void(NodeOptions&)> spoil;
  };
  const std::vector<Row> rows{
      {"name", [](NodeOptions& o) { o.name.clear(); }},
      {"cluster", [](NodeOptions& o) { o.cluster = std::string(65, 'x'); }},
      {"metadata", [](NodeOptions& o) { o.metadata = std::string(257, 'x'); }},
      {"bind", [](NodeOptions& o) { o.bind.address = "localhost"; }},
      {"advertise",
       [](NodeOptions& o) {
         o.advertise = Endpoint{"", 1};
       }},
      {"advertise is 0.0.0.0:0",
       [](NodeOptions& o) {
         o.advertise = Endpoint{"0.0.0.0", 0};
       }},
      {"advertise is [::]:7946",
       [](NodeOptions& o) {
         o.advertise = Endpoint{"::", 7946};
       }},
      {"advertise is",
       [](NodeOptions& o) {
         o.advertise = Endpoint{"::0:0", 7946};
       }},
      {"advertise is",
       [](NodeOptions& o) {
         o.advertise = Endpoint{"::ffff:0.0.0.0", 7946};
       }},
      {"name", [](NodeOptions& o) { o.name = std::string(65, 'x'); }},
      {"cluster", [](NodeOptions& o) { o.cluster.clear(); }},
      {"key_bytes", [](NodeOptions& o) { o.key_bytes = std::string(32, 'k'), o.key_file = "k"; }},
      {"object_store_url",
       [](NodeOptions& o) {
         o.object_store_url = "dir:/tmp/x";
         o.object_store = std::make_unique<NoObjects>();
       }},
      {"worker_count", [](NodeOptions& o) { o.worker_count = 65; }},
      {"post_queue_max", [](NodeOptions& o) { o.post_queue_max = SIZE_MAX; }},
      {"leave_timeout", [](NodeOptions& o) { o.leave_timeout = milliseconds::max(); }},
      {"a factory's name", [](NodeOptions& o) { o.factories[""] = nullptr; }},
      {"key_file", [](NodeOptions& o) { o.is_insecure = false; }},
      {"is_insecure",
       [](NodeOptions& o) {
         o.bind = {"0.0.0.0", 0};
       }},
      {"is_insecure",
       [](NodeOptions& o) {
         o.advertise = Endpoint{"192.0.2.1", 7946};
       }},
      {"allowed_peers", [](NodeOptions& o) { o.allowed_peers = {"10.0.0.1/8"}; }},
      {"key_bytes", [](NodeOptions& o) { o.key_bytes = "short"; }},
      {"key_bytes", [](NodeOptions& o) { o.is_insecure = false, o.key_bytes = "short"; }},
      {"admin_token_file",
       [](NodeOptions& o) {
         o.admin_listen = Endpoint{"127.0.0.1", 0};
       }},
      {"admin_listen", [](NodeOptions& o) { o.admin_token_file = "token"; }},
      {"admin_listen", [](NodeOptions& o) { o.admin_token = std::string(32, 't'); }},
      {"admin_listen",
       [](NodeOptions& o) {
         o.admin_listen = Endpoint{"localhost", 1}, o.admin_token_file = "token";
       }},
      {"exactly one",
       [](NodeOptions& o) {
         o.admin_listen = Endpoint{"127.0.0.1", 0}, o.admin_token_file = "token";
         o.admin_token = std::string(32, 't');
       }},
      {"32 to 1024",
       [](NodeOptions& o) {
         o.admin_listen = Endpoint{"127.0.0.1", 0}, o.admin_token = std::string(31, 't');
       }},
      {"no space",
       [](NodeOptions& o) {
         o.admin_listen = Endpoint{"127.0.0.1", 0}, o.admin_token = std::string(32, ' ');
       }},
      {"probe_interval", [](NodeOptions& o) { o.membership.probe_interval = milliseconds{1}; }},
      {"worker_count", [](NodeOptions& o) { o.worker_count = 0; }},
      {"post_queue_max", [](NodeOptions& o) { o.post_queue_max = 0; }},
      {"leave_timeout", [](NodeOptions& o) { o.leave_timeout = milliseconds{-1}; }},
      {"factory", [](NodeOptions& o) { o.factories["x"] = nullptr; }},
      {"aws.secret_access_key", [](NodeOptions& o) { o.aws.access_key_id = "AK"; }},
      {"aws.access_key_id", [](NodeOptions& o) { o.aws.secret_access_key = "x"; }},
      {"aws.session_token", [](NodeOptions& o) { o.aws.session_token = "x"; }},
      {"aws.sts_endpoint", [](NodeOptions& o) { o.aws.sts_endpoint = "nowhere"; }},
      {"discovery", [](NodeOptions& o) { o.discovery.push_back(nullptr); }},
  };
  for (const Row& row : rows) {
    NodeOptions options = node_options("a");
    row.spoil(options);
    const auto valid = options.validate();
    CAPTURE(row.named);
    REQUIRE_FALSE(valid);
    CHECK(valid.error().detail.find(row.named) != std::string::npos);
  }
  CHECK(node_options("a").validate());
}
