#include "store/rocks_unit_stores.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <thread>

#include "contract/disk_trace.hpp"
#include "contract/temporary_directory.hpp"
#include "contract/test_workers.hpp"
#include "contract/unit_stores_contract.hpp"

namespace gossamer::test {
namespace {

namespace fs = std::filesystem;

constexpr store::UnitStoreLimits kLimits{4 * 1024 * 1024, 12 * 1024 * 1024};

class RocksFixture final : public UnitStoresFixture {
 public:
  RocksFixture() {
    fs::create_directory(directory.path() / "here");
    fs::create_directory(directory.path() / "elsewhere");
    here_ = open_on("here");
    elsewhere_ = open_on("elsewhere");
  }
  UnitStores& here() override { return *here_; }
  UnitStores& elsewhere() override { return *elsewhere_; }
  void restart_here() override {
    here_.reset();
    workers.settle();
    here_ = open_on("here");
  }
  void run_until(UniqueFunction<bool()> is_met) override {
    workers.pump_until([&] { return is_met(); });
  }

  std::size_t waiting_bytes_max() const override { return kLimits.waiting_bytes_max; }
  std::size_t unshipped_bytes_max() const override { return kLimits.unshipped_bytes_max; }

  /// The state of the disk as a power cut or kill -9 would leave it now.
  void crash_here() {
    fs::copy(directory.path() / "here", directory.path() / "copy", fs::copy_options::recursive);
    fs::remove_all(directory.path() / "elsewhere");
    elsewhere_.reset();
    fs::rename(directory.path() / "copy", directory.path() / "elsewhere");
    elsewhere_ = open_on("elsewhere");
  }

  fs::path unit_path(const char* machine = "here") const {
    return directory.path() / machine / "units" / "ledger.0";
  }

  TemporaryDirectory directory;
  TestWorkers workers;

 private:
  std::unique_ptr<UnitStores> open_on(const char* machine) {
    auto stores = store::open_unit_stores(directory / machine, workers, kLimits);
    stores->set_listener(&listener);
    return stores;
  }

  std::unique_ptr<UnitStores> here_;
  std::unique_ptr<UnitStores> elsewhere_;
};

TEST_CASE("store: RocksDB keeps the contract of unit stores", "[store]") {
  RocksFixture units;
  check_unit_stores_contract(units);
}

TEST_CASE("store: what was acknowledged is there after a crash", "[store]") {
  RocksFixture units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 30);
  const auto before = units.content(*store);
  units.crash_here();
  const journal::StoreState state = units.inspect(units.elsewhere());
  CHECK(state.sequence == 30);
  CHECK(state.opened_under == 1);
  const UnitStores::Opened opened = units.open(units.elsewhere(), 2);
  CHECK(opened.tail.size() == 30);
  CHECK(units.content(*units.elsewhere().serve(kUnit)) == before);
}

TEST_CASE("store: a claim that was recorded is there after a crash", "[store]") {
  RocksFixture units;
  units.open_with(units.here(), 1);
  units.close(units.here());
  REQUIRE(units.await<void>(
      [&](auto done) { units.here().record_claim(kUnit, nonce(4), std::move(done)); }));
  units.crash_here();
  CHECK(units.inspect(units.elsewhere()).claims == std::vector<journal::Nonce>{nonce(1), nonce(4)});
}

TEST_CASE("store: what is acknowledged was synced", "[store]") {
  RocksFixture units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 1);
  for (int i = 0; i < 3; ++i) {
    restart_disk_trace();
    REQUIRE(units.commit(*store, one_put("k", "v")).has_value());
    CHECK(synced_files() == 1);
  }
  restart_disk_trace();
  units.here().trim(kUnit, 2);
  units.workers.settle();
  CHECK(synced_files() == 0);

  restart_disk_trace();
  std::size_t answered = 0;
  for (int i = 0; i < 500; ++i) {
    store->commit(one_put("k", "v"), Durability::local, [&](Result<Sequence>) { ++answered; });
  }
  units.run_until([&] { return answered == 500; });
  CHECK(synced_files() >= 1);
  CHECK(synced_files() < 250);  // Grouped.

  units.close(units.here());
  restart_disk_trace();
  REQUIRE(units.await<void>(
      [&](auto done) { units.here().record_claim(kUnit, nonce(4), std::move(done)); }));
  CHECK(synced_files() >= 1);
  units.open(units.here(), 2);
  restart_disk_trace();
  REQUIRE(units.await<Sequence>([&](auto done) {
    units.here().apply(kUnit, {journalled(505, "a", "1"), journalled(506, "b", "1")},
                       std::move(done));
  }));
  CHECK(synced_files() == 1);
}

