#include "store/rocks_node_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "contract/disk_trace.hpp"
#include "contract/temporary_directory.hpp"
#include "contract/test_workers.hpp"

namespace gossamer::test {
namespace {

namespace fs = std::filesystem;

struct Place {
  TemporaryDirectory directory;
  TestWorkers workers;
  std::string path = directory / "data";

  Result<store::OpenedNodeStore> open(const std::string& machine = "machine-1") {
    return store::open_node_store(path, workers, machine);
  }
  /// A start and an orderly end.
  store::NodeData start(const std::string& machine = "machine-1") {
    Result<store::OpenedNodeStore> opened = open(machine);
    if (!opened) FAIL(opened.error().detail);
    store::NodeData data = std::move(opened->data);
    opened->store.reset();
    workers.settle();
    return data;
  }
  std::string key() const { return path + "/identity.key"; }
};

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

Bytes bytes(std::string_view text) {
  return to_bytes(text);
}

TEST_CASE("store: a node keeps its identity and its boot counter grows", "[store]") {
  Place place;
  const store::NodeData first = place.start();
  CHECK(first.boot == 1);
  CHECK(first.made_new);
  CHECK(first.replaced_because.empty());
  CHECK(mode_of(place.path) == 0700);
  CHECK(mode_of(place.key()) == 0600);
  for (std::uint64_t boot = 2; boot <= 4; ++boot) {
    const store::NodeData next = place.start();
    CHECK(next.boot == boot);
    CHECK_FALSE(next.made_new);
    CHECK(next.identity_seed == first.identity_seed);
  }
  Place other;
  CHECK(other.start().identity_seed != first.identity_seed);
}

TEST_CASE("store: the identity asked for is the one of the next start, and a running node's own",
          "[store]") {
  Place place;
  const auto asked = store::find_identity(place.path, "machine-1");
  REQUIRE(asked.has_value());
  CHECK(mode_of(place.key()) == 0600);
  CHECK(store::find_identity(place.path, "machine-1") == asked);
  auto running = place.open();
  REQUIRE(running.has_value());
  CHECK(running->data.identity_seed == *asked);
  CHECK_FALSE(running->data.made_new);
  CHECK(store::find_identity(place.path, "machine-1") == asked);
  running->store.reset();
  place.workers.settle();
  // On another machine a start would make another, so that one is told.
  const auto elsewhere = store::find_identity(place.path, "machine-2");
  REQUIRE(elsewhere.has_value());
  CHECK(*elsewhere != *asked);
  CHECK(place.start("machine-2").identity_seed == *elsewhere);
}

TEST_CASE("store: a secret is kept in a file of its own that only its owner may read", "[store]") {
  Place place;
  auto opened = place.open();
  REQUIRE(opened.has_value());
  CHECK(opened->data.kept_keys.empty());
  int answered = 0;
  const auto note = [&](Result<void> kept) {
    CHECK(kept.has_value());
    ++answered;
  };
  opened->store->keep_secret("cluster.keys", bytes("first"), note);
  opened->store->keep_secret("cluster.keys", bytes("second"), note);
  place.workers.pump_until([&] { return answered == 2; });
  place.workers.settle();
  opened->store.reset();
  CHECK(mode_of(place.path + "/cluster.keys") == 0600);
  CHECK(place.start().kept_keys == bytes("second"));
}

TEST_CASE("store: a secret that others may read, or that is no file, keeps the node from starting",
          "[store]") {
  Place place;
  place.start();
  const std::string path = place.path + "/cluster.keys";
  std::ofstream{path} << "x";
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const auto readable = place.open();
  REQUIRE_FALSE(readable.has_value());
  CHECK(readable.error().code == ErrorCode::permission_denied);
  fs::remove(path);
  fs::create_directory(path);
  const auto folder = place.open();
  REQUIRE_FALSE(folder.has_value());
  CHECK(folder.error().code == ErrorCode::corrupted);
}

TEST_CASE("store: what a node persisted or cached is there at its next start", "[store]") {
  Place place;
  auto opened = place.open();
  REQUIRE(opened.has_value());
  CHECK(opened->data.cached.empty());
  std::vector<int> answered;
  const auto note = [&](int which) {
    return [&answered, which](Result<void> done) {
      CHECK(done.has_value());
      answered.push_back(which);
    };
  };
  opened->store->cache({{"b", bytes("cached")}, {"c", bytes("goes")}});
  opened->store->persist({{"a", bytes("1")}, {"b", bytes("2")}}, note(1));
  opened->store->persist({{"a", bytes("3")}}, note(2));
  opened->store->cache({{"d", bytes("")}});
  opened->store->persist({{"c", std::nullopt}}, note(3));
  opened->store->persist({}, note(4));
  CHECK(answered.empty());
  place.workers.pump_until([&] { return answered.size() == 4; });
  CHECK(answered == std::vector<int>{1, 2, 3, 4});
  place.workers.settle();
  opened->store.reset();
  place.workers.settle();

  const store::NodeData data = place.start();
  REQUIRE(data.cached.size() == 3);
  CHECK(data.cached[0].key == "a");
  CHECK(data.cached[0].value == bytes("3"));
  CHECK(data.cached[1].value == bytes("2"));
  CHECK(data.cached[2].key == "d");
}

TEST_CASE("store: what is persisted is synced and what is cached is not", "[store]") {
  Place place;
  restart_disk_trace();
  auto opened = place.open();
  REQUIRE(opened.has_value());
  CHECK(synced_files() >= 2);  // The key and the boot counter.
  restart_disk_trace();
  opened->store->cache({{"a", bytes("1")}});
  place.workers.settle();
  CHECK(synced_files() == 0);
  for (int i = 0; i < 3; ++i) {
    restart_disk_trace();
    bool done = false;
    opened->store->persist({{"a", bytes("2")}}, [&](Result<void>) { done = true; });
    place.workers.pump_until([&] { return done; });
    CHECK(synced_files() == 1);
  }
}

TEST_CASE("store: more of a node's state than may wait is refused", "[store]") {
  Place place;
  auto opened = place.open();
  REQUIRE(opened.has_value());
  // The first is taken at once; what is told while it is written waits.
  int ok = 0;
  int refused = 0;
  for (int i = 0; i < 3; ++i) {
    opened->store->persist({{"k", Bytes(40'000'000)}}, [&](Result<void> done) {
      done ? ++ok : ++refused;
      if (!done) CHECK(done.error().code == ErrorCode::resource_exhausted);
    });
  }
  opened->store->cache({{"skipped", Bytes(40'000'000)}});
  place.workers.pump_until([&] { return ok + refused == 3; });
  CHECK(ok == 2);
  CHECK(refused == 1);
  opened->store.reset();
  place.workers.settle();
  CHECK(place.start().cached.size() == 1);
}

TEST_CASE("store: nothing is called back after the node's store is gone", "[store]") {
  Place place;
  auto opened = place.open();
  REQUIRE(opened.has_value());
  bool called = false;
  opened->store->persist({{"a", bytes("1")}}, [&](Result<void>) { called = true; });
  opened->store->persist({{"a", bytes("2")}}, [&](Result<void>) { called = true; });
  opened->store.reset();
  place.workers.settle();
  CHECK_FALSE(called);
}

TEST_CASE("store: a key that others could read is refused", "[store]") {
  Place place;
  place.start();
  const mode_t mode = GENERATE(0644U, 0640U, 0620U, 0601U);
  REQUIRE(::chmod(place.key().c_str(), mode) == 0);
  const auto opened = place.open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::permission_denied);
  CHECK(opened.error().detail.find("chmod 600") != std::string::npos);
  REQUIRE(::chmod(place.key().c_str(), 0600) == 0);
  CHECK(place.start().boot == 2);
}

TEST_CASE("store: a key that is no key is corrupted and left", "[store]") {
  Place place;
  place.start();
  fs::resize_file(place.key(), 31);
  const auto opened = place.open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::corrupted);
  CHECK(fs::file_size(place.key()) == 31);
}

