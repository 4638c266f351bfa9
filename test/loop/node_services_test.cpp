// A service's life on one node, by a factory and by callbacks.

#include <atomic>
#include <thread>

#include "node_fixture.hpp"

using namespace gossamer;
using namespace gossamer::test;
using std::chrono::seconds;

namespace {

// Disks of a busy machine are slow; this is for what never comes.
constexpr Duration kLimit = seconds{60};

/// What happened, in order.
using Diary = std::vector<std::string>;

class Diarist final : public Service {
 public:
  Diarist(ServiceContext context, Diary& diary) : context_(std::move(context)), diary_(diary) {
    diary_.push_back("made");
  }
  ~Diarist() override { diary_.push_back("destroyed"); }
  void start(Started done) override {
    diary_.push_back("start");
    WriteBatch batch;
    batch.put("key", "value");
    context_.store->commit(std::move(batch), Durability::frozen,
                           [this, done = std::move(done)](auto committed) mutable {
                             CHECK(committed);
                             diary_.push_back("committed");
                             done(Endpoint{"127.0.0.1", 4});
                           });
    CHECK(diary_.back() == "start");  // Never from inside the call.
  }
  void stop(const Error& reason, Stopped done) override {
    diary_.push_back("stop " + std::string{to_string(reason.code)});
    done();
  }

 private:
  ServiceContext context_;
  Diary& diary_;
};

NodeOptions with_store(LoopFixture& loop, const TemporaryFolder& folder) {
  NodeOptions options = node_options("a");
  options.data_directory = folder / "a";
  options.object_store = std::make_unique<MemoryObjects>(loop.loop(), Manners::good);
  return options;
}

}  // namespace

TEST_CASE(
    "services: a factory's instance is started, published, stopped when undeployed, and "
    "destroyed") {
  LoopFixture loop;
  const TemporaryFolder folder;
  Diary diary;
  auto options = with_store(loop, folder);
  options.factories["diarist"] = [&](const ServiceContext& context) {
    return std::make_unique<Diarist>(context, diary);
  };
  auto node = open_node(loop, std::move(options));
  CHECK(node->services()
            .register_factory("diarist", [](const auto&) { return nullptr; })
            .error()
            .code == ErrorCode::already_exists);
  std::optional<std::uint64_t> version;
  node->services().deploy({.name = "notes", .factory = "diarist"},
                          [&](auto result) { version = *result; });
  REQUIRE(loop.run_until([&] { return node->naming().resolve("notes").size() == 1; }, kLimit));
  CHECK(version == 1U);
  CHECK(node->naming().resolve("notes")[0].epoch == 1);
  const auto services = node->services().list();
  REQUIRE(services.size() == 1);
  REQUIRE(services[0].units.size() == 1);
  CHECK(services[0].units[0].owner == node->id());
  CHECK(services[0].units[0].endpoint == Endpoint{"127.0.0.1", 4});
  CHECK(node->naming().publish("notes", {"127.0.0.1", 1}).error().code ==
        ErrorCode::already_exists);

  std::optional<Result<Sequence>> frozen;
  node->services().freeze({"notes", 0}, [&](auto result) { frozen = std::move(result); });
  REQUIRE(loop.run_until([&] { return frozen.has_value(); }, kLimit));
  REQUIRE(*frozen);
  CHECK(**frozen == 1);

  bool is_undeployed = false;
  node->services().undeploy("notes", [&](auto result) { is_undeployed = result.has_value(); });
  REQUIRE(loop.run_until([&] { return diary.back() == "destroyed" && is_undeployed; }, kLimit));
  CHECK(diary == Diary{"made", "start", "committed", "stop cancelled", "destroyed"});
  CHECK(loop.run_until([&] { return node->naming().resolve("notes").empty(); }));
}

TEST_CASE("services: leaving stops them; destroying the node does not, but destroys them") {
  LoopFixture loop;
  const TemporaryFolder folder;
  Diary diary;
  auto options = with_store(loop, folder);
  options.factories["notes"] = [&](const ServiceContext& context) {
    return std::make_unique<Diarist>(context, diary);
  };
  auto node = open_node(loop, std::move(options));
  node->services().deploy({.name = "notes"}, [](auto) {});
  REQUIRE(loop.run_until([&] { return node->naming().resolve("notes").size() == 1; }, kLimit));
  SECTION("leave") {
    bool is_left = false;
    node->leave(seconds{5}, [&](auto) { is_left = true; });
    REQUIRE(loop.run_until([&] { return is_left; }, kLimit));
    CHECK(diary == Diary{"made", "start", "committed", "stop cancelled", "destroyed"});
  }
  SECTION("destroy") {
    node.reset();
    CHECK(diary == Diary{"made", "start", "committed", "destroyed"});
  }
}

