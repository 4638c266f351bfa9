// Bytes in memory as the source or sink of an object.

#include <cstring>

#include "gossamer/ports/object_store.hpp"

namespace gossamer {
namespace {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    if (offset > bytes_.size() || into.size() > bytes_.size() - offset) {
      return fail(ErrorCode::io, "read past the end of a source in memory");
    }
    if (!into.empty()) std::memcpy(into.data(), bytes_.data() + offset, into.size());
    return {};
  }

 private:
  Bytes bytes_;
};

class MemorySink final : public ByteSink {
 public:
  MemorySink(std::shared_ptr<Bytes> into, std::size_t bytes_max)
      : into_(std::move(into)), bytes_max_(bytes_max) {}
  void restart() override { into_->clear(); }
  Result<void> write(ByteView bytes) override {
    if (bytes.size() > bytes_max_ - std::min(bytes_max_, into_->size())) {
      return fail(ErrorCode::resource_exhausted,
                  "the object is larger than the " + std::to_string(bytes_max_) + " bytes allowed");
    }
    into_->insert(into_->end(), bytes.begin(), bytes.end());
    return {};
  }

 private:
  std::shared_ptr<Bytes> into_;
  std::size_t bytes_max_;
};

}  // namespace

std::shared_ptr<ByteSource> make_source(Bytes bytes) {
  return std::make_shared<MemorySource>(std::move(bytes));
}

std::shared_ptr<ByteSink> make_sink(std::shared_ptr<Bytes> into, std::size_t bytes_max) {
  return std::make_shared<MemorySink>(std::move(into), bytes_max);
}

std::string_view to_string(ObjectOutcome outcome) noexcept {
  switch (outcome) {
    case ObjectOutcome::ok: return "ok";
    case ObjectOutcome::exists: return "exists";
    case ObjectOutcome::absent: return "absent";
    case ObjectOutcome::refused: return "refused";
    case ObjectOutcome::unknown: return "unknown";
  }
  return "unknown";
}

}  // namespace gossamer