TEST_CASE("store: a key that is no file is told as that, and not waited for", "[store]") {
  Place place;
  place.start();
  fs::remove(place.key());
  std::string what;
  SECTION("a pipe") {
    REQUIRE(::mkfifo(place.key().c_str(), 0600) == 0);
    what = "a pipe";
  }
  SECTION("a folder") {
    fs::create_directory(place.key());
    what = "is a folder";
  }
  const auto opened = place.open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::corrupted);
  CHECK(opened.error().detail.find(what) != std::string::npos);
  CHECK(opened.error().detail.find("chmod") == std::string::npos);
}

TEST_CASE("store: a copied data directory gets a new identity on its machine", "[store]") {
  Place place;
  const store::NodeData original = place.start("machine-1");
  const store::NodeData unnamed = place.start("");
  CHECK(unnamed.identity_seed == original.identity_seed);
  const store::NodeData clone = place.start("machine-2");
  CHECK(clone.made_new);
  CHECK(clone.identity_seed != original.identity_seed);
  CHECK(clone.boot == 3);
  CHECK(clone.replaced_because.find("machine-2") != std::string::npos);
  CHECK(fs::exists(place.key() + ".replaced-3"));
  CHECK(mode_of(place.key() + ".replaced-3") == 0600);
  const store::NodeData again = place.start("machine-2");
  CHECK(again.identity_seed == clone.identity_seed);
  CHECK_FALSE(again.made_new);
}

