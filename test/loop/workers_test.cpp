#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "loop/loop_fixture.hpp"
#include "transport/uv_mailbox.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer {
namespace {

std::unique_ptr<UvWorkers> open_workers(test::LoopFixture& fixture, std::size_t threads) {
  auto workers = UvWorkers::open(fixture.loop(), threads);
  REQUIRE(workers);
  return std::move(*workers);
}

/// Tells on which thread it was destroyed, unless it was moved from.
struct Witness {
  explicit Witness(std::vector<std::thread::id>& to) : destroyed_on(&to) {}
  Witness(Witness&& other) noexcept : destroyed_on(std::exchange(other.destroyed_on, nullptr)) {}
  ~Witness() {
    if (destroyed_on != nullptr) destroyed_on->push_back(std::this_thread::get_id());
  }
  std::vector<std::thread::id>* destroyed_on;
};

TEST_CASE("mailbox: what several threads post arrives whole, and in order for each of them",
          "[workers]") {
  test::LoopFixture fixture;
  auto mailbox = UvMailbox::open(fixture.loop());
  REQUIRE(mailbox);
  constexpr int kThreads = 4;
  constexpr int kTasks = 2000;
  int arrived = 0;
  bool is_ordered = true;
  std::vector<int> last(kThreads, -1);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTasks; ++i) {
        (*mailbox)->post([&, t, i] {
          ++arrived;
          is_ordered = is_ordered && std::exchange(last[static_cast<std::size_t>(t)], i) == i - 1;
        });
      }
    });
  }
  CHECK(fixture.run_until([&] { return arrived == kThreads * kTasks; }));
  for (std::thread& thread : threads) thread.join();
  CHECK(arrived == kThreads * kTasks);
  CHECK(is_ordered);
  CHECK((*mailbox)->size() == 0);
}

TEST_CASE("mailbox: closed by a task, it runs nothing more and destroys what waits", "[workers]") {
  test::LoopFixture fixture;
  auto mailbox = UvMailbox::open(fixture.loop());
  REQUIRE(mailbox);
  std::vector<std::thread::id> destroyed_on;
  int ran = 0;
  (*mailbox)->post([&] {
    ++ran;
    (*mailbox)->post([&ran, witness = Witness{destroyed_on}] { ++ran; });
    (*mailbox)->close();
  });
  (*mailbox)->post([&ran, witness = Witness{destroyed_on}] { ++ran; });
  REQUIRE(fixture.run_until([&] { return destroyed_on.size() == 2; }));
  CHECK(ran == 1);
  (*mailbox)->post([&ran, witness = Witness{destroyed_on}] { ++ran; });
  CHECK(destroyed_on.size() == 3);
  for (int i = 0; i < 3; ++i) uv_run(fixture.uv(), UV_RUN_NOWAIT);
  (*mailbox)->post([&ran, witness = Witness{destroyed_on}] { ++ran; });
  CHECK(destroyed_on.size() == 4);
  CHECK(ran == 1);
}

TEST_CASE("workers: work runs off the loop, done on it", "[workers]") {
  test::LoopFixture fixture;
  auto workers = open_workers(fixture, 2);
  std::thread::id worked_on;
  std::thread::id done_on;
  bool is_done = false;
  workers->run([&] { worked_on = std::this_thread::get_id(); },
               [&] {
                 done_on = std::this_thread::get_id();
                 is_done = true;
               });
  REQUIRE(fixture.run_until([&] { return is_done; }));
  CHECK(done_on == std::this_thread::get_id());
  CHECK(worked_on != std::this_thread::get_id());
}

TEST_CASE("workers: work starts in the order of the calls", "[workers]") {
  test::LoopFixture fixture;
  auto workers = open_workers(fixture, 1);
  std::vector<int> started;
  int done = 0;
  for (int i = 0; i < 500; ++i) workers->run([&, i] { started.push_back(i); }, [&] { ++done; });
  REQUIRE(fixture.run_until([&] { return done == 500; }));
  REQUIRE(started.size() == 500);
  CHECK(std::is_sorted(started.begin(), started.end()));
}