TEST_CASE("store: a build is synced whole before it takes its place", "[store]") {
  RocksFixture units;
  units.open_with(units.here(), 20);
  const journal::CheckpointState state = units.checkpoint(units.here(), 1);
  units.carry(state, 1, {});
  restart_disk_trace();
  REQUIRE(units.adopt(state).has_value());
  const std::vector<std::string> calls = disk_trace();
  REQUIRE(calls.size() > state.files.size() + 5);
  const std::vector<std::string> last(calls.end() - 5, calls.end());
  CHECK(last ==
        std::vector<std::string>{"sync folder", "rename", "sync folder", "rename", "sync folder"});
  const auto synced = std::count(calls.begin(), calls.end(), "sync file");
  CHECK(static_cast<std::size_t>(synced) >= state.files.size());
}

// A build counts from the moment that it is called `adopt`.
TEST_CASE("store: a crash during adoption leaves the old store or the new", "[store]") {
  struct Row {
    const char* why;
    const char* from;
    const char* to;
    bool db_moved_aside;
    Sequence sequence;
  };
  const auto row = GENERATE(values<Row>({
      {"before the build counts", "build", "build", false, 3},
      {"when the build counts", "build", "adopt", false, 7},
      {"when the old store is aside", "build", "adopt", true, 7},
  }));
  CAPTURE(row.why);
  RocksFixture units;
  units.open_with(units.here(), 7);
  const journal::CheckpointState state = units.checkpoint(units.here(), 1);
  units.carry(state, 1, {});
  REQUIRE(units.adopt(state).has_value());
  const fs::path unit = units.unit_path("elsewhere");
  fs::rename(unit / "db", unit / "finished");
  units.open_with(units.elsewhere(), 3);
  units.close(units.elsewhere());
  fs::rename(unit / "finished", unit / row.to);
  if (row.db_moved_aside) fs::rename(unit / "db", unit / "aside");
  fs::create_directory(unit / "fresh");

  const journal::StoreState found = units.inspect(units.elsewhere());
  CHECK(found.exists);
  CHECK(found.sequence == row.sequence);
  CHECK_FALSE(fs::exists(unit / "adopt"));
  CHECK_FALSE(fs::exists(unit / "fresh"));
  CHECK(fs::exists(unit / "aside") == (row.sequence == 7));
  CHECK(units.open(units.elsewhere(), 2).sequence == row.sequence);
}

TEST_CASE("store: a store that was made halfway is made again", "[store]") {
  RocksFixture units;
  fs::create_directories(units.unit_path() / "fresh");
  std::ofstream{units.unit_path() / "fresh" / "CURRENT"} << "garbage";
  CHECK_FALSE(units.inspect(units.here()).exists);
  CHECK(units.open(units.here(), 1).sequence == 0);
}

void spoil(const fs::path& file) {
  const auto size = fs::file_size(file);
  REQUIRE(size > 0);
  std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
  stream.seekg(static_cast<std::streamoff>(size / 2));
  const char byte = static_cast<char>(stream.get() ^ 0x40);
  stream.seekp(static_cast<std::streamoff>(size / 2));
  stream.put(byte);
}

TEST_CASE("store: a damaged store is corrupted and left untouched", "[store]") {
  RocksFixture units;
  units.open_with(units.here(), 40);
  units.checkpoint(units.here(), 1);  // Flushes, so that there are tables.
  const std::shared_ptr<Store> store = units.here().serve(kUnit);
  REQUIRE(units.commit(*store, one_put("k", std::string(3000, 'x'))).has_value());
  REQUIRE(units.commit(*store, one_put("l", std::string(3000, 'x'))).has_value());
  units.close(units.here());
  const std::string what = GENERATE("MANIFEST", "CURRENT", "lost CURRENT", "lost table", "log");
  CAPTURE(what);
  const fs::path db = units.unit_path() / "db";
  for (const auto& entry : fs::directory_iterator{db}) {
    const std::string name = entry.path().filename().string();
    const bool is_table = entry.path().extension() == ".sst";
    const bool is_log = entry.path().extension() == ".log" && fs::file_size(entry.path()) > 0;
    if (name.rfind(what, 0) == 0 || (what == "log" && is_log)) spoil(entry.path());
    if (what == "lost CURRENT" && name == "CURRENT") fs::remove(entry.path());
    if (what == "lost table" && is_table) fs::remove(entry.path());
  }
  const auto count = [&] {
    return std::distance(fs::directory_iterator{db}, fs::directory_iterator{});
  };
  const auto files = count();
  const auto state = units.await<journal::StoreState>(
      [&](auto done) { units.here().inspect(kUnit, std::move(done)); });
  REQUIRE_FALSE(state.has_value());
  CHECK(state.error().code == ErrorCode::corrupted);
  const auto opened = units.await<UnitStores::Opened>(
      [&](auto done) { units.here().open(kUnit, 2, nonce(1), std::move(done)); });
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::corrupted);
  CHECK_FALSE(opened.error().detail.empty());
  CHECK(count() >= files);
  // It can be set aside, and life goes on.
  REQUIRE(units.await<void>([&](auto done) { units.here().set_aside(kUnit, std::move(done)); }));
  CHECK(units.open(units.here(), 2).sequence == 0);
  CHECK(fs::exists(units.unit_path() / "aside"));
}