TEST_CASE("store: an identity whose boot counter is lost is not used again", "[store]") {
  Place place;
  const store::NodeData first = place.start();
  fs::remove_all(place.path + "/node");
  const store::NodeData second = place.start();
  CHECK(second.made_new);
  CHECK(second.identity_seed != first.identity_seed);
  CHECK_FALSE(second.replaced_because.empty());
}

TEST_CASE("store: two nodes do not share a data directory", "[store]") {
  Place place;
  SECTION("in one process") {
    const auto first = place.open();
    REQUIRE(first.has_value());
    const auto second = place.open();
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == ErrorCode::already_exists);
    CHECK(second.error().detail.find("another node") != std::string::npos);
  }
  SECTION("in two processes") {
    place.start();
    const std::string lock = place.path + "/node/LOCK";
    int ready[2];
    int over[2];
    REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(over, O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const int file = ::open(lock.c_str(), O_RDWR | O_CREAT, 0644);
      struct flock wanted {};
      wanted.l_type = F_WRLCK;
      const char told = ::fcntl(file, F_SETLK, &wanted) == 0 ? 'y' : 'n';
      char ignored = 0;
      if (::write(ready[1], &told, 1) != 1) ::_exit(1);
      ::close(over[1]);
      ::_exit(::read(over[0], &ignored, 1) == 0 ? 0 : 1);
    }
    REQUIRE(child > 0);
    char told = 0;
    REQUIRE(::read(ready[0], &told, 1) == 1);
    CHECK(told == 'y');
    const auto second = place.open();
    for (const int end : {ready[0], ready[1], over[0], over[1]}) ::close(end);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == ErrorCode::already_exists);
    CHECK(place.start().boot == 2);
  }
}

TEST_CASE("store: a damaged node store is corrupted and left untouched", "[store]") {
  Place place;
  {
    auto opened = place.open();
    REQUIRE(opened.has_value());
    bool done = false;
    opened->store->persist({{"a", Bytes(100'000)}}, [&](Result<void>) { done = true; });
    place.workers.pump_until([&] { return done; });
    place.workers.settle();
  }
  place.start();  // Recovery turns the log into tables.
  std::string manifest;
  for (const auto& entry : fs::directory_iterator{place.path + "/node"}) {
    if (entry.path().filename().string().rfind("MANIFEST", 0) == 0) manifest = entry.path();
  }
  REQUIRE_FALSE(manifest.empty());
  SECTION("a damaged MANIFEST") {
    std::fstream stream{manifest, std::ios::in | std::ios::out | std::ios::binary};
    stream.seekp(20);
    stream.put('\x7f');
  }
  SECTION("a lost CURRENT") {
    fs::remove(place.path + "/node/CURRENT");
  }
  const auto opened = place.open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::corrupted);
  CHECK(fs::exists(manifest));
}

TEST_CASE("store: a CURRENT lost at the first boot leaves all as it was", "[store]") {
  Place place;
  place.start();
  fs::remove(place.path + "/node/CURRENT");
  const auto names = [&] {
    std::set<std::string> all;
    for (const auto& entry : fs::directory_iterator{place.path + "/node"}) {
      all.insert(entry.path().filename());
    }
    return all;
  };
  const std::set<std::string> before = names();
  const auto opened = place.open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::corrupted);
  CHECK(names() == before);
}

TEST_CASE("store: a data directory that cannot be used says why", "[store]") {
  TemporaryDirectory directory;
  TestWorkers workers;
  std::ofstream{directory / "file"} << "x";
  for (const char* where : {"file", "no/parent", "file/below"}) {
    CAPTURE(where);
    const auto opened = store::open_node_store(directory / where, workers, "m");
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::io);
    CHECK(opened.error().detail.find("data directory") != std::string::npos);
  }
}

}  // namespace
}  // namespace gossamer::test
