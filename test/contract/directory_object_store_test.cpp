#include "objects/directory_object_store.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <deque>
#include <fstream>

#include "contract/disk_trace.hpp"
#include "contract/object_store_contract.hpp"
#include "contract/temporary_directory.hpp"
#include "contract/test_workers.hpp"
#include "loop/loop_fixture.hpp"
#include "objects/cluster_id.hpp"
#include "objects/create_probe.hpp"
#include "objects/object_store_url.hpp"

namespace gossamer::test {
namespace {

namespace fs = std::filesystem;

class DirectoryFixture final : public ObjectStoreFixture {
 public:
  DirectoryFixture() : store_(open_another()) {}
  ObjectStore& store() override { return *store_; }
  std::unique_ptr<ObjectStore> open_another() override {
    auto opened = objects::open_directory_object_store(directory / "shared", workers);
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }
  void run_until(UniqueFunction<bool()> is_met) override {
    workers.pump_until([&] { return is_met(); });
  }

  TemporaryDirectory directory;
  TestWorkers workers{8};

 private:
  std::unique_ptr<ObjectStore> store_;
};

// The permissions of root are no permissions: tests of refusal need another user.
class AsNobody {
 public:
  AsNobody() : is_root_(::geteuid() == 0) {
    if (is_root_) REQUIRE(::seteuid(65534) == 0);
  }
  ~AsNobody() {
    if (is_root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  const bool is_root_;
};

std::size_t count_files(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}

TEST_CASE("objects: the directory store keeps the contract of object stores", "[objects]") {
  DirectoryFixture objects;
  check_object_store_contract(objects);
  objects.workers.settle();
  CHECK(count_files(objects.directory.path() / "shared" / ".tmp") == 0);
}

TEST_CASE("objects: a node sees at once what another node created", "[objects]") {
  DirectoryFixture objects;
  const auto other = objects.open_another();
  REQUIRE(objects.create("journal/ledger/0/1", "claim").outcome == ObjectOutcome::ok);
  const auto listing = objects.workers.await<ObjectListing>(
      [&](auto done) { other->list("journal/", "", 10, std::move(done)); });
  CHECK(listing.keys == std::vector<std::string>{"journal/ledger/0/1"});
}

TEST_CASE("objects: the temporary folder is no place for objects", "[objects]") {
  DirectoryFixture objects;
  CHECK(objects.create(".tmp/x", "x").outcome == ObjectOutcome::refused);
  CHECK(objects.create(".tmp", "x").outcome == ObjectOutcome::refused);
  CHECK(objects.create("a/.tmp/x", "x").outcome == ObjectOutcome::ok);
  CHECK(objects.list("").keys == std::vector<std::string>{"a/.tmp/x"});
}

TEST_CASE("objects: a key that is a folder of others is refused, not taken for existing",
          "[objects]") {
  DirectoryFixture objects;
  REQUIRE(objects.create("a/b", "x").outcome == ObjectOutcome::ok);
  CHECK(objects.create("a", "x").outcome == ObjectOutcome::refused);
  CHECK(objects.put("a", "x").outcome == ObjectOutcome::refused);
  CHECK(objects.remove("a").outcome == ObjectOutcome::absent);
  CHECK(objects.create("a/b/c", "x").outcome == ObjectOutcome::refused);
}

TEST_CASE("objects: a folder that vanishes is made again", "[objects]") {
  DirectoryFixture objects;
  REQUIRE(objects.create("a/b/c", "x").outcome == ObjectOutcome::ok);
  fs::remove_all(objects.directory.path() / "shared" / "a");
  CHECK(objects.create("a/b/c", "y").outcome == ObjectOutcome::ok);
  CHECK(objects.get("a/b/c") == "y");
}

TEST_CASE("objects: remove of what is not there is absent", "[objects]") {
  DirectoryFixture objects;
  CHECK(objects.remove("nothing").outcome == ObjectOutcome::absent);
  CHECK(objects.remove("no/thing").outcome == ObjectOutcome::absent);
}

TEST_CASE("objects: foreign names in the directory are not listed", "[objects]") {
  DirectoryFixture objects;
  REQUIRE(objects.create("a", "x").outcome == ObjectOutcome::ok);
  const fs::path shared = objects.directory.path() / "shared";
  std::ofstream{shared / "with space"} << "x";
  fs::create_symlink("/etc/passwd", shared / "link");
  fs::create_directories(shared / "empty" / "deeper");
  CHECK(objects.list("").keys == std::vector<std::string>{"a"});
}

TEST_CASE("objects: what is no file occupies its key, and is refused by its name", "[objects]") {
  DirectoryFixture objects;
  const fs::path path = objects.directory.path() / "shared" / "taken";
  SECTION("a link") {
    fs::create_symlink("/etc/passwd", path);
  }
  SECTION("a link to nothing") {
    fs::create_symlink("/no/such/file", path);
  }
  SECTION("a pipe") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  }
  CHECK(objects.create("taken", "x").outcome == ObjectOutcome::exists);
  auto bytes = std::make_shared<Bytes>();
  const auto got = objects.workers.await<ObjectResult>([&](auto done) {
    objects.store().get("taken", std::nullopt, make_sink(bytes, 100), std::move(done));
  });
  CHECK(got.outcome == ObjectOutcome::refused);
  CHECK(got.detail == path.string() + " is not a file");
}

TEST_CASE("objects: many folders without keys do not hide those behind them", "[objects]") {
  DirectoryFixture objects;
  const fs::path shared = objects.directory.path() / "shared";
  for (int i = 100; i < 140; ++i) fs::create_directories(shared / ("e" + std::to_string(i)));
  REQUIRE(objects.create("z/1", "x").outcome == ObjectOutcome::ok);
  const ObjectListing page = objects.list("", "", 2);
  CHECK(page.keys == std::vector<std::string>{"z/1"});
  CHECK(page.is_last);
}

// As if it had been written two hours ago.
void write_old(const fs::path& path) {
  std::ofstream{path} << "x";
  const timespec times[2] = {{0, UTIME_OMIT}, {::time(nullptr) - 7200, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

TEST_CASE("objects: temporary files older than an hour go when the store is opened", "[objects]") {
  DirectoryFixture objects;
  const fs::path folder = objects.directory.path() / "shared" / ".tmp";
  const std::string made_by_us = "0123456789abcdef0123456789abcde";
  write_old(folder / (made_by_us + "0"));
  std::ofstream{folder / (made_by_us + "1")} << "x";
  // Names that no store makes: what somebody else put there stays.
  const std::vector<std::string> foreign{"old", made_by_us, made_by_us + "A", made_by_us + "00"};
  for (const std::string& name : foreign) write_old(folder / name);
  const auto other = objects.open_another();
  CHECK_FALSE(fs::exists(folder / (made_by_us + "0")));
  CHECK(fs::exists(folder / (made_by_us + "1")));
  for (const std::string& name : foreign) CHECK(fs::exists(folder / name));
}

TEST_CASE("objects: a temporary folder that is a link is refused, and what it leads to stays",
          "[objects]") {
  TemporaryDirectory directory;
  TestWorkers workers;
  const fs::path victim = directory.path() / "victim";
  const fs::path file = victim / "0123456789abcdef0123456789abcdef";
  fs::create_directories(victim);
  fs::create_directories(directory.path() / "shared");
  write_old(file);
  fs::create_symlink(victim, directory.path() / "shared" / ".tmp");
  const auto opened = objects::open_directory_object_store(directory / "shared", workers);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::io);
  CHECK(opened.error().detail.find("/shared/.tmp is not a folder") != std::string::npos);
  CHECK(fs::exists(file));
}

TEST_CASE("objects: an object is durable before it is acknowledged", "[objects]") {
  using Calls = std::vector<std::string>;
  DirectoryFixture objects;
  restart_disk_trace();
  REQUIRE(objects.create("a/b/1", "x").outcome == ObjectOutcome::ok);
  // The content, the two new folders in their parents, then the name.
  CHECK(disk_trace() == Calls{"sync file", "sync folder", "sync folder", "link", "sync folder"});
  restart_disk_trace();
  REQUIRE(objects.create("a/b/2", "x").outcome == ObjectOutcome::ok);
  CHECK(disk_trace() == Calls{"sync file", "link", "sync folder"});
  // What another node created may not be synced yet when we are told that it exists.
  restart_disk_trace();
  REQUIRE(objects.create("a/b/2", "x").outcome == ObjectOutcome::exists);
  CHECK(disk_trace() == Calls{"sync file", "link", "sync folder"});
  restart_disk_trace();
  REQUIRE(objects.put("a/b/2", "y").outcome == ObjectOutcome::ok);
  CHECK(disk_trace() == Calls{"sync file", "rename", "sync folder"});
  restart_disk_trace();
  REQUIRE(objects.remove("a/b/2").outcome == ObjectOutcome::ok);
  CHECK(disk_trace() == Calls{"sync folder"});
}

TEST_CASE("objects: a place that cannot be a store says why", "[objects]") {
  TemporaryDirectory directory;
  TestWorkers workers;
  std::ofstream{directory / "file"} << "x";
  const auto on_file = objects::open_directory_object_store(directory / "file", workers);
  REQUIRE_FALSE(on_file.has_value());
  CHECK(on_file.error().code == ErrorCode::io);
  CHECK(on_file.error().detail.find("not a directory") != std::string::npos);

  const auto nowhere = objects::open_directory_object_store(directory / "no/parent", workers);
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error().code == ErrorCode::io);
  CHECK_FALSE(objects::open_directory_object_store("", workers).has_value());

  REQUIRE(::chmod(directory.path().c_str(), 0555) == 0);
  const AsNobody nobody;
  const auto denied = objects::open_directory_object_store(directory.path().string(), workers);
  REQUIRE_FALSE(denied.has_value());
  CHECK(denied.error().code == ErrorCode::permission_denied);
  CHECK(denied.error().detail.find("not writable") != std::string::npos);
}

TEST_CASE("objects: what the operating system forbids is refused", "[objects]") {
  DirectoryFixture objects;
  const fs::path shared = objects.directory.path() / "shared";
  REQUIRE(::chmod(objects.directory.path().c_str(), 0755) == 0);
  REQUIRE(::chmod((shared / ".tmp").c_str(), 0777) == 0);
  REQUIRE(objects.create("closed/a", "x").outcome == ObjectOutcome::ok);
  const AsNobody nobody;
  CHECK(objects.create("closed/b", "x").outcome == ObjectOutcome::refused);
  CHECK(objects.put("closed/b", "x").outcome == ObjectOutcome::refused);
  CHECK(objects.remove("closed/a").outcome == ObjectOutcome::refused);
  CHECK(objects.create("new/b", "x").outcome == ObjectOutcome::refused);
  CHECK(objects.get("closed/a") == "x");
}

TEST_CASE("objects: a source that breaks leaves nothing", "[objects]") {
  class Broken final : public ByteSource {
   public:
    std::uint64_t size() const override { return 10; }
    Result<void> read(std::uint64_t, std::span<std::uint8_t>) override {
      return fail(ErrorCode::io, "the source broke");
    }
  };
  DirectoryFixture objects;
  const auto result = objects.workers.await<ObjectResult>(
      [&](auto done) { objects.store().create("a", std::make_shared<Broken>(), std::move(done)); });
  CHECK(result.outcome == ObjectOutcome::unknown);
  CHECK(result.detail == "the source broke");
  CHECK(objects.get("a") == "<absent>");
  CHECK(count_files(objects.directory.path() / "shared" / ".tmp") == 0);
}

TEST_CASE("objects: what finds no room is refused and leaves nothing", "[objects]") {
  DirectoryFixture objects;
  // A limit of the process stands in for a full disk.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const ObjectResult created = objects.create("a", std::string(5000, 'x'));
  const ObjectResult put = objects.put("a", std::string(5000, 'x'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, old_handler);
  CHECK(created.outcome == ObjectOutcome::refused);
  CHECK(put.outcome == ObjectOutcome::refused);
  CHECK(objects.get("a") == "<absent>");
  CHECK(count_files(objects.directory.path() / "shared" / ".tmp") == 0);
}

TEST_CASE("objects: nothing is called back after the store is gone", "[objects]") {
  DirectoryFixture objects;
  auto other = objects.open_another();
  bool called = false;
  for (int i = 0; i < 50; ++i) {
    other->create("k" + std::to_string(i), make_source(Bytes(100'000)),
                  [&](ObjectResult) { called = true; });
  }
  other.reset();
  objects.workers.settle();
  CHECK_FALSE(called);
  CHECK(count_files(objects.directory.path() / "shared" / ".tmp") == 0);
}

TEST_CASE("objects: a URL names its store", "[objects]") {
  TemporaryDirectory directory;
  TestWorkers workers;
  LoopFixture on;
  aws::Session session{on.loop(), workers, {}, 1};
  const auto opened = objects::make_object_store("dir:" + (directory / "shared"), workers, session);
  REQUIRE(opened.has_value());
  CHECK((*opened)->place() == "dir:" + (directory / "shared"));
  struct Row {
    const char* url;
    const char* words;
  };
  for (const Row& row : {Row{"ftp://key:secret@host/x", "known: dir:PATH, s3://BUCKET/PREFIX"},
                         Row{"/path", "dir:"}, Row{"", "dir:"}, Row{"dir:", "dir:"},
                         Row{"s3://key:secret@bucket/x", "credentials do not belong in a URL"}}) {
    CAPTURE(row.url);
    const auto refused = objects::make_object_store(row.url, workers, session);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    CHECK(refused.error().detail.find(row.words) != std::string::npos);
    CHECK(refused.error().detail.find("secret") == std::string::npos);
  }
}

// Answers as the script says, then as the store behind it does.
class ScriptedStore final : public ObjectStore {
 public:
  enum class Create { honest, unknown_but_done, unknown, refused, overwrite, lie };

  ScriptedStore(ObjectStore& real, TestWorkers& workers, std::vector<Create> script)
      : real_(real), workers_(workers), script_(script.begin(), script.end()) {}

  std::string_view place() const noexcept override { return "script:"; }
  void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
           Done done) override {
    real_.get(std::move(key), range, std::move(sink), std::move(done));
  }
  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    ++creates;
    Create what = Create::honest;
    if (!script_.empty()) {
      what = script_.front();
      script_.pop_front();
    }
    switch (what) {
      case Create::honest: return real_.create(key, source, std::move(done));
      case Create::overwrite: return real_.put(key, source, std::move(done));
      case Create::unknown_but_done:
        return real_.create(key, source, [done = std::move(done)](ObjectResult) mutable {
          done({ObjectOutcome::unknown, "reset"});
        });
      case Create::unknown: return answer(std::move(done), {ObjectOutcome::unknown, "timeout"});
      case Create::refused: return answer(std::move(done), {ObjectOutcome::refused, "501"});
      case Create::lie:
        return real_.put(key, source, [done = std::move(done)](ObjectResult) mutable {
          done({ObjectOutcome::exists, "412"});
        });
    }
  }
  void put(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    real_.put(std::move(key), std::move(source), std::move(done));
  }
  void remove(std::string key, Done done) override {
    real_.remove(std::move(key), std::move(done));
  }
  void list(std::string prefix, std::string after, std::size_t limit, Listed done) override {
    real_.list(std::move(prefix), std::move(after), limit, std::move(done));
  }

  int creates = 0;

 private:
  void answer(Done done, ObjectResult result) {
    workers_.post([done = std::move(done), result]() mutable { done(result); });
  }

  ObjectStore& real_;
  TestWorkers& workers_;
  std::deque<Create> script_;
};

using Script = std::vector<ScriptedStore::Create>;

TEST_CASE("objects: the cluster id is what the first node created", "[objects]") {
  using Create = ScriptedStore::Create;
  const auto script = GENERATE(values<Script>(
      {{},
       {Create::unknown},
       {Create::unknown_but_done},
       {Create::unknown, Create::refused},
       {Create::unknown, Create::unknown, Create::unknown, Create::unknown_but_done}}));
  DirectoryFixture objects;
  ScriptedStore flaky{objects.store(), objects.workers, script};
  const auto find = [&](ObjectStore& store, const char* candidate, const char* cluster = "shop") {
    return objects.workers.await<Result<std::string>>(
        [&](auto done) { objects::ensure_cluster_id(store, candidate, cluster, std::move(done)); });
  };
  const auto first = find(flaky, "aaaa");
  REQUIRE(first.has_value());
  CHECK(*first == "aaaa");
  CHECK(find(flaky, "bbbb").value_or("") == "aaaa");
  CHECK(find(objects.store(), "cccc").value_or("") == "aaaa");

  const auto other = find(objects.store(), "dddd", "shpo");
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code == ErrorCode::invalid_argument);
  CHECK(other.error().detail.find("'shop'") != std::string::npos);
  CHECK(other.error().detail.find("'shpo'") != std::string::npos);
}

TEST_CASE("objects: a cluster id without a name belongs to a cluster of any name", "[objects]") {
  DirectoryFixture objects;
  REQUIRE(objects.create("cluster-id", "aaaa").outcome == ObjectOutcome::ok);
  const auto id = objects.workers.await<Result<std::string>>([&](auto done) {
    objects::ensure_cluster_id(objects.store(), "bbbb", "shop", std::move(done));
  });
  CHECK(id.value_or("") == "aaaa");
}

TEST_CASE("objects: a store that does not answer gives no cluster id", "[objects]") {
  using Create = ScriptedStore::Create;
  DirectoryFixture objects;
  ScriptedStore silent{objects.store(), objects.workers, Script(100, Create::unknown)};
  const auto none = objects.workers.await<Result<std::string>>(
      [&](auto done) { objects::ensure_cluster_id(silent, "aaaa", "shop", std::move(done)); });
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == ErrorCode::unavailable);
  CHECK(silent.creates == 5);

  REQUIRE(objects.create("cluster-id", "not an id\n").outcome == ObjectOutcome::ok);
  const auto foreign = objects.workers.await<Result<std::string>>([&](auto done) {
    objects::ensure_cluster_id(objects.store(), "aaaa", "shop", std::move(done));
  });
  REQUIRE_FALSE(foreign.has_value());
  CHECK(foreign.error().code == ErrorCode::corrupted);
}

TEST_CASE("objects: the probe passes only a store that honours create-only", "[objects]") {
  using Create = ScriptedStore::Create;
  struct Row {
    const char* why;
    Script script;
    std::optional<ErrorCode> error;
  };
  const auto row = GENERATE(values<Row>({
      {"honest", {}, std::nullopt},
      {"first answer lost", {Create::unknown_but_done}, std::nullopt},
      {"second answer lost", {Create::honest, Create::unknown}, std::nullopt},
      {"overwrites", {Create::honest, Create::overwrite}, ErrorCode::version_mismatch},
      {"overwrites and says that it does not",
       {Create::honest, Create::lie},
       ErrorCode::version_mismatch},
      {"says exists of what it made", {Create::lie}, std::nullopt},
      {"says exists of everything, and overwrites",
       {Create::lie, Create::lie},
       ErrorCode::version_mismatch},
      {"knows no conditional put", {Create::refused}, ErrorCode::permission_denied},
      {"refuses the second", {Create::honest, Create::refused}, ErrorCode::permission_denied},
      {"never answers", Script(100, Create::unknown), ErrorCode::unavailable},
  }));
  CAPTURE(row.why);
  DirectoryFixture objects;
  ScriptedStore store{objects.store(), objects.workers, row.script};
  const auto result = objects.workers.await<Result<void>>(
      [&](auto done) { objects::probe_create_only(store, "0123abcd", std::move(done)); });
  CHECK(result.has_value() == !row.error.has_value());
  if (!result && row.error) {
    CHECK(result.error().code == *row.error);
    CHECK(result.error().detail.find("cannot be used for claims") != std::string::npos);
  }
  CHECK(objects.list("").keys.empty());
}

}  // namespace
}  // namespace gossamer::test
