#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/ports/object_store.hpp"
#include "ports/unit_stores.hpp"
#include "wire/storage.hpp"

namespace gossamer::driver {

/// What the toys' objects are sealed under.
inline const wire::DataKey kToyDataKey{{7}};

/// A loop and its clock. What ports answer is posted, so never from inside the call.
struct ToyLoop {
  Instant now{std::chrono::seconds{1000}};
  std::deque<UniqueFunction<void()>> posted{};

  void post(UniqueFunction<void()> task) { posted.push_back(std::move(task)); }
  void run_posted() {
    while (!posted.empty()) {
      UniqueFunction<void()> task = std::move(posted.front());
      posted.pop_front();
      task();
    }
  }
};

/// Objects in memory.
class ToyObjects final : public ObjectStore {
 public:
  explicit ToyObjects(ToyLoop& loop) : loop_(loop) {}

  std::map<std::string, Bytes> held{};
  std::map<std::string, int> asked{};  ///< Gets of a key.
  bool is_silent = false;              ///< Gets are answered as unknown.
  /// Creates of these keys happen and are answered as unknown, so many times.
  std::map<std::string, int> forgets_answer{};
  /// Answers to creates that it picks wait in `waiting`.
  std::function<bool(const std::string& key)> holds{};
  std::vector<UniqueFunction<void()>> waiting{};

  void hold(const std::string& key, const ownership::SpecVersion& spec) {
    held[key] = wire::encode_spec(spec, {kToyDataKey, key});
  }
  void hold(const std::string& key, const journal::JournalEntry& entry) {
    held[key] = wire::encode_journal_entry(entry, {kToyDataKey, key});
  }
  void let_go() {
    holds = nullptr;
    for (auto& task : std::exchange(waiting, {})) loop_.post(std::move(task));
  }
  int count(const std::string& prefix) const {
    return static_cast<int>(std::count_if(held.begin(), held.end(), [&](const auto& item) {
      return item.first.compare(0, prefix.size(), prefix) == 0;
    }));
  }

  std::string_view place() const noexcept override { return "toy:"; }
  void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
           Done done) override {
    ++asked[key];
    loop_.post([this, key = std::move(key), range, sink = std::move(sink),
                done = std::move(done)]() mutable {
      const auto found = held.find(key);
      if (is_silent) return done({ObjectOutcome::unknown, "timed out"});
      if (found == held.end()) return done({ObjectOutcome::absent, key});
      sink->restart();
      const std::size_t size =
          range ? std::min<std::size_t>(range->length, found->second.size()) : found->second.size();
      const auto written = sink->write(ByteView{found->second}.first(size));
      done(written ? ObjectResult{ObjectOutcome::ok}
                   : ObjectResult{ObjectOutcome::unknown, "sink"});
    });
  }
  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    UniqueFunction<void()> task = [this, key, source = std::move(source),
                                   done = std::move(done)]() mutable {
      Bytes bytes(source->size());
      (void)source->read(0, bytes);
      const bool is_new = held.emplace(key, std::move(bytes)).second;
      if (forgets_answer[key]-- > 0) return done({ObjectOutcome::unknown, "timed out"});
      done({is_new ? ObjectOutcome::ok : ObjectOutcome::exists});
    };
    if (holds && holds(key)) return waiting.push_back(std::move(task));
    loop_.post(std::move(task));
  }
  void put(std::string, std::shared_ptr<ByteSource>, Done) override {}
  void remove(std::string key, Done done) override {
    loop_.post([this, key = std::move(key), done = std::move(done)]() mutable {
      done({held.erase(key) > 0 ? ObjectOutcome::ok : ObjectOutcome::absent});
    });
  }
  void list(std::string prefix, std::string after, std::size_t limit, Listed done) override {
    loop_.post([this, prefix = std::move(prefix), after = std::move(after), limit,
                done = std::move(done)]() mutable {
      ObjectListing page{{ObjectOutcome::ok}};
      for (auto at = held.lower_bound(std::max(prefix, after)); at != held.end(); ++at) {
        if (at->first.compare(0, prefix.size(), prefix) != 0) break;
        if (at->first <= after) continue;
        page.is_last = page.keys.size() < limit;
        if (!page.is_last) break;
        page.keys.push_back(at->first);
      }
      done(std::move(page));
    });
  }

 private:
  ToyLoop& loop_;
};

/// Local stores that hold nothing but their commits.
class ToyStores final : public UnitStores {
 public:
  explicit ToyStores(ToyLoop& loop) : loop_(loop) {}

  struct Place {
    bool exists = false;
    std::vector<journal::Commit> commits{};
    Sequence frozen = 0;
    Epoch opened_under = 0;
    std::vector<journal::Nonce> claims{};
  };
  std::map<UnitId, Place> places{};
  bool breaks = false;              ///< The next commit's write fails, and with it the store.
  std::function<void()> opening{};  ///< Happens while a store is opened.