/// While it lives no file of this process may grow, as on a full disk.
struct FullDisk {
  FullDisk() {
    std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &none) == 0);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before{};
};

TEST_CASE("store: a failed write is told once, and opening again finds all that was acknowledged",
          "[store]") {
  RocksFixture units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 3);
  std::vector<ErrorCode> failures;
  {
    const FullDisk full;
    for (int i = 0; i < 3; ++i) {
      const auto done = units.commit(*store, one_put("lost", std::string(100'000, 'x')));
      REQUIRE_FALSE(done.has_value());
      failures.push_back(done.error().code);
    }
    units.run_until([&] { return !units.listener.broken.empty(); });
  }
  CHECK(failures == std::vector<ErrorCode>(3, ErrorCode::io));
  CHECK(units.commit(*store, one_put("late", "x")).error().code == ErrorCode::io);
  REQUIRE(units.listener.broken.size() == 1);
  CHECK(units.listener.broken[0].unit == kUnit);
  CHECK(units.listener.broken[0].epoch == 1);
  CHECK(units.listener.broken[0].code == ErrorCode::io);
  units.close(units.here());
  const UnitStores::Opened opened = units.open(units.here(), 2);
  CHECK(opened.sequence >= 3);
  const auto again = units.here().serve(kUnit);
  CHECK(units.content(*again).at("key3") == "value3");
  CHECK(units.commit(*again, one_put("k", "v")).value() == opened.sequence + 1);
}

TEST_CASE("store: a damaged value is told to its reader", "[store]") {
  RocksFixture units;
  units.open_with(units.here(), 40);
  units.checkpoint(units.here(), 1);
  units.close(units.here());
  for (const auto& entry : fs::directory_iterator{units.unit_path() / "db"}) {
    if (entry.path().extension() != ".sst") continue;
    // The first block of a table holds its values.
    std::fstream stream{entry.path(), std::ios::in | std::ios::out | std::ios::binary};
    stream.seekp(20);
    stream.put('\x7f');
  }
  const auto opened = units.await<UnitStores::Opened>(
      [&](auto done) { units.here().open(kUnit, 2, nonce(1), std::move(done)); });
  // Its own facts lie in a table as well.
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::corrupted);
}

TEST_CASE("store: a checkpoint holds exactly the commits that its sequence says", "[store]") {
  RocksFixture units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 0);
  // Commit i writes key i, so that a content and a sequence can be compared.
  std::atomic<bool> is_over{false};
  std::atomic<int> answered{0};
  int committed = 0;
  std::thread writer{[&] {
    while (!is_over) {
      if (committed - answered > 50) {
        std::this_thread::yield();
        continue;
      }
      ++committed;
      store->commit(one_put(std::to_string(committed), std::string(200, 'x')), Durability::local,
                    [&](Result<Sequence>) { ++answered; });
    }
  }};
  units.run_until([&] { return answered > 100; });
  for (std::uint64_t attempt = 1; attempt <= 5; ++attempt) {
    const journal::CheckpointState state = units.checkpoint(units.here(), attempt);
    units.carry(state, attempt, {});
    const auto adopted = units.adopt(state);
    if (!adopted) FAIL_CHECK(adopted.error().detail);
    units.open(units.elsewhere(), attempt);
    const auto content = units.content(*units.elsewhere().serve(kUnit));
    CHECK(content.size() == state.sequence);
    CHECK(content.count(std::to_string(state.sequence)) == 1);
    units.close(units.elsewhere());
    units.here().trim(kUnit, state.sequence);
  }
  is_over = true;
  writer.join();
  units.run_until([&] { return answered == committed; });
}

TEST_CASE("store: a file that did not change keeps its name and hash", "[store]") {
  RocksFixture units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 10);
  const journal::CheckpointState first = units.checkpoint(units.here(), 1);
  REQUIRE(units.commit(*store, one_put("more", "x")).has_value());
  const journal::CheckpointState second = units.checkpoint(units.here(), 2);
  std::size_t same = 0;
  for (const journal::ManifestFile& file : second.files) {
    if (file.name.find(".sst") == std::string::npos) continue;
    for (const journal::ManifestFile& other : first.files) same += file == other ? 1 : 0;
  }
  CHECK(same >= 3);
}

