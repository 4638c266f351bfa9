#include "objects_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gossamer/cluster_key.hpp"
#include "objects/data_keys.hpp"
#include "objects/object_store_url.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::demo {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::size_t kObjectBytesMax = 64 * 1024 * 1024;
constexpr std::chrono::seconds kPatience{30};

}  // namespace

ObjectsReader::ObjectsReader() {
  uv_loop_init(&uv_);
  loop_ = std::make_unique<UvLoop>(&uv_);
}

ObjectsReader::~ObjectsReader() {
  if (session_) session_->close();
  if (workers_) workers_->close();
  objects_.reset();
  session_.reset();
  workers_.reset();
  uv_run(&uv_, UV_RUN_DEFAULT);
  loop_.reset();
  uv_loop_close(&uv_);
}

Result<std::unique_ptr<ObjectsReader>> ObjectsReader::open(const std::string& url) {
  std::unique_ptr<ObjectsReader> reader{new ObjectsReader};
  auto workers = UvWorkers::open(*reader->loop_, 2);
  if (!workers) return tl::unexpected(workers.error());
  reader->workers_ = std::move(*workers);
  reader->session_ =
      std::make_unique<aws::Session>(*reader->loop_, *reader->workers_, AwsOptions{}, 1);
  auto objects = objects::make_object_store(url, *reader->workers_, *reader->session_);
  if (!objects) return tl::unexpected(objects.error());
  reader->objects_ = std::move(*objects);
  return reader;
}

template <class Answer>
Result<Answer> ObjectsReader::await(const std::function<void(UniqueFunction<void(Answer)>)>& ask) {
  // Shared: an answer that comes after the patience has ended finds it.
  const auto answer = std::make_shared<std::optional<Answer>>();
  bool is_late = false;
  UvTimer timer{*loop_, [&is_late] { is_late = true; }};
  timer.arm(kPatience);
  ask([answer](Answer given) { answer->emplace(std::move(given)); });
  while (!*answer && !is_late) uv_run(&uv_, UV_RUN_ONCE);
  if (*answer) return std::move(**answer);
  return fail(ErrorCode::io,
              fmt::format("{} did not answer within {} s", objects_->place(), kPatience.count()));
}

Result<std::vector<std::string>> ObjectsReader::list(const std::string& prefix) {
  std::vector<std::string> keys;
  for (;;) {
    auto page = await<ObjectListing>([&](auto done) {
      objects_->list(prefix, keys.empty() ? "" : keys.back(), kPage, std::move(done));
    });
    if (!page) return tl::unexpected(page.error());
    if (page->result.outcome != ObjectOutcome::ok) {
      return fail(ErrorCode::io, fmt::format("cannot list {}: {}", prefix, page->result.detail));
    }
    keys.insert(keys.end(), page->keys.begin(), page->keys.end());
    if (page->is_last || page->keys.empty()) return keys;
  }
}

Result<std::optional<Bytes>> ObjectsReader::get(const std::string& key) {
  const auto bytes = std::make_shared<Bytes>();
  const auto result = await<ObjectResult>([&](auto done) {
    objects_->get(key, std::nullopt, make_sink(bytes, kObjectBytesMax), std::move(done));
  });
  if (!result) return tl::unexpected(result.error());
  if (result->outcome == ObjectOutcome::absent) return std::optional<Bytes>{};
  if (result->outcome == ObjectOutcome::ok) return std::optional<Bytes>{std::move(*bytes)};
  return fail(ErrorCode::io, fmt::format("cannot read {}: {}", key, result->detail));
}

Result<wire::DataKey> ObjectsReader::data_key(const std::string& key_file,
                                              const std::string& cluster) {
  const auto secret = read_key_file(key_file);
  if (!secret) return tl::unexpected(secret.error());
  wire::ClusterKey key;
  std::copy_n(secret->begin(), std::min(secret->size(), key.bytes.size()), key.bytes.begin());
  const auto id = get("cluster-id");
  if (!id) return tl::unexpected(id.error());
  if (!*id)
    return fail(ErrorCode::not_found, fmt::format("{} has no cluster-id", objects_->place()));
  const std::string text{as_text(**id)};
  using Found = std::shared_ptr<const Result<wire::DataKey>>;
  const auto found = await<Found>([&](auto done) {
    objects::find_data_key(
        *objects_, {{&key, 1}, cluster, text.substr(0, text.find('\n'))},
        [done = std::move(done)](Result<wire::DataKey> data_key) mutable {
          done(std::make_shared<const Result<wire::DataKey>>(std::move(data_key)));
        });
  });
  if (!found) return tl::unexpected(found.error());
  return **found;
}

}  // namespace gossamer::demo
