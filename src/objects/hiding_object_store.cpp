#include "objects/hiding_object_store.hpp"

#include <algorithm>

namespace gossamer::objects {

std::vector<std::string> HidingObjectStore::content_prefixes() {
  return {"journal/", "files/", "specs/"};
}

HidingObjectStore::HidingObjectStore(std::unique_ptr<ObjectStore> inner,
                                     const wire::DataKey& data_key, bool is_hiding,
                                     std::vector<std::string> prefixes)
    : key_(data_key),
      is_hiding_(is_hiding),
      prefixes_(std::move(prefixes)),
      inner_(std::move(inner)) {}

HidingObjectStore::~HidingObjectStore() = default;

bool HidingObjectStore::is_content(const std::string& key) const {
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [&key](const std::string& prefix) { return key.starts_with(prefix); });
}

std::shared_ptr<ByteSource> HidingObjectStore::written(const std::string& key,
                                                       std::shared_ptr<ByteSource> source) const {
  return is_hiding_ && is_content(key) ? hide(std::move(source), key_) : source;
}

void HidingObjectStore::create(std::string key, std::shared_ptr<ByteSource> source, Done done) {
  auto hidden = written(key, std::move(source));
  inner_->create(std::move(key), std::move(hidden), std::move(done));
}

void HidingObjectStore::put(std::string key, std::shared_ptr<ByteSource> source, Done done) {
  auto hidden = written(key, std::move(source));
  inner_->put(std::move(key), std::move(hidden), std::move(done));
}

void HidingObjectStore::get(std::string key, std::optional<Range> range,
                            std::shared_ptr<ByteSink> sink, Done done) {
  if (!is_content(key)) return inner_->get(std::move(key), range, std::move(sink), std::move(done));
  const Range wanted = range.value_or(Range{});
  if (wanted.offset == 0) {
    return get_from_start(std::move(key), wanted.length, std::move(sink), std::move(done));
  }
  get_from_within(std::move(key), wanted, std::move(sink), std::move(done));
}

void HidingObjectStore::get_from_start(std::string key, std::uint64_t length,
                                       std::shared_ptr<ByteSink> sink, Done done) {
  std::optional<Range> range;
  std::optional<std::uint64_t> content_max;
  if (length > 0) {
    content_max = length;
    // Beyond what a number can say there is no end to speak of.
    if (length <= UINT64_MAX - kHiddenHeadBytes) range = Range{0, length + kHiddenHeadBytes};
  }
  const auto revealing = std::make_shared<RevealingSink>(std::move(sink), key_, content_max);
  inner_->get(std::move(key), range, revealing,
              [revealing, done = std::move(done)](ObjectResult result) mutable {
                if (result.outcome == ObjectOutcome::ok) {
                  if (const Result<void> finished = revealing->finish(); !finished) {
                    result = {ObjectOutcome::unknown, finished.error().detail};
                  }
                }
                done(std::move(result));
              });
}

// Its head says where its content begins, so that is read first.
void HidingObjectStore::get_from_within(std::string key, Range range,
                                        std::shared_ptr<ByteSink> sink, Done done) {
  auto head = std::make_shared<Bytes>();
  inner_->get(key, Range{0, kHiddenHeadBytes}, make_sink(head, kHiddenHeadBytes),
              [this, key, range, head, sink = std::move(sink),
               done = std::move(done)](ObjectResult result) mutable {
                if (result.outcome != ObjectOutcome::ok) return done(std::move(result));
                if (!HidingKey::is_head(*head))
                  return inner_->get(key, range, std::move(sink), std::move(done));
                if (range.offset > UINT64_MAX - kHiddenHeadBytes)
                  range.offset = UINT64_MAX - kHiddenHeadBytes;
                inner_->get(key, Range{range.offset + kHiddenHeadBytes, range.length},
                            reveal(std::move(sink), key_, std::move(*head), range.offset),
                            std::move(done));
              });
}

}  // namespace gossamer::objects
