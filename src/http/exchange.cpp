#include "http/exchange.hpp"

#include <fmt/format.h>

#include <utility>

#include "http/curl_failure.hpp"
#include "http/curl_setup.hpp"
#include "http/proxy_variables.hpp"

namespace gossamer::http {
namespace {

// Read whole before the request is begun, so that it goes out with the headers.
constexpr std::uint64_t kSmallBodyBytes = 64 * 1024;

}  // namespace

/// What libcurl calls. It cannot be left, nor the transfer removed, inside them.
struct Exchange::Callbacks {
  static Exchange& at(void* self) { return *static_cast<Exchange*>(self); }

  static std::size_t write(char* bytes, std::size_t, std::size_t count, void* self) {
    return at(self).on_answer_bytes({reinterpret_cast<const std::uint8_t*>(bytes), count});
  }
  static std::size_t header(char* line, std::size_t, std::size_t count, void* self) {
    return at(self).on_head_line({line, count});
  }
  static std::size_t read(char* into, std::size_t size, std::size_t count, void* self) {
    return at(self).give_body({reinterpret_cast<std::uint8_t*>(into), size * count});
  }
  static int seek(void* self, curl_off_t offset, int origin) {
    Exchange& exchange = at(self);
    if (origin != SEEK_SET || offset < 0 || !exchange.reader_) return CURL_SEEKFUNC_FAIL;
    exchange.reader_->seek(static_cast<std::uint64_t>(offset));
    return CURL_SEEKFUNC_OK;
  }
  static int progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
    at(self).on_progress(static_cast<std::uint64_t>(sent), static_cast<std::uint64_t>(received));
    return 0;
  }
  static int begun(void* self, char*, char*, int, int) {
    at(self).on_request_begun();
    return CURL_PREREQFUNC_OK;
  }
};

Exchange::Exchange(Place place, std::uint64_t id, std::string origin, Request request,
                   HeaderList headers, Client::Done done)
    : place_(place),
      id_(id),
      origin_(std::move(origin)),
      request_(std::move(request)),
      headers_(std::move(headers)),
      done_(std::move(done)),
      bounds_(request_.timeouts, place_.clock.now()) {}

void Exchange::abandon() {
  if (std::exchange(stage_, Stage::ended) == Stage::transferring) place_.multi.remove(easy_.get());
  easy_.reset();
  reader_.reset();
  writer_.reset();
}

Exchange& Exchange::of(CURL* easy) {
  void* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return Callbacks::at(self);
}

std::string Exchange::shown() const {
  return request_.method + " " + origin_;
}

/// Who cannot be reached may be the proxy.
std::string Exchange::shown_way() const {
  return request_.is_direct ? shown() : shown() + shown_proxy(origin_);
}

void Exchange::start(Easy easy) {
  easy_ = std::move(easy);
  if (request_.sink) {
    writer_ =
        std::make_shared<SinkWriter>(place_.workers, request_.sink, [this] { on_sink_written(); });
  }
  if (request_.body) {
    reader_ =
        std::make_shared<SourceReader>(place_.workers, request_.body, [this] { on_body_read(); });
    reader_->seek(0);
    if (reader_->size() > 0 && reader_->size() <= kSmallBodyBytes) {
      stage_ = Stage::reading_body;
      return;
    }
  }
  begin_transfer();
}

void Exchange::begin_transfer() {
  set_up_transfer(easy_.get(), request_, place_.options, headers_.get());
  set_up_callbacks();
  const std::uint64_t size = reader_ ? reader_->size() : 0;
  const BodyKind kind = !reader_                 ? BodyKind::none
                        : size > kSmallBodyBytes ? BodyKind::streamed
                                                 : BodyKind::in_memory;
  const ByteView small = kind == BodyKind::in_memory ? reader_->front() : ByteView{};
  set_up_body(easy_.get(), request_.method, kind, small, size);
  bounds_.connect(place_.clock.now());
  place_.owner.on_bounds_moved(*this);
  if (!place_.multi.add(easy_.get())) {
    fail_with({ErrorCode::resource_exhausted, shown() + ": no memory for a transfer"});
    return;
  }
  stage_ = Stage::transferring;
}

void Exchange::set_up_callbacks() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words_.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Callbacks::write);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Callbacks::header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Callbacks::read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Callbacks::seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &Callbacks::progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Callbacks::begun);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
}

