#include "objects/s3_body.hpp"

#include <algorithm>

#include "objects/checksum.hpp"

namespace gossamer::objects {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::uint64_t kPartsMax = 10'000;
constexpr std::uint64_t kMebibyte = 1024 * 1024;

class Part final : public ByteSource {
 public:
  Part(std::shared_ptr<SharedSource> whole, std::uint64_t offset, std::uint64_t size)
      : whole_(std::move(whole)), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    if (offset > size_ || into.size() > size_ - offset) {
      return fail(ErrorCode::io, "read past the end of a part");
    }
    return whole_->read(offset_ + offset, into);
  }

 private:
  const std::shared_ptr<SharedSource> whole_;
  const std::uint64_t offset_;
  const std::uint64_t size_;
};

// One pass over a body: its checksum, and the SHA-256 of each piece that is sent.
class Hashes {
 public:
  explicit Hashes(S3Body& body) : body_(body) {}

  void update(ByteView bytes) {
    checksum_.update(bytes);
    if (body_.part_bytes == 0) return sent_.update(bytes);
    while (!bytes.empty()) {
      const std::uint64_t room = body_.part_bytes - in_part_;
      const ByteView now =
          bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
      sent_.update(now);
      in_part_ += now.size();
      bytes = bytes.subspan(now.size());
      if (in_part_ == body_.part_bytes) end_part();
    }
  }

  void finish() {
    body_.checksum = checksum_.hex();
    if (body_.part_bytes == 0) body_.sha256 = sent_.finish();
    if (in_part_ > 0) end_part();
  }

 private:
  void end_part() {
    body_.parts.push_back(sent_.finish());
    in_part_ = 0;
  }

  S3Body& body_;
  Checksum checksum_;
  aws::Sha256Stream sent_;
  std::uint64_t in_part_ = 0;
};

}  // namespace

std::uint64_t part_bytes_for(std::uint64_t size, std::uint64_t wanted) {
  const std::uint64_t least = (size + kPartsMax - 1) / kPartsMax;
  if (least <= wanted) return wanted;
  return (least + kMebibyte - 1) / kMebibyte * kMebibyte;
}

Result<S3Body> measure(std::shared_ptr<ByteSource> source, std::uint64_t part_bytes,
                       const std::atomic<bool>& stopped) {
  S3Body body;
  body.size = source->size();
  body.part_bytes = part_bytes;
  if (body.size <= kKeptBodyBytes) {
    Bytes bytes(static_cast<std::size_t>(body.size));
    if (Result<void> read = source->read(0, bytes); !read)
      return tl::unexpected<Error>(read.error());
    Hashes hashes{body};
    hashes.update(bytes);
    hashes.finish();
    body.source = make_source(std::move(bytes));
    return body;
  }
  Hashes hashes{body};
  Bytes chunk(kChunkBytes);
  for (std::uint64_t offset = 0; offset < body.size; offset += chunk.size()) {
    if (stopped) return fail(ErrorCode::cancelled, "the object store was closed");
    chunk.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, body.size - offset)));
    if (Result<void> read = source->read(offset, chunk); !read) {
      return tl::unexpected<Error>(read.error());
    }
    hashes.update(chunk);
  }
  hashes.finish();
  body.source = std::move(source);
  return body;
}

std::shared_ptr<ByteSource> make_part(std::shared_ptr<SharedSource> whole, std::uint64_t offset,
                                      std::uint64_t size) {
  return std::make_shared<Part>(std::move(whole), offset, size);
}

}  // namespace gossamer::objects