TEST_CASE("workers: as much runs at a time as there are threads", "[workers]") {
  test::LoopFixture fixture;
  auto workers = open_workers(fixture, 3);
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::atomic<int> running{0};
  int done = 0;
  for (int i = 0; i < 4; ++i) {
    workers->run(
        [&running, released] {
          ++running;
          released.wait();
        },
        [&] { ++done; });
  }
  CHECK(fixture.run_until([&] { return running == 3; }));
  CHECK(workers->queued() == 1);
  release.set_value();
  CHECK(fixture.run_until([&] { return done == 4; }));
}

TEST_CASE("workers: closing waits for what runs, and destroys the rest unrun on the loop thread",
          "[workers]") {
  test::LoopFixture fixture;
  auto workers = open_workers(fixture, 1);
  std::promise<void> filled;
  bool is_finished = false;
  std::vector<std::thread::id> destroyed_on;
  int unwanted = 0;
  workers->run(
      [&, witness = Witness{destroyed_on}] {
        filled.get_future().wait();
        // Closing takes the queue away first.
        while (workers->queued() > 0) std::this_thread::yield();
        is_finished = true;
      },
      [&, witness = Witness{destroyed_on}] { ++unwanted; });
  for (int i = 0; i < 10; ++i) {
    workers->run([&, witness = Witness{destroyed_on}] { ++unwanted; },
                 [&, witness = Witness{destroyed_on}] { ++unwanted; });
  }
  // The first has started once it is no longer counted.
  REQUIRE(fixture.run_until([&] { return workers->queued() == 10; }));
  workers->post([&, witness = Witness{destroyed_on}] { ++unwanted; });
  filled.set_value();
  workers->close();
  CHECK(is_finished);
  CHECK(destroyed_on.size() == 23);
  for (const std::thread::id& thread : destroyed_on) CHECK(thread == std::this_thread::get_id());
  workers->run([&] { ++unwanted; }, [&] { ++unwanted; });
  workers->close();
  for (int i = 0; i < 3; ++i) uv_run(fixture.uv(), UV_RUN_NOWAIT);
  CHECK(unwanted == 0);
}

TEST_CASE("workers: a done may close and destroy them", "[workers]") {
  test::LoopFixture fixture;
  auto workers = open_workers(fixture, 2);
  for (int i = 0; i < 10; ++i) workers->run([] {}, [&] { workers.reset(); });
  CHECK(fixture.run_until([&] { return workers == nullptr; }));
}

TEST_CASE("workers: the threads leave signals to the program", "[workers]") {
  test::LoopFixture fixture;
  auto workers = open_workers(fixture, 1);
  sigset_t theirs;
  bool is_done = false;
  workers->run([&] { pthread_sigmask(SIG_BLOCK, nullptr, &theirs); }, [&] { is_done = true; });
  REQUIRE(fixture.run_until([&] { return is_done; }));
  CHECK(sigismember(&theirs, SIGTERM) == 1);
  CHECK(sigismember(&theirs, SIGSEGV) == 0);
  sigset_t ours;
  pthread_sigmask(SIG_BLOCK, nullptr, &ours);
  CHECK(sigismember(&ours, SIGTERM) == 0);
}

TEST_CASE("workers: a thread is there when there is work for it, and no sooner", "[workers]") {
  test::LoopFixture fixture;
  const auto threads_now = [] {
    const std::filesystem::directory_iterator tasks{"/proc/self/task"};
    return std::distance(begin(tasks), end(tasks));
  };
  // ThreadSanitizer starts one of its own with the first.
  std::thread{[] {}}.join();
  const auto before = threads_now();
  const auto workers = open_workers(fixture, 3);
  CHECK(threads_now() == before);
  std::atomic<int> running = 0;
  int done = 0;
  // Each waits for the others, so they run at the same time.
  for (int i = 0; i < 3; ++i) {
    workers->run(
        [&] {
          ++running;
          while (running < 3) std::this_thread::yield();
        },
        [&] { ++done; });
  }
  CHECK(fixture.run_until([&] { return done == 3; }));
  CHECK(threads_now() == before + 3);
  workers->run([] {}, [&] { ++done; });
  CHECK(fixture.run_until([&] { return done == 4; }));
  CHECK(threads_now() == before + 3);
}

TEST_CASE("workers: a count of threads that makes no sense is refused", "[workers]") {
  test::LoopFixture fixture;
  const std::size_t threads = GENERATE(0u, UvWorkers::kThreadsMax + 1);
  const auto workers = UvWorkers::open(fixture.loop(), threads);
  REQUIRE_FALSE(workers);
  CHECK(workers.error().code == ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace gossamer