void Exchange::on_request_begun() {
  is_begun_ = true;
  const Instant now = place_.clock.now();
  if (reader_ && reader_->size() > kSmallBodyBytes) {
    bounds_.send(now);
  } else {
    bounds_.await(now);
  }
  place_.owner.on_bounds_moved(*this);
}

void Exchange::on_progress(std::uint64_t sent, std::uint64_t received) {
  const std::uint64_t moved = sent + received;
  if (moved == moved_) return;
  moved_ = moved;
  const Instant now = place_.clock.now();
  if (bounds_.is_sending() && sent >= reader_->size()) {
    bounds_.await(now);
    place_.owner.on_bounds_moved(*this);
  } else if (bounds_.is_sending() || bounds_.is_receiving()) {
    bounds_.move(now);
  }
}

std::size_t Exchange::on_head_line(std::string_view line) {
  const Instant now = place_.clock.now();
  if (bounds_.is_receiving()) {
    bounds_.move(now);
  } else {
    bounds_.receive(now);
    place_.owner.on_bounds_moved(*this);
  }
  if (head_.on_line(line)) {
    if (head_.is_complete() && !std::exchange(is_head_told_, true) && request_.on_head) {
      request_.on_head(head_.status(), head_.headers());
    }
    return line.size();
  }
  failure_ = Error{ErrorCode::resource_exhausted,
                   fmt::format("{}: the answer's headers have more than {} bytes", shown(),
                               ResponseHead::kBytesMax)};
  return 0;
}

std::size_t Exchange::on_answer_bytes(ByteView bytes) {
  if (!writer_ || !is_success()) return keep(bytes);
  writer_->append(bytes);
  if (writer_->is_full() && !is_receive_paused_) pause_receiving();
  return bytes.size();
}

// Before there is too much, not by refusing bytes: those libcurl would copy, and hold itself.
void Exchange::pause_receiving() {
  is_receive_paused_ = true;
  bounds_.hold(true, place_.clock.now());
  place_.owner.on_bounds_moved(*this);
  curl_easy_pause(easy_.get(), CURLPAUSE_RECV | (is_send_paused_ ? CURLPAUSE_SEND : 0));
}

std::size_t Exchange::keep(ByteView bytes) {
  const std::size_t room = request_.body_bytes_max - kept_.size();
  if (bytes.size() <= room) {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    return bytes.size();
  }
  if (is_success()) {
    failure_ = Error{ErrorCode::resource_exhausted,
                     fmt::format("{}: the answer's body has more than the {} bytes allowed",
                                 shown(), request_.body_bytes_max)};
  } else {
    const ByteView fitting = bytes.first(room);
    kept_.insert(kept_.end(), fitting.begin(), fitting.end());
    is_cut_ = true;
  }
  return 0;
}

std::size_t Exchange::give_body(std::span<std::uint8_t> into) {
  if (reader_->error()) {
    failure_ = reader_->error();
    return CURL_READFUNC_ABORT;
  }
  const std::size_t count = reader_->take(into);
  if (count > 0 || reader_->is_at_end()) return count;
  is_send_paused_ = true;
  bounds_.hold(true, place_.clock.now());
  place_.owner.on_bounds_moved(*this);
  return CURL_READFUNC_PAUSE;
}

void Exchange::on_body_read() {
  if (stage_ == Stage::settling) {
    end_if_settled();
  } else if (reader_->error()) {
    fail_with(*reader_->error());
  } else if (stage_ == Stage::reading_body) {
    begin_transfer();
  } else if (stage_ == Stage::transferring && is_send_paused_) {
    is_send_paused_ = false;
    resume();
  }
}

void Exchange::on_sink_written() {
  if (stage_ == Stage::settling) {
    end_if_settled();
  } else if (writer_->error()) {
    fail_with(*writer_->error());
  } else if (stage_ == Stage::transferring && is_receive_paused_) {
    is_receive_paused_ = false;
    resume();
  }
}

void Exchange::resume() {
  bounds_.hold(is_send_paused_ || is_receive_paused_, place_.clock.now());
  place_.owner.on_bounds_moved(*this);
  // libcurl hands over here what it held back, and forgets a callback's refusal of it.
  const int paused =
      (is_send_paused_ ? CURLPAUSE_SEND : 0) | (is_receive_paused_ ? CURLPAUSE_RECV : 0);
  const CURLcode code = curl_easy_pause(easy_.get(), paused);
  if (code != CURLE_OK) on_finished(code);
}

