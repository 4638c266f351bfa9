#pragma once

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <string>

#include "gossamer/node.hpp"
#include "loop_fixture.hpp"

namespace gossamer::test {

inline NodeOptions node_options(const std::string& name, const std::string& seed = "") {
  NodeOptions options{.name = name, .cluster = "test"};
  options.bind = {"127.0.0.1", 0};
  options.is_insecure = true;
  options.membership = MembershipOptions::fast();
  if (!seed.empty()) options.discovery_urls = {"static:" + seed};
  return options;
}

inline std::unique_ptr<Node> open_node(LoopFixture& fixture, NodeOptions options) {
  auto opened = Node::open(fixture.uv(), std::move(options));
  INFO((opened ? std::string{} : opened.error().detail));
  REQUIRE(opened);
  return std::move(*opened);
}

/// How an object store of a test misbehaves.
enum class Manners : unsigned char { good, overwrites, silent, away };

/// Objects in memory, answered at the loop's next turn.
class MemoryObjects final : public ObjectStore {
 public:
  MemoryObjects(UvLoop& loop, Manners manners)
      : manners_(manners), timer_(loop, [this] { answer(); }) {}

  std::string_view place() const noexcept override { return "memory:"; }
  void get(std::string key, std::optional<Range>, std::shared_ptr<ByteSink> sink,
           Done done) override {
    later([this, key, sink, done = std::move(done)]() mutable {
      const auto at = objects_.find(key);
      if (at == objects_.end()) return done({ObjectOutcome::absent, "absent"});
      sink->restart();
      done({sink->write(at->second) ? ObjectOutcome::ok : ObjectOutcome::unknown, ""});
    });
  }
  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    later([this, key, source, done = std::move(done)]() mutable {
      if (manners_ == Manners::away) return done({ObjectOutcome::unknown, "out of reach"});
      if (manners_ != Manners::overwrites && objects_.count(key) > 0) {
        return done({ObjectOutcome::exists, "exists"});
      }
      store(key, *source);
      done({ObjectOutcome::ok, ""});
    });
  }
  void put(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    later([this, key, source, done = std::move(done)]() mutable {
      store(key, *source);
      done({ObjectOutcome::ok, ""});
    });
  }
  void remove(std::string key, Done done) override {
    later([this, key, done = std::move(done)]() mutable {
      done({objects_.erase(key) > 0 ? ObjectOutcome::ok : ObjectOutcome::absent, ""});
    });
  }
  void list(std::string prefix, std::string after, std::size_t limit, Listed done) override {
    later([this, prefix, after, limit, done = std::move(done)]() mutable {
      ObjectListing listing;
      listing.result.outcome = ObjectOutcome::ok;
      for (const auto& [key, bytes] : objects_) {
        if (key.compare(0, prefix.size(), prefix) != 0 || key <= after) continue;
        if (listing.keys.size() == limit) {
          listing.is_last = false;
          break;
        }
        listing.keys.push_back(key);
      }
      done(std::move(listing));
    });
  }

  /// From now on.
  void become(Manners manners) { manners_ = manners; }
  std::size_t count(const std::string& prefix) const {
    return static_cast<std::size_t>(
        std::count_if(objects_.begin(), objects_.end(),
                      [&](const auto& object) { return object.first.starts_with(prefix); }));
  }

 private:
  void later(UniqueFunction<void()> task) {
    tasks_.push_back(std::move(task));
    if (manners_ != Manners::silent) timer_.arm(Duration{0});
  }
  void answer() {
    std::deque<UniqueFunction<void()>> due;
    due.swap(tasks_);
    for (auto& task : due) task();
  }
  void store(const std::string& key, ByteSource& source) {
    Bytes bytes(source.size());
    REQUIRE(source.read(0, bytes));
    objects_[key] = std::move(bytes);
  }

  Manners manners_;
  std::map<std::string, Bytes> objects_;
  std::deque<UniqueFunction<void()>> tasks_;
  UvTimer timer_;
};

/// A directory of its own for a test, gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "gossamer-loop-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace gossamer::test
