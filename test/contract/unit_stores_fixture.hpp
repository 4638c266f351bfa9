#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/unit_stores.hpp"
#include "wire/storage.hpp"

namespace gossamer::test {

/// Remembers what was committed, and answers at once as a listener without a journal would.
class RecordingListener final : public UnitStores::Listener {
 public:
  void on_committed(const UnitId& unit, Epoch epoch, journal::Commit commit, Durability,
                    Store::Committed done) override {
    const Sequence sequence = commit.sequence;
    commits.push_back({unit, epoch, std::move(commit)});
    if (before_answer) before_answer(sequence);
    done(sequence);
  }

  void on_broken(const UnitId& unit, Epoch epoch, const Error& error) override {
    broken.push_back({unit, epoch, error.code});
  }

  struct Broken {
    UnitId unit;
    Epoch epoch;
    ErrorCode code;
  };
  std::vector<Broken> broken;
  struct Heard {
    UnitId unit;
    Epoch epoch;
    journal::Commit commit;
  };
  std::vector<Heard> commits;
  UniqueFunction<void(Sequence)> before_answer;
};

inline const UnitId kUnit{"ledger", 0};

inline journal::Nonce nonce(std::uint8_t value) {
  journal::Nonce made;
  made.bytes.fill(value);
  return made;
}

inline WriteBatch one_put(std::string key, std::string value) {
  WriteBatch batch;
  batch.put(std::move(key), std::move(value));
  return batch;
}

inline journal::Commit journalled(Sequence sequence, std::string key, std::string value) {
  return {sequence, wire::encode_operations(one_put(std::move(key), std::move(value)))};
}

class UnitStoresFixture {
 public:
  virtual ~UnitStoresFixture() = default;
  /// The stores of two machines; what they tell goes to `listener`.
  virtual UnitStores& here() = 0;
  virtual UnitStores& elsewhere() = 0;
  /// As if the process of `here` had ended, orderly, and started again.
  virtual void restart_here() = 0;
  /// What may wait for the disk, and for the journal, until a commit is refused.
  virtual std::size_t waiting_bytes_max() const = 0;
  virtual std::size_t unshipped_bytes_max() const = 0;
  virtual void run_until(UniqueFunction<bool()> is_met) = 0;

  template <class T, class Start>
  Result<T> await(Start start) {
    auto answer = std::make_shared<std::optional<Result<T>>>();
    start(UniqueFunction<void(Result<T>)>{[answer](Result<T> result) {
      CHECK_FALSE(answer->has_value());
      answer->emplace(std::move(result));
    }});
    CHECK_FALSE(answer->has_value());  // Never from inside the call.
    run_until([answer] { return answer->has_value(); });
    return std::move(**answer);
  }

  journal::StoreState inspect(UnitStores& stores) {
    const auto state =
        await<journal::StoreState>([&](auto done) { stores.inspect(kUnit, std::move(done)); });
    REQUIRE(state.has_value());
    return *state;
  }
  UnitStores::Opened open(UnitStores& stores, Epoch epoch, std::uint8_t claim = 1) {
    const auto opened = await<UnitStores::Opened>(
        [&](auto done) { stores.open(kUnit, epoch, nonce(claim), std::move(done)); });
    REQUIRE(opened.has_value());
    return *opened;
  }
  void close(UnitStores& stores, ErrorCode code = ErrorCode::cancelled) {
    const auto closed = await<void>([&](auto done) {
      stores.close(kUnit, {code, "closed by the test"}, std::move(done));
    });
    REQUIRE(closed.has_value());
  }
  Result<Sequence> commit(Store& store, WriteBatch batch) {
    return await<Sequence>(
        [&](auto done) { store.commit(std::move(batch), Durability::local, std::move(done)); });
  }
  std::shared_ptr<Store> open_with(UnitStores& stores, int commit_count) {
    open(stores, 1);
    std::shared_ptr<Store> store = stores.serve(kUnit);
    REQUIRE(store != nullptr);
    for (int i = 1; i <= commit_count; ++i) {
      const auto sequence =
          commit(*store, one_put("key" + std::to_string(i), "value" + std::to_string(i)));
      REQUIRE(sequence.has_value());
      REQUIRE(*sequence == static_cast<Sequence>(i));
    }
    return store;
  }
  /// Whether the first byte of a checkpoint's file can be read.
  bool can_read(UnitStores& stores, std::uint64_t attempt, const std::string& name) {
    Bytes byte(1);
    return stores.checkpoint_file(kUnit, attempt, name)->read(0, byte).has_value();
  }
  /// Everything in the store, by its public interface.
  std::map<std::string, std::string> content(const Store& store) {
    std::map<std::string, std::string> all;
    const Result<void> scanned = store.scan("", "", [&](std::string_view key, std::string_view v) {
      all.emplace(key, v);
      return true;
    });
    REQUIRE(scanned.has_value());
    return all;
  }
  journal::CheckpointState checkpoint(UnitStores& stores, std::uint64_t attempt) {
    const auto state = await<journal::CheckpointState>(
        [&](auto done) { stores.checkpoint(kUnit, attempt, std::move(done)); });
    if (!state) FAIL(state.error().detail);
    return *state;
  }
  /// As the object store would carry them; `spoil` may change what arrives.
  using Spoil = UniqueFunction<void(const std::string& name, Bytes& bytes)>;
  void carry(const journal::CheckpointState& state, std::uint64_t attempt, Spoil spoil) {
    REQUIRE(await<void>([&](auto done) { elsewhere().begin_build(kUnit, std::move(done)); }));
    for (const journal::ManifestFile& file : state.files) {
      const auto source = here().checkpoint_file(kUnit, attempt, file.name);
      CHECK(source->size() == file.size);
      Bytes bytes(static_cast<std::size_t>(file.size));
      REQUIRE(source->read(0, bytes).has_value());
      CHECK(content_hash(bytes) == file.hash);
      if (spoil) spoil(file.name, bytes);
      const auto sink = elsewhere().build_file(kUnit, file);
      sink->restart();
      REQUIRE(sink->write(Bytes{1, 2, 3}).has_value());
      sink->restart();
      const std::size_t half = bytes.size() / 2;
      REQUIRE(sink->write(ByteView{bytes}.first(half)).has_value());
      REQUIRE(sink->write(ByteView{bytes}.subspan(half)).has_value());
    }
  }
  Result<void> adopt(const journal::CheckpointState& state) {
    auto manifest = std::make_shared<journal::Manifest>();
    manifest->unit = kUnit;
    manifest->sequence = state.sequence;
    manifest->files = state.files;
    return await<void>(
        [&](auto done) { elsewhere().adopt_build(kUnit, manifest, std::move(done)); });
  }

  RecordingListener listener;
};

}  // namespace gossamer::test
