#include <fmt/format.h>

#include <algorithm>

#include "objects/s3_body.hpp"
#include "objects/s3_content_range.hpp"
#include "objects/s3_get.hpp"

namespace gossamer::objects {
namespace {

// Beyond what any object has; servers read larger numbers as they like.
constexpr std::uint64_t kObjectBytesMax = 1ULL << 46;

constexpr int kNothingThere = 416;  // "Range Not Satisfiable": it begins at or beyond the end.
constexpr const char* kChanges = "the object changes while it is read";
constexpr const char* kOtherBytes = "the answer has other bytes than were asked for";

ObjectStore::Range bounded(ObjectStore::Range range) {
  range.offset = std::min(range.offset, kObjectBytesMax);
  if (range.length > kObjectBytesMax) range.length = 0;
  return range;
}

}  // namespace

S3GetSink::S3GetSink(std::shared_ptr<ByteSink> inner, std::optional<Range> range)
    : inner_(std::move(inner)), range_(bounded(range.value_or(Range{}))) {}

std::uint64_t S3GetSink::wanted_from() const {
  return range_.offset + passed_on_;
}

std::uint64_t S3GetSink::wanted_end() const {
  return range_.length == 0 ? UINT64_MAX : range_.offset + range_.length;
}

std::string S3GetSink::next_range() const {
  const std::lock_guard lock{mutex_};
  const std::uint64_t from = wanted_from();
  if (range_.length == 0) return from == 0 ? std::string{} : fmt::format("bytes={}-", from);
  return fmt::format("bytes={}-{}", from, wanted_end() - 1);
}

std::string S3GetSink::etag() const {
  const std::lock_guard lock{mutex_};
  return passed_on_ > 0 ? etag_ : std::string{};
}

std::uint64_t S3GetSink::passed_on() const {
  const std::lock_guard lock{mutex_};
  return passed_on_;
}

void S3GetSink::begin_attempt() {
  const std::lock_guard lock{mutex_};
  status_ = 0;
  astray_.clear();
  position_ = wanted_from();
}

void S3GetSink::head(int status, const http::Headers& headers) {
  if (status < 200 || status >= 300) return;
  const std::lock_guard lock{mutex_};
  status_ = status;
  const std::string etag{http::find_header(headers, "ETag")};
  if (passed_on_ == 0) {
    etag_ = etag;
    total_.reset();
    stored_checksum_ = http::find_header(headers, kChecksumHeader);
  } else if (etag != etag_) {
    astray_ = kChanges;
    return;
  }
  if (status == 200) {
    position_ = 0;  // The server knows no ranges, or was asked for none.
    const auto total = parse_size(http::find_header(headers, "Content-Length"));
    if (total) learn_total(*total);
    return;
  }
  const auto range = parse_content_range(http::find_header(headers, "Content-Range"));
  if (status != 206 || !range || range->first > wanted_from()) {
    astray_ = kOtherBytes;
    return;
  }
  position_ = range->first;
  if (range->total) learn_total(*range->total);
}

void S3GetSink::learn_total(std::uint64_t total) {
  if (total_.value_or(total) != total) astray_ = kChanges;
  total_ = total;
}

void S3GetSink::refuse_range(std::optional<std::uint64_t> size) {
  const std::lock_guard lock{mutex_};
  const std::uint64_t from = wanted_from();
  if (passed_on_ == 0) {
    total_.reset();
    stored_checksum_.clear();
  }
  // Who has passed bytes on knows how far the object goes at least.
  const std::uint64_t told = size.value_or(total_.value_or(from));
  const bool is_possible = passed_on_ == 0 ? told <= from : told == from;
  const bool has_range = from > 0 || range_.length > 0;
  if (!has_range || !is_possible) return;
  status_ = kNothingThere;
  if (size || passed_on_ > 0) learn_total(told);
}

void S3GetSink::start_over() {
  const std::lock_guard lock{mutex_};
  has_begun_ = false;
  passed_on_ = 0;
  etag_.clear();
  total_.reset();
  stored_checksum_.clear();
  is_intact_.reset();
  checksum_ = Checksum{};
}

void S3GetSink::detach() {
  const std::lock_guard lock{mutex_};
  is_detached_ = true;
}

void S3GetSink::restart() {
  const std::lock_guard lock{mutex_};
  if (has_begun_ || is_detached_) return;
  has_begun_ = true;
  inner_->restart();
}

Result<void> S3GetSink::write(ByteView bytes) {
  const std::lock_guard lock{mutex_};
  if (is_detached_) return fail(ErrorCode::cancelled, "the store is closed");
  if (!astray_.empty()) return fail(ErrorCode::cancelled, astray_);
  const std::uint64_t begin = position_;
  position_ += bytes.size();
  if (position_ <= wanted_from()) return {};
  if (begin < wanted_from()) bytes = bytes.subspan(static_cast<std::size_t>(wanted_from() - begin));
  const std::uint64_t left = wanted_end() - wanted_from();
  bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
  return bytes.empty() ? Result<void>{} : pass_on(bytes);
}

Result<void> S3GetSink::pass_on(ByteView bytes) {
  if (!has_begun_) {
    has_begun_ = true;
    inner_->restart();
  }
  checksum_.update(bytes);
  Result<void> written = inner_->write(bytes);
  if (written) {
    passed_on_ += bytes.size();
  } else {
    sink_error_ = written.error();
  }
  return written;
}

std::optional<Error> S3GetSink::sink_error() const {
  const std::lock_guard lock{mutex_};
  return sink_error_;
}

std::string S3GetSink::astray() const {
  const std::lock_guard lock{mutex_};
  return astray_;
}

bool S3GetSink::is_complete() const {
  const std::lock_guard lock{mutex_};
  if (status_ == kNothingThere) return true;
  if (status_ == 200) return passed_on_ == 0 || position_ >= wanted_from();
  if (status_ != 206) return false;
  return wanted_from() >= wanted_end() || (total_ && wanted_from() >= *total_);
}

// A part has no checksum. What was asked for in part may still be all that there is.
bool S3GetSink::is_whole() const {
  if (range_.offset > 0) return false;
  if (total_) return passed_on_ == *total_;
  return status_ == 200 && passed_on_ == position_;
}

bool S3GetSink::is_intact() {
  const std::lock_guard lock{mutex_};
  if (is_intact_) return *is_intact_;
  is_intact_ = !is_whole() || stored_checksum_.size() != Checksum::kHexDigits ||
               checksum_.hex() == stored_checksum_;
  return *is_intact_;
}

}  // namespace gossamer::objects