  void set_listener(Listener* listener) override { listener_ = listener; }
  void inspect(const UnitId& unit, Done<journal::StoreState> done) override {
    const Place& place = places[unit];
    answer<journal::StoreState>(
        std::move(done),
        journal::StoreState{place.exists, place.opened_under, place.claims, place.commits.size()});
  }
  void record_claim(const UnitId& unit, const journal::Nonce& nonce, Done<void> done) override {
    places[unit].claims.push_back(nonce);
    answer<void>(std::move(done), {});
  }
  void set_aside(const UnitId& unit, Done<void> done) override {
    places[unit] = {};
    answer<void>(std::move(done), {});
  }
  void begin_build(const UnitId&, Done<void> done) override { answer<void>(std::move(done), {}); }
  std::shared_ptr<ByteSink> build_file(const UnitId&, const journal::ManifestFile&) override {
    return make_sink(std::make_shared<Bytes>(), 1024);
  }
  void adopt_build(const UnitId&, std::shared_ptr<const journal::Manifest>,
                   Done<void> done) override {
    answer<void>(std::move(done), {});
  }
  void open(const UnitId& unit, Epoch epoch, const journal::Nonce& nonce,
            Done<Opened> done) override {
    Place& place = places[unit];
    place.exists = true;
    place.opened_under = epoch;
    place.claims = {nonce};
    open_[unit] = std::make_shared<Handle>(*this, unit, epoch);
    if (opening) std::exchange(opening, nullptr)();
    Opened opened{place.commits.size(), {}};
    for (const journal::Commit& commit : place.commits) {
      if (commit.sequence > place.frozen) opened.tail.push_back(commit);
    }
    answer<Opened>(std::move(done), std::move(opened));
  }
  void apply(const UnitId& unit, std::vector<journal::Commit> commits,
             Done<Sequence> done) override {
    Place& place = places[unit];
    for (journal::Commit& commit : commits) {
      if (commit.sequence == place.commits.size() + 1) place.commits.push_back(std::move(commit));
    }
    answer<Sequence>(std::move(done), Sequence{place.commits.size()});
  }
  std::shared_ptr<Store> serve(const UnitId& unit) override {
    const auto found = open_.find(unit);
    return found == open_.end() ? nullptr : found->second;
  }
  void checkpoint(const UnitId& unit, std::uint64_t, Done<journal::CheckpointState> done) override {
    answer<journal::CheckpointState>(std::move(done),
                                     journal::CheckpointState{places[unit].commits.size(), {}});
  }
  std::shared_ptr<ByteSource> checkpoint_file(const UnitId&, std::uint64_t,
                                              const std::string&) override {
    return make_source({});
  }
  void drop_checkpoint(const UnitId&, std::uint64_t) override {}
  void trim(const UnitId& unit, Sequence through) override {
    places[unit].frozen = std::max(places[unit].frozen, through);
  }
  void close(const UnitId& unit, Error reason, Done<void> done) override {
    const auto found = open_.find(unit);
    if (found != open_.end()) {
      found->second->end = std::move(reason);
      open_.erase(found);
    }
    answer<void>(std::move(done), {});
  }

 private:
  struct Handle final : Store {
    Handle(ToyStores& stores_given, UnitId unit_given, Epoch epoch_given)
        : stores(stores_given), id(std::move(unit_given)), of(epoch_given) {}
    const UnitId& unit() const override { return id; }
    Epoch epoch() const override { return of; }
    Result<std::optional<std::string>> get(std::string_view) const override { return std::nullopt; }
    Result<void> scan(
        std::string_view, std::string_view,
        const std::function<bool(std::string_view, std::string_view)>&) const override {
      return {};
    }
    void commit(WriteBatch batch, Durability durability, Committed done) override {
      stores.commit(*this, wire::encode_operations(batch), durability, std::move(done));
    }
    Sequence durable_sequence(Durability) const override { return stores.places[id].frozen; }

    ToyStores& stores;
    UnitId id;
    Epoch of;
    std::optional<Error> end{};
  };
  template <class T>
  void answer(Done<T> done, Result<T> result) {
    loop_.post([done = std::move(done), result = std::move(result)]() mutable {
      done(std::move(result));
    });
  }
  void commit(Handle& handle, Bytes bytes, Durability durability, Store::Committed done) {
    if (handle.end) return answer<Sequence>(std::move(done), tl::unexpected(*handle.end));
    if (breaks) {
      breaks = false;
      handle.end = Error{ErrorCode::io, "no space left on device"};
      loop_.post([this, unit = handle.id, epoch = handle.of, error = *handle.end] {
        listener_->on_broken(unit, epoch, error);
      });
      return answer<Sequence>(std::move(done), tl::unexpected(*handle.end));
    }
    auto& commits = places[handle.id].commits;
    commits.push_back({commits.size() + 1, std::move(bytes)});
    loop_.post([this, unit = handle.id, epoch = handle.of, commit = commits.back(), durability,
                done = std::move(done)]() mutable {
      listener_->on_committed(unit, epoch, std::move(commit), durability, std::move(done));
    });
  }

  ToyLoop& loop_;
  Listener* listener_ = nullptr;
  std::map<UnitId, std::shared_ptr<Handle>> open_{};
};

}  // namespace gossamer::driver
