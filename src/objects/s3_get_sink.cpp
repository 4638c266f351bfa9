#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "objects/s3_body.hpp"
#include "objects/s3_get.hpp"

namespace gossamer::objects {
namespace {

// Beyond what any object has; servers read larger numbers as they like.
constexpr std::uint64_t kObjectBytesMax = 1ULL << 46;

// Where the bytes of `bytes 100-199/1000` begin.
std::optional<std::uint64_t> begin_of(std::string_view content_range) {
  constexpr std::string_view kUnit = "bytes ";
  if (content_range.substr(0, kUnit.size()) != kUnit) return std::nullopt;
  content_range.remove_prefix(kUnit.size());
  std::uint64_t begin = 0;
  const char* const last = content_range.data() + content_range.size();
  const auto [end, error] = std::from_chars(content_range.data(), last, begin);
  if (error != std::errc{} || end == last || *end != '-') return std::nullopt;
  return begin;
}

}  // namespace

S3GetSink::S3GetSink(std::shared_ptr<ByteSink> inner, std::optional<Range> range)
    : inner_(std::move(inner)), range_(range.value_or(Range{})) {}

std::string S3GetSink::next_range() const {
  const std::lock_guard lock{mutex_};
  const std::uint64_t from = wanted_from();
  const bool is_open = range_.length == 0 || range_.length > kObjectBytesMax;
  if (is_open) return from == 0 ? std::string{} : fmt::format("bytes={}-", from);
  return fmt::format("bytes={}-{}", from, range_.offset + range_.length - 1);
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
  is_astray_ = false;
  position_ = wanted_from();
}

void S3GetSink::head(int status, const http::Headers& headers) {
  if (status != 200 && status != 206) return;
  const std::lock_guard lock{mutex_};
  position_ = 0;  // 200: the server knows no ranges.
  if (status == 206) {
    const auto begin = begin_of(http::find_header(headers, "Content-Range"));
    is_astray_ = !begin || *begin > wanted_from();
    position_ = begin.value_or(0);
  }
  const std::string etag{http::find_header(headers, "ETag")};
  if (passed_on_ > 0 && etag != etag_) is_astray_ = true;
  if (passed_on_ > 0) return;
  etag_ = etag;
  stored_checksum_ = http::find_header(headers, kChecksumHeader);
}

void S3GetSink::start_over() {
  const std::lock_guard lock{mutex_};
  has_begun_ = false;
  passed_on_ = 0;
  etag_.clear();
  stored_checksum_.clear();
  is_intact_.reset();
  checksum_ = Checksum{};
}

void S3GetSink::restart() {
  const std::lock_guard lock{mutex_};
  if (has_begun_) return;
  has_begun_ = true;
  inner_->restart();
}

Result<void> S3GetSink::write(ByteView bytes) {
  const std::lock_guard lock{mutex_};
  if (is_astray_) return fail(ErrorCode::cancelled, "the answer is about another object");
  const std::uint64_t begin = position_;
  position_ += bytes.size();
  if (position_ <= wanted_from()) return {};
  if (begin < wanted_from()) bytes = bytes.subspan(static_cast<std::size_t>(wanted_from() - begin));
  if (range_.length > 0) {
    const std::uint64_t left = range_.length - passed_on_;
    bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
  }
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

bool S3GetSink::is_astray() const {
  const std::lock_guard lock{mutex_};
  return is_astray_;
}

bool S3GetSink::is_intact() {
  const std::lock_guard lock{mutex_};
  if (is_intact_) return *is_intact_;
  const bool is_whole = range_.offset == 0 && range_.length == 0;
  is_intact_ = !is_whole || stored_checksum_.size() != Checksum::kHexDigits ||
               checksum_.hex() == stored_checksum_;
  return *is_intact_;
}

}  // namespace gossamer::objects