TEST_CASE("services: callbacks see every step, may veto, and may start what has no factory") {
  LoopFixture loop;
  const TemporaryFolder folder;
  Diary diary;
  int vetoes = 1;
  auto options = with_store(loop, folder);
  const auto note = [&](const char* step, const RedeployKey& key) {
    diary.push_back(std::string{step} + " " + key.service + " " + std::to_string(key.epoch));
  };
  options.redeploy.may_take = [&](const RedeployKey& key, const auto&, auto reply) {
    note("may_take", key);
    reply(true);
  };
  options.redeploy.before = [&](const RedeployKey& key, const auto&, auto reply) {
    note("before", key);
    if (vetoes-- > 0) return;  // Dropped: as good as an error.
    reply({});
  };
  options.redeploy.start = [&](const ServiceContext& context, auto reply) {
    note("start", {context.unit.service, 0, context.epoch});
    reply(Endpoint{"127.0.0.1", 5});
  };
  options.redeploy.stop = [&](const RedeployKey& key, const Error&, auto reply) {
    note("stop", key);
    reply();
  };
  options.redeploy.started = [&](const RedeployKey& key, const Endpoint&) { note("started", key); };
  options.redeploy.failed = [&](const RedeployKey& key, const Error&) { note("failed", key); };
  auto node = open_node(loop, std::move(options));
  node->services().deploy({.name = "shop"}, [](auto) {});
  REQUIRE(loop.run_until([&] { return node->naming().resolve("shop").size() == 1; }, kLimit));
  bool is_undeployed = false;
  node->services().undeploy("shop", [&](auto result) { is_undeployed = result.has_value(); });
  REQUIRE(loop.run_until([&] { return is_undeployed && diary.back() == "stop shop 2"; }, kLimit));
  CHECK(diary == Diary{"may_take shop 0", "before shop 1", "failed shop 1", "may_take shop 1",
                       "before shop 2", "start shop 2", "started shop 2", "stop shop 2"});
}

TEST_CASE("services: one that fails its start is destroyed when its own call has returned") {
  LoopFixture loop;
  const TemporaryFolder folder;
  Diary diary;
  class Failing final : public Service {
   public:
    Failing(ServiceContext context, Diary& diary) : context_(std::move(context)), diary_(diary) {}
    ~Failing() override { diary_.push_back("destroyed"); }
    void start(Started done) override {
      WriteBatch batch;
      batch.put("key", "value");
      context_.store->commit(std::move(batch), Durability::local,
                             [this, done = std::move(done)](auto) mutable {
                               Started answer = std::move(done);
                               context_.store.reset();  // And with it what may hold this call.
                               answer(fail(ErrorCode::unavailable, "no"));
                               diary_.push_back("still here");
                             });
    }
    void stop(const Error&, Stopped done) override { done(); }

   private:
    ServiceContext context_;
    Diary& diary_;
  };
  auto options = with_store(loop, folder);
  options.factories["failing"] = [&](const ServiceContext& context) {
    return std::make_unique<Failing>(context, diary);
  };
  options.redeploy.failed = [&](const RedeployKey&, const Error&) { diary.push_back("failed"); };
  auto node = open_node(loop, std::move(options));
  node->services().deploy({.name = "failing"}, [](auto) {});
  REQUIRE(loop.run_until([&] { return diary.size() >= 3; }, kLimit));
  CHECK(Diary(diary.begin(), diary.begin() + 3) == Diary{"still here", "failed", "destroyed"});
}

TEST_CASE("services: any thread may commit while the node closes") {
  LoopFixture loop;
  const TemporaryFolder folder;
  std::shared_ptr<Store> store;
  auto options = with_store(loop, folder);
  options.redeploy.start = [&](const ServiceContext& context, auto reply) {
    store = context.store;
    reply(Endpoint{"127.0.0.1", 5});
  };
  options.redeploy.stop = [](const RedeployKey&, const Error&, auto reply) { reply(); };
  auto node = open_node(loop, std::move(options));
  node->services().deploy({.name = "shop"}, [](auto) {});
  REQUIRE(loop.run_until([&] { return node->naming().resolve("shop").size() == 1; }, kLimit));
  std::atomic<bool> is_over{false};
  std::atomic<int> answers{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&, held = store] {
      while (!is_over) {
        WriteBatch batch;
        batch.put("key", "value");
        held->commit(std::move(batch), Durability::local, [&](auto) { ++answers; });
        std::this_thread::sleep_for(std::chrono::microseconds{100});
      }
    });
  }
  CHECK(loop.run_until([&] { return answers > 100; }, kLimit));
  bool is_closed = false;
  node->close([&] { is_closed = true; });
  CHECK(loop.run_until([&] { return is_closed; }, kLimit));
  node.reset();
  is_over = true;
  for (std::thread& writer : writers) writer.join();
}

TEST_CASE("services: a node without the factory takes nothing") {
  LoopFixture loop;
  const TemporaryFolder folder;
  auto node = open_node(loop, with_store(loop, folder));
  node->services().deploy({.name = "unknown"}, [](auto) {});
  REQUIRE(loop.run_until([&] { return node->services().list().size() == 1; }, kLimit));
  CHECK_FALSE(loop.run_until([&] { return !node->naming().resolve("unknown").empty(); },
                             std::chrono::milliseconds{500}));
  CHECK(node->services().list()[0].units.empty() == false);
  CHECK(node->services().list()[0].units[0].owner.is_zero());
}
