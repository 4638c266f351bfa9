#include "s3.hpp"

#include <uv.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>

#include "aws/session.hpp"
#include "figures.hpp"
#include "objects/s3_object_store.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::bench {
namespace {

using std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "gossamer-bench s3: " << why << '\n';
  std::exit(1);
}

// One block of bytes, as often as wanted.
class RepeatedSource final : public ByteSource {
 public:
  RepeatedSource(std::shared_ptr<const Bytes> block, std::uint64_t size)
      : block_(std::move(block)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    while (!into.empty()) {
      const std::size_t begin = static_cast<std::size_t>(offset % block_->size());
      const std::size_t count = std::min(into.size(), block_->size() - begin);
      std::memcpy(into.data(), block_->data() + begin, count);
      into = into.subspan(count);
      offset += count;
    }
    return {};
  }

 private:
  const std::shared_ptr<const Bytes> block_;
  const std::uint64_t size_;
};

class CountingSink final : public ByteSink {
 public:
  void restart() override { bytes_ = 0; }
  Result<void> write(ByteView bytes) override {
    bytes_ += bytes.size();
    return {};
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t bytes_ = 0;
};

class Transfers {
 public:
  explicit Transfers(const S3Settings& settings) : settings_(settings) {
    if (uv_loop_init(&uv_) != 0) give_up("no loop");
    loop_ = std::make_unique<UvLoop>(&uv_);
    auto workers = UvWorkers::open(*loop_, kWorkers);
    if (!workers) give_up(workers.error().detail);
    workers_ = std::move(*workers);
    session_ = std::make_unique<aws::Session>(*loop_, *workers_, AwsOptions{}, 1);
    auto store = objects::open_s3_object_store(settings.url, *session_);
    if (!store) give_up(store.error().detail);
    store_ = std::move(*store);
    Bytes block(1'048'583);
    std::uint32_t state = 1;
    for (std::uint8_t& byte : block) {
      state = state * 1'664'525U + 1'013'904'223U;
      byte = static_cast<std::uint8_t>(state >> 24);
    }
    block_ = std::make_shared<const Bytes>(std::move(block));
  }

  ~Transfers() {
    store_.reset();
    session_->close();
    session_.reset();
    workers_.reset();
    bool is_closed = false;
    loop_->when_closed([&] { is_closed = true; });
    while (!is_closed) uv_run(&uv_, UV_RUN_ONCE);
    loop_.reset();
    uv_loop_close(&uv_);
  }

  nlohmann::json run(const std::string& work) {
    is_put_ = work.rfind("put", 0) == 0;
    const bool is_big = work.find("big") != std::string::npos;
    name_ = is_big ? "big/" : "small/";
    bytes_ = is_big ? settings_.big_mib << 20 : settings_.small_bytes;
    count_ = is_big ? settings_.big_parallel : settings_.small_count;
    next_ = finished_ = 0;
    const Usage before = usage_now();
    const auto begun = steady_clock::now();
    const std::size_t parallel = is_big ? settings_.big_parallel : settings_.small_parallel;
    for (std::size_t i = 0; i < parallel; ++i) start_next();
    while (finished_ < count_) uv_run(&uv_, UV_RUN_ONCE);
    const std::chrono::duration<double> took = steady_clock::now() - begun;
    const double cpu_s = usage_now().cpu_s - before.cpu_s;
    const double count = static_cast<double>(count_);
    return {{"work", work},
            {"requests", count_},
            {"bytes", bytes_},
            {"seconds", took.count()},
            {"mib_per_s", static_cast<double>(bytes_) * count / took.count() / (1 << 20)},
            {"requests_per_s", count / took.count()},
            {"cpu_us_per_request", cpu_s * 1e6 / count}};
  }

 private:
  static constexpr std::size_t kWorkers = 4;

  void start_next() {
    if (next_ == count_) return;
    const std::string key = name_ + std::to_string(next_++);
    if (is_put_) {
      store_->put(key, std::make_shared<RepeatedSource>(block_, bytes_),
                  [this, key](ObjectResult result) { on_done(key, result); });
      return;
    }
    const auto sink = std::make_shared<CountingSink>();
    store_->get(key, std::nullopt, sink, [this, key, sink](ObjectResult result) {
      if (result.outcome == ObjectOutcome::ok && sink->bytes() != bytes_) {
        give_up(key + ": not as long as it was put");
      }
      on_done(key, result);
    });
  }

  void on_done(const std::string& key, const ObjectResult& result) {
    if (result.outcome != ObjectOutcome::ok) {
      give_up(key + ": " + std::string{to_string(result.outcome)} + ": " + result.detail);
    }
    ++finished_;
    start_next();
  }

  const S3Settings& settings_;
  uv_loop_t uv_{};
  std::unique_ptr<UvLoop> loop_;
  std::unique_ptr<UvWorkers> workers_;
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<ObjectStore> store_;
  std::shared_ptr<const Bytes> block_;
  bool is_put_ = false;
  std::string name_;
  std::uint64_t bytes_ = 0;
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  std::size_t finished_ = 0;
};

}  // namespace

nlohmann::json s3(const S3Settings& settings) {
  Transfers transfers{settings};
  nlohmann::json results = nlohmann::json::array();
  for (const char* work : {"put-big", "get-big", "put-small", "get-small"}) {
    if (settings.work == "all" || settings.work == work) results.push_back(transfers.run(work));
  }
  return {{"scenario", "s3"}, {"results", results}};
}

}  // namespace gossamer::bench