void Exchange::on_finished(CURLcode code) {
  if (stage_ != Stage::transferring) return;
  if (is_stale(code)) return send_again();
  const bool is_over = code == CURLE_OK || (code == CURLE_WRITE_ERROR && is_cut_);
  if (!failure_ && is_over && !head_.is_complete()) {
    failure_ = Error{ErrorCode::unknown_outcome, shown() + ": the answer ended in its headers"};
  } else if (!failure_ && code == CURLE_OPERATION_TIMEDOUT && !is_begun_) {
    failure_ =
        Error{ErrorCode::timed_out, fmt::format("{}: no connection within {} ms (connect bound)",
                                                shown_way(), request_.timeouts.connect.count())};
    ++place_.counters.timeouts;
  } else if (!failure_ && !is_over) {
    failure_ = to_error(code, is_begun_, words_.data(), shown_way());
  }
  settle();
}

// libcurl sends again by itself if it finds out by reading, but not if it does by writing.
bool Exchange::is_stale(CURLcode code) const {
  if (code != CURLE_SEND_ERROR || failure_ || is_sent_again_ || bounds_.is_receiving())
    return false;
  long opened = 1;
  curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &opened);
  return opened == 0;
}

void Exchange::send_again() {
  is_sent_again_ = true;
  count_transfer();
  place_.multi.remove(easy_.get());
  if (reader_ && reader_->size() > kSmallBodyBytes) reader_->seek(0);
  is_send_paused_ = false;
  bounds_.hold(false, place_.clock.now());
  bounds_.connect(place_.clock.now());
  place_.owner.on_bounds_moved(*this);
  curl_easy_setopt(easy_.get(), CURLOPT_FRESH_CONNECT, 1L);
  if (!place_.multi.add(easy_.get())) {
    stage_ = Stage::waiting;
    fail_with({ErrorCode::unknown_outcome, shown() + ": no memory to send it again"});
  }
}

void Exchange::check_bounds(Instant now) {
  const std::string exceeded = bounds_.exceeded(now);
  if (exceeded.empty()) {
    place_.owner.on_bounds_moved(*this);
    return;
  }
  ++place_.counters.timeouts;
  fail_with({ErrorCode::timed_out, shown_way() + ": " + exceeded});
}

void Exchange::fail_with(Error error) {
  if (!failure_) failure_ = std::move(error);
  settle();
}

void Exchange::settle() {
  if (stage_ == Stage::settling || stage_ == Stage::ended) return;
  const Stage before = std::exchange(stage_, Stage::settling);
  bounds_.end(place_.clock.now());
  place_.owner.on_bounds_moved(*this);
  if (before == Stage::transferring) {
    count_transfer();
    place_.multi.remove(easy_.get());
  }
  // What was sent is at the server; what is left unread does not matter.
  if (reader_) reader_->stop();
  // What arrived before a break is the sink's: whoever asks again goes on behind it.
  if (writer_ && !is_success()) writer_->stop();
  if (writer_) writer_->finish();
  if (easy_) place_.owner.on_transfer_over(*this, std::move(easy_));
  end_if_settled();
}

void Exchange::end_if_settled() {
  if (stage_ != Stage::settling) return;
  if ((reader_ && reader_->is_busy()) || (writer_ && writer_->is_busy())) return;
  if (!failure_ && writer_ && writer_->error()) failure_ = writer_->error();
  stage_ = Stage::ended;
  place_.owner.on_ended(*this);
}

void Exchange::count_transfer() {
  CURL* easy = easy_.get();
  long connections = 0;
  long request_bytes = 0;
  long head_bytes = 0;
  curl_off_t sent = 0;
  curl_off_t received = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connections);
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &head_bytes);
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
  place_.counters.connections_opened += static_cast<std::uint64_t>(connections);
  place_.counters.bytes_sent += static_cast<std::uint64_t>(request_bytes + sent);
  place_.counters.bytes_received += static_cast<std::uint64_t>(head_bytes + received);
}

Result<Response> Exchange::take_outcome() {
  if (failure_) return tl::unexpected(std::move(*failure_));
  return Response{head_.status(), head_.take_headers(), std::move(kept_)};
}

}  // namespace gossamer::http
