#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/unit_stores_fixture.hpp"

// What every adapter of UnitStores must do. A suite for one more is a fixture and a test case that
// calls check_unit_stores_contract.

namespace gossamer::test {

inline void check_commits(UnitStoresFixture& units) {
  CHECK(units.here().serve(kUnit) == nullptr);
  CHECK_FALSE(units.inspect(units.here()).exists);
  const UnitStores::Opened opened = units.open(units.here(), 7);
  CHECK(opened.sequence == 0);
  CHECK(opened.tail.empty());
  const std::shared_ptr<Store> store = units.here().serve(kUnit);
  REQUIRE(store != nullptr);
  CHECK(store->epoch() == 7);
  CHECK(store->unit() == kUnit);
  CHECK(store->get("a").value() == std::nullopt);

  WriteBatch batch;
  batch.put("a", "1");
  batch.put("b/1", "2");
  batch.put("b/2", "3");
  batch.put("c", "4");
  batch.remove("a");
  CHECK(units.commit(*store, batch).value() == 1);
  CHECK(store->get("a").value() == std::nullopt);
  CHECK(store->get("b/1").value() == "2");
  CHECK(store->durable_sequence(Durability::local) == 1);
  CHECK(store->durable_sequence(Durability::frozen) == 0);

  std::vector<std::string> seen;
  const auto collect = [&](std::string_view key, std::string_view) {
    seen.emplace_back(key);
    return seen.size() < 2;
  };
  CHECK(store->scan("b/", "", collect).has_value());
  CHECK(seen == std::vector<std::string>{"b/1", "b/2"});
  seen.clear();
  CHECK(store->scan("b/", "b/2", collect).has_value());
  CHECK(seen == std::vector<std::string>{"b/2"});

  REQUIRE(units.listener.commits.size() == 1);
  CHECK(units.listener.commits[0].epoch == 7);
  CHECK(units.listener.commits[0].commit.sequence == 1);
  CHECK(units.listener.commits[0].commit.bytes == wire::encode_operations(batch));
}

inline void check_order(UnitStoresFixture& units) {
  const std::shared_ptr<Store> store = units.open_with(units.here(), 0);
  std::vector<Sequence> answered;
  constexpr Sequence kCount = 500;
  for (Sequence i = 1; i <= kCount; ++i) {
    store->commit(one_put("k", std::to_string(i)), Durability::local, [&](Result<Sequence> done) {
      REQUIRE(done.has_value());
      answered.push_back(*done);
    });
  }
  CHECK(answered.empty());
  units.run_until([&] { return answered.size() == kCount; });
  for (Sequence i = 1; i <= kCount; ++i) {
    REQUIRE(answered[i - 1] == i);
    REQUIRE(units.listener.commits[i - 1].commit == journalled(i, "k", std::to_string(i)));
  }
  CHECK(store->get("k").value() == std::to_string(kCount));
}

inline void check_reopen(UnitStoresFixture& units) {
  units.open_with(units.here(), 5);
  units.here().trim(kUnit, 2);
  // Not synced by itself, but it goes with the next commit.
  const std::shared_ptr<Store> store = units.here().serve(kUnit);
  CHECK(store->durable_sequence(Durability::frozen) == 2);
  REQUIRE(units.commit(*store, one_put("key6", "value6")).has_value());
  const auto before = units.content(*store);
  units.close(units.here());
  units.restart_here();

  const journal::StoreState state = units.inspect(units.here());
  CHECK(state.exists);
  CHECK(state.sequence == 6);
  CHECK(state.opened_under == 1);
  CHECK(state.claims == std::vector<journal::Nonce>{nonce(1)});

  const UnitStores::Opened opened = units.open(units.here(), 2, 9);
  CHECK(opened.sequence == 6);
  REQUIRE(opened.tail.size() == 4);
  for (Sequence i = 3; i <= 6; ++i) {
    CHECK(opened.tail[i - 3] ==
          journalled(i, "key" + std::to_string(i), "value" + std::to_string(i)));
  }
  const std::shared_ptr<Store> again = units.here().serve(kUnit);
  CHECK(again->durable_sequence(Durability::local) == 6);
  CHECK(again->durable_sequence(Durability::frozen) == 2);
  CHECK(units.content(*again) == before);
  CHECK(units.commit(*again, one_put("x", "y")).value() == 7);

  const journal::StoreState while_open = units.inspect(units.here());
  CHECK(while_open.sequence == 7);
  CHECK(while_open.opened_under == 2);
  CHECK(while_open.claims == std::vector<journal::Nonce>{nonce(9)});
}

inline void check_claims(UnitStoresFixture& units) {
  CHECK_FALSE(units.await<void>(
      [&](auto done) { units.here().record_claim(kUnit, nonce(2), std::move(done)); }));
  units.open_with(units.here(), 1);
  const auto while_open = units.await<void>(
      [&](auto done) { units.here().record_claim(kUnit, nonce(2), std::move(done)); });
  CHECK_FALSE(while_open.has_value());
  units.close(units.here());
  for (const std::uint8_t claim : {std::uint8_t{2}, std::uint8_t{3}}) {
    CHECK(units.await<void>(
        [&](auto done) { units.here().record_claim(kUnit, nonce(claim), std::move(done)); }));
  }
  units.restart_here();
  const journal::StoreState state = units.inspect(units.here());
  CHECK(state.claims == std::vector<journal::Nonce>{nonce(1), nonce(2), nonce(3)});
  CHECK(state.opened_under == 1);
  units.open(units.here(), 5, 3);
  units.close(units.here());
  CHECK(units.inspect(units.here()).claims == std::vector<journal::Nonce>{nonce(3)});
  CHECK(units.inspect(units.here()).opened_under == 5);
}

inline void check_apply(UnitStoresFixture& units) {
  const auto apply = [&](std::vector<journal::Commit> commits) {
    return units.await<Sequence>(
        [&](auto done) { units.here().apply(kUnit, std::move(commits), std::move(done)); });
  };
  CHECK_FALSE(apply({journalled(1, "a", "1")}).has_value());  // Not open.
  units.open(units.here(), 1);
  CHECK(apply({}).value() == 0);
  CHECK(apply({journalled(1, "a", "1"), journalled(2, "b", "1")}).value() == 2);
  CHECK(apply({journalled(1, "a", "old"), journalled(2, "b", "old")}).value() == 2);
  CHECK(apply({journalled(2, "b", "old"), journalled(3, "c", "1")}).value() == 3);
  const auto gap = apply({journalled(5, "e", "1")});
  REQUIRE_FALSE(gap.has_value());
  CHECK(gap.error().code == ErrorCode::corrupted);
  const auto garbage = apply({{4, {1, 2, 3}}});
  CHECK_FALSE(garbage.has_value());

  const std::shared_ptr<Store> store = units.here().serve(kUnit);
  CHECK(units.content(*store) ==
        std::map<std::string, std::string>{{"a", "1"}, {"b", "1"}, {"c", "1"}});
  CHECK(store->durable_sequence(Durability::frozen) == 3);
  CHECK(units.commit(*store, one_put("d", "1")).value() == 4);
  CHECK_FALSE(apply({journalled(5, "e", "1")}).has_value());  // It serves.
  units.close(units.here());
  const UnitStores::Opened opened = units.open(units.here(), 2);
  CHECK(opened.sequence == 4);
  REQUIRE(opened.tail.size() == 1);
  CHECK(opened.tail[0].sequence == 4);
}

inline void check_close(UnitStoresFixture& units) {
  const std::shared_ptr<Store> store = units.open_with(units.here(), 3);
  std::vector<std::optional<Error>> answers;
  const auto note = [&](Result<Sequence> done) {
    answers.push_back(done ? std::nullopt : std::optional<Error>{done.error()});
  };
  for (int i = 0; i < 100; ++i) store->commit(one_put("late", "x"), Durability::local, note);
  bool is_closed = false;
  const Error reason{ErrorCode::fenced, "somebody claimed"};
  units.here().close(kUnit, reason, [&](Result<void> closed) {
    CHECK(closed.has_value());
    is_closed = true;
  });
  CHECK(units.here().serve(kUnit) == nullptr);
  store->commit(one_put("later", "x"), Durability::local, note);
  units.run_until([&] { return is_closed && answers.size() == 101; });
  Sequence unknown = 0;
  for (const auto& answer : answers) {
    REQUIRE(answer.has_value());
    const bool is_unknown = answer->code == ErrorCode::unknown_outcome;
    unknown += is_unknown ? 1 : 0;
    CHECK((is_unknown || answer->code == ErrorCode::fenced));
    CHECK(answer->detail == "somebody claimed");
  }
  CHECK(units.listener.commits.size() == 3);
  CHECK(store->get("key3").value() == "value3");

  // Another epoch opens it: the old handle must not see what the new one writes, nor write.
  // What it holds and was not acknowledged, it said that nobody knows.
  CHECK(units.open(units.here(), 2).sequence <= 3 + unknown);
  CHECK(store->get("key3").error().code == ErrorCode::fenced);
  CHECK(units.here().serve(kUnit)->get("later").value() == std::nullopt);
  const auto refused = units.commit(*store, one_put("a", "b"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::fenced);
  units.close(units.here());
  units.close(units.here());  // Closing what is closed is fine.
}

inline void check_close_from_listener(UnitStoresFixture& units) {
  const std::shared_ptr<Store> store = units.open_with(units.here(), 0);
  bool is_closed = false;
  units.listener.before_answer = [&](Sequence) {
    units.here().close(kUnit, {ErrorCode::fenced, "closed by a commit"},
                       [&](Result<void>) { is_closed = true; });
  };
  int ok = 0;
  int fenced = 0;
  for (int i = 0; i < 20; ++i) {
    store->commit(one_put("k", "v"), Durability::local, [&](Result<Sequence> done) {
      done ? ++ok : ++fenced;
      if (!done)
        CHECK((done.error().code == ErrorCode::fenced ||
               done.error().code == ErrorCode::unknown_outcome));
    });
  }
  units.run_until([&] { return is_closed && ok + fenced == 20; });
  CHECK(ok == 1);
  CHECK(units.listener.commits.size() == 1);
}

inline void check_commit_bounds(UnitStoresFixture& units) {
  const std::shared_ptr<Store> store = units.open_with(units.here(), 0);
  CHECK(
      units.commit(*store, one_put("k", std::string(WriteBatch::kBytesMax - 1, 'x'))).has_value());
  const auto too_big = units.commit(*store, one_put("k", std::string(WriteBatch::kBytesMax, 'x')));
  REQUIRE_FALSE(too_big.has_value());
  CHECK(too_big.error().code == ErrorCode::resource_exhausted);
  WriteBatch many;
  for (int i = 0; i < 200'000; ++i) many.remove("");
  const auto too_many = units.commit(*store, std::move(many));
  REQUIRE_FALSE(too_many.has_value());
  CHECK(too_many.error().code == ErrorCode::resource_exhausted);
  WriteBatch one_too_many;  // Though they take no bytes, and not much in the journal.
  for (std::size_t i = 0; i <= WriteBatch::kOperationsMax; ++i) one_too_many.remove("");
  const auto refusal = units.commit(*store, std::move(one_too_many));
  REQUIRE_FALSE(refusal.has_value());
  CHECK(refusal.error().code == ErrorCode::resource_exhausted);

  // What does not fit is refused and the rest is written.
  const std::size_t fitting = units.waiting_bytes_max() / 500'000;
  const std::size_t count = fitting + 10;
  std::size_t ok = 0;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < count; ++i) {
    store->commit(one_put("k", std::string(500'000, 'x')), Durability::local,
                  [&](Result<Sequence> done) {
                    done ? ++ok : ++refused;
                    if (!done) CHECK(done.error().code == ErrorCode::resource_exhausted);
                  });
  }
  units.run_until([&] { return ok + refused == count; });
  CHECK(ok >= fitting - 1);
  CHECK(refused >= 1);
  CHECK(units.commit(*store, one_put("k", "after")).has_value());
}

inline void check_unshipped_bound(UnitStoresFixture& units) {
  const std::shared_ptr<Store> store = units.open_with(units.here(), 0);
  const std::size_t fitting = units.unshipped_bytes_max() / 500'000;
  std::optional<Error> refusal;
  Sequence last = 0;
  for (std::size_t i = 0; i < fitting + 10 && !refusal; ++i) {
    const auto done = units.commit(*store, one_put("k", std::string(500'000, 'x')));
    if (done) last = *done;
    if (!done) refusal = done.error();
  }
  REQUIRE(refusal.has_value());
  CHECK(refusal->code == ErrorCode::resource_exhausted);
  CHECK(refusal->detail.find("journal") != std::string::npos);
  CHECK(last >= fitting - 1);
  units.here().trim(kUnit, last - 1);
  CHECK(units.commit(*store, one_put("k", "after")).has_value());
}

inline void check_freeze_and_thaw(UnitStoresFixture& units) {
  const std::shared_ptr<Store> store = units.open_with(units.here(), 50);
  const auto frozen = units.content(*store);
  const journal::CheckpointState state = units.checkpoint(units.here(), 3);
  CHECK(state.sequence == 50);
  REQUIRE(units.commit(*store, one_put("after", "x")).has_value());

  units.carry(state, 3, {});
  REQUIRE(units.adopt(state).has_value());
  const journal::StoreState adopted = units.inspect(units.elsewhere());
  CHECK(adopted.exists);
  CHECK(adopted.sequence == 50);
  CHECK(adopted.opened_under == 0);
  CHECK(adopted.claims.empty());

  const UnitStores::Opened opened = units.open(units.elsewhere(), 2, 5);
  CHECK(opened.sequence == 50);
  CHECK(opened.tail.empty());  // The other machine's unshipped commits are its own.
  const std::shared_ptr<Store> thawed = units.elsewhere().serve(kUnit);
  CHECK(units.content(*thawed) == frozen);
  CHECK(thawed->durable_sequence(Durability::frozen) == 50);
  CHECK(units.commit(*thawed, one_put("x", "y")).value() == 51);

  units.here().drop_checkpoint(kUnit, 3);
  const journal::CheckpointState next = units.checkpoint(units.here(), 4);
  CHECK(next.sequence == 51);
  CHECK_FALSE(units.can_read(units.here(), 3, "CURRENT"));
}

inline void check_spoiled_builds(UnitStoresFixture& units) {
  units.open_with(units.here(), 20);
  const journal::CheckpointState state = units.checkpoint(units.here(), 1);
  REQUIRE(state.files.size() >= 3);
  for (const journal::ManifestFile& victim : state.files) {
    for (const char* how : {"flip", "short", "long"}) {
      CAPTURE(victim.name, how);
      units.carry(state, 1, [&](const std::string& name, Bytes& bytes) {
        if (name != victim.name) return;
        if (how[0] == 'f' && !bytes.empty()) bytes[bytes.size() / 2] ^= 1;
        if (how[0] == 's' && !bytes.empty()) bytes.pop_back();
        if (how[0] == 'l' || bytes.empty()) bytes.resize(bytes.size() + 1000);
      });
      const auto adopted = units.adopt(state);
      REQUIRE_FALSE(adopted.has_value());
      CHECK(adopted.error().code == ErrorCode::corrupted);
      CHECK_FALSE(units.inspect(units.elsewhere()).exists);
    }
  }
  SECTION("a file that never came") {
    units.carry(state, 1, {});
    journal::CheckpointState more = state;
    more.files.push_back({"000999.sst", "", 5, {}});
    CHECK(units.adopt(more).error().code == ErrorCode::corrupted);
  }
  SECTION("a sequence that the files do not have") {
    units.carry(state, 1, {});
    journal::CheckpointState other = state;
    other.sequence += 1;
    CHECK(units.adopt(other).error().code == ErrorCode::corrupted);
    CHECK_FALSE(units.inspect(units.elsewhere()).exists);
  }
  SECTION("names that lead outside") {
    for (const char* name : {"../x", "/etc/x", "a/b", "..", ".", ""}) {
      CAPTURE(name);
      const auto sink = units.elsewhere().build_file(kUnit, {name, "", 5, {}});
      sink->restart();
      CHECK_FALSE(sink->write(Bytes{1}).has_value());
      CHECK_FALSE(units.can_read(units.here(), 1, name));
    }
  }
}

inline void check_set_aside(UnitStoresFixture& units) {
  CHECK(units.await<void>([&](auto done) { units.here().set_aside(kUnit, std::move(done)); }));
  for (int i = 0; i < 2; ++i) {
    units.open_with(units.here(), 2);
    CHECK_FALSE(
        units.await<void>([&](auto done) { units.here().set_aside(kUnit, std::move(done)); }));
    units.close(units.here());
    CHECK(units.await<void>([&](auto done) { units.here().set_aside(kUnit, std::move(done)); }));
    CHECK_FALSE(units.inspect(units.here()).exists);
  }
}

inline void check_names(UnitStoresFixture& units) {
  for (const char* service : {"", "..", "a/b", "../x", ".hidden"}) {
    CAPTURE(service);
    const UnitId bad{service, 0};
    const auto opened = units.await<UnitStores::Opened>(
        [&](auto done) { units.here().open(bad, 1, nonce(1), std::move(done)); });
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::invalid_argument);
    const auto sink = units.here().build_file(bad, {"CURRENT", "", 1, {}});
    sink->restart();
    CHECK_FALSE(sink->write(Bytes{1}).has_value());
  }
}

// Orders need not wait for the answers of those before them.
inline void check_order_of_orders(UnitStoresFixture& units) {
  std::vector<int> answers;
  UnitStores& stores = units.here();
  stores.open(kUnit, 1, nonce(1), [&](auto result) {
    CHECK(result.has_value());
    answers.push_back(1);
  });
  stores.apply(kUnit, {journalled(1, "a", "1")}, [&](auto result) {
    CHECK(result.value() == 1);
    answers.push_back(2);
  });
  stores.checkpoint(kUnit, 1, [&](auto result) {
    CHECK((result.has_value() || result.error().code == ErrorCode::cancelled));
    answers.push_back(3);
  });
  stores.inspect(kUnit, [&](auto result) {
    CHECK(result.value().sequence == 1);
    answers.push_back(4);
  });
  stores.close(kUnit, {ErrorCode::fenced, "x"}, [&](auto result) {
    CHECK(result.has_value());
    answers.push_back(5);
  });
  stores.record_claim(kUnit, nonce(2), [&](auto result) {
    CHECK(result.has_value());
    answers.push_back(6);
  });
  stores.set_aside(kUnit, [&](auto result) {
    CHECK(result.has_value());
    answers.push_back(7);
  });
  stores.inspect(kUnit, [&](auto result) {
    CHECK_FALSE(result.value().exists);
    answers.push_back(8);
  });
  CHECK(answers.empty());
  units.run_until([&] { return answers.size() == 8; });
  CHECK(answers == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
}

/// Each law in a section of its own. Call from a test case that makes its fixture afresh.
inline void check_unit_stores_contract(UnitStoresFixture& units) {
  SECTION("a commit is durable, told and visible") {
    check_commits(units);
  }
  SECTION("commits are told and answered in their order") {
    check_order(units);
  }
  SECTION("a store that is opened again has its commits, its tail and its claim") {
    check_reopen(units);
  }
  SECTION("claims are kept until it is opened") {
    check_claims(units);
  }
  SECTION("what it has is not applied again") {
    check_apply(units);
  }
  SECTION("close fences at once, and reads go on") {
    check_close(units);
  }
  SECTION("a listener may close the store") {
    check_close_from_listener(units);
  }
  SECTION("a batch and the queue have bounds") {
    check_commit_bounds(units);
  }
  SECTION("what is not in the journal has a bound") {
    check_unshipped_bound(units);
  }
  SECTION("a checkpoint built elsewhere has the same content") {
    check_freeze_and_thaw(units);
  }
  SECTION("a build that is not what its manifest says is corrupted") {
    check_spoiled_builds(units);
  }
  SECTION("a store that is set aside is gone") {
    check_set_aside(units);
  }
  SECTION("a service whose name leads outside has no store") {
    check_names(units);
  }
  SECTION("orders of one unit are carried out in order") {
    check_order_of_orders(units);
  }
}

}  // namespace gossamer::test