TEST_CASE("store: commits come from many threads", "[store]") {
  RocksFixture units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 0);
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        store->commit(one_put(std::to_string(t) + "/" + std::to_string(i), "x"), Durability::local,
                      [&](Result<Sequence> done) { answered += done ? 1 : 0; });
        if (i % 50 == 0) (void)store->get("0/0");
      }
    });
  }
  units.run_until([&] { return answered == kThreads * kEach; });
  for (std::thread& thread : threads) thread.join();
  CHECK(store->durable_sequence(Durability::local) == kThreads * kEach);
  CHECK(units.content(*store).size() == kThreads * kEach);
  for (std::size_t i = 0; i < units.listener.commits.size(); ++i) {
    REQUIRE(units.listener.commits[i].commit.sequence == i + 1);
  }
}

TEST_CASE("store: a handle may outlive everything", "[store]") {
  std::shared_ptr<Store> store;
  bool answered = false;
  {
    RocksFixture units;
    store = units.open_with(units.here(), 3);
    for (int i = 0; i < 50; ++i) {
      store->commit(one_put("k", "v"), Durability::local, [](Result<Sequence>) {});
    }
  }
  store->commit(one_put("k", "v"), Durability::local, [&](Result<Sequence>) { answered = true; });
  CHECK_FALSE(answered);
  CHECK(store->get("key1").error().code == ErrorCode::fenced);
  CHECK_FALSE(store->scan("", "", [](auto, auto) { return true; }).has_value());
}

TEST_CASE("store: a reader in the middle of a scan delays the next opening", "[store]") {
  RocksFixture units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 10);
  std::atomic<bool> is_inside{false};
  std::atomic<bool> may_leave{false};
  std::atomic<int> seen{0};
  std::thread reader{[&] {
    (void)store->scan("", "", [&](std::string_view, std::string_view) {
      is_inside = true;
      while (!may_leave) std::this_thread::yield();
      ++seen;
      return true;
    });
  }};
  while (!is_inside) std::this_thread::yield();
  units.close(units.here());
  std::optional<Result<UnitStores::Opened>> opened;
  units.here().open(kUnit, 2, nonce(2), [&](auto result) { opened = std::move(result); });
  units.workers.settle();
  CHECK_FALSE(opened.has_value());
  may_leave = true;
  units.run_until([&] { return opened.has_value(); });
  reader.join();
  CHECK(seen == 10);
  CHECK(opened->has_value());
}

// The child's half of the next test.
TEST_CASE("store: a child that commits until it is killed", "[.child]") {
  const char* path = std::getenv("GOSSAMER_TEST_PATH");
  REQUIRE(path != nullptr);
  TestWorkers workers;
  RecordingListener listener;
  auto stores = store::open_unit_stores(path, workers);
  stores->set_listener(&listener);
  bool is_open = false;
  stores->open(kUnit, 1, nonce(1), [&](auto result) { is_open = result.has_value(); });
  workers.pump_until([&] { return is_open; });
  const auto store = stores->serve(kUnit);
  for (Sequence i = 1;; ++i) {
    store->commit(one_put(std::to_string(i), "x"), Durability::local, [](Result<Sequence> done) {
      const std::string line = std::to_string(done.value_or(0)) + "\n";
      if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
    });
    if (i % 8 == 0) workers.pump_until([&] { return listener.commits.size() >= i - 8; });
  }
}

TEST_CASE("store: kill -9 loses nothing that was acknowledged", "[store]") {
  RocksFixture units;
  const std::string path = "GOSSAMER_TEST_PATH=" + (units.directory / "here");
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const char* arguments[] = {"child", "store: a child that commits until it is killed", nullptr};
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    environment.push_back(*variable);
  environment.push_back(const_cast<char*>(path.c_str()));
  environment.push_back(nullptr);
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, const_cast<char**>(arguments),
                        environment.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);

  std::string told;
  char buffer[256];
  while (std::count(told.begin(), told.end(), '\n') < 200) {
    const ssize_t got = ::read(ends[0], buffer, sizeof buffer);
    REQUIRE(got > 0);
    told.append(buffer, static_cast<std::size_t>(got));
  }
  REQUIRE(::kill(child, SIGKILL) == 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    told.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  told.resize(told.rfind('\n'));
  const Sequence acknowledged = std::stoull(told.substr(told.rfind('\n') + 1));
  CHECK(acknowledged >= 200);

  const UnitStores::Opened opened = units.open(units.here(), 2);
  CHECK(opened.sequence >= acknowledged);
  CHECK(opened.tail.size() == opened.sequence);
  CHECK(units.content(*units.here().serve(kUnit)).size() == opened.sequence);
}

}  // namespace
}  // namespace gossamer::test
