#include "connection.hpp"

#include <utility>

namespace gossamer::ledger {
namespace {

constexpr std::size_t kPipelineMax = 256;  ///< Requests under way.
constexpr std::size_t kLinesPerTurn = 64;  ///< So that others get their turn of the loop.
constexpr std::size_t kUnreadBytesMax = 1024 * 1024;
constexpr std::uint64_t kIdleTimeoutMs = 60'000;

}  // namespace

Connection::Connection(uv_loop_t* loop, std::size_t line_bytes_max, Callbacks callbacks)
    : line_bytes_max_(line_bytes_max), callbacks_(std::move(callbacks)) {
  uv_tcp_init(loop, &tcp_);
  uv_timer_init(loop, &idle_);
  uv_timer_init(loop, &resume_);
  tcp_.data = this;
  idle_.data = this;
  resume_.data = this;
  open_handles_ = 3;
}

bool Connection::accept(uv_stream_t* from) {
  if (uv_accept(from, stream()) != 0) return false;
  uv_tcp_nodelay(&tcp_, 1);
  restart_idle_timer();
  read_or_wait(false);
  return is_reading_;
}

void Connection::on_bytes(ssize_t count) {
  if (is_closing_ || count == 0) return;
  if (count < 0) return close();
  input_.append(chunk_.data(), static_cast<std::size_t>(count));
  restart_idle_timer();
  take_lines();
}

void Connection::take_lines() {
  if (is_taking_lines_ || is_closing_) return;  // Answered from within.
  is_taking_lines_ = true;
  std::size_t begin = 0;
  std::size_t end = input_.find('\n');
  for (std::size_t taken = 0; end != std::string::npos && taken < kLinesPerTurn && !is_closing_ &&
                              replies_.size() < kPipelineMax;
       ++taken) {
    std::string_view line{input_.data() + begin, end - begin};
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    replies_.emplace_back();
    callbacks_.on_line(next_request_++, line);
    begin = end + 1;
    end = input_.find('\n', begin);
  }
  input_.erase(0, begin);
  is_taking_lines_ = false;
  const bool has_more_lines = end != std::string::npos;
  flush();
  if (!has_more_lines && input_.size() > line_bytes_max_) close();
  read_or_wait(has_more_lines);
}

void Connection::answer(std::uint64_t request, std::string line) {
  if (is_closing_) return;
  replies_[request - (next_request_ - replies_.size())] = std::move(line);
  if (is_taking_lines_) return;
  flush();
  take_lines();  // Some may have waited for room.
}

// What waits in `input_` is at most one read and the rest of a line.
void Connection::read_or_wait(bool has_more_lines) {
  if (is_closing_) return;
  const bool is_full = replies_.size() >= kPipelineMax;
  if (has_more_lines && !is_full) {
    uv_timer_start(
        &resume_, [](uv_timer_t* timer) { static_cast<Connection*>(timer->data)->take_lines(); }, 0,
        0);
  }
  if (has_more_lines || is_full) {
    uv_read_stop(stream());
    is_reading_ = false;
    return;
  }
  if (is_reading_) return;
  const auto give_chunk = [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto& chunk = static_cast<Connection*>(handle->data)->chunk_;
    *buffer = uv_buf_init(chunk.data(), static_cast<unsigned>(chunk.size()));
  };
  is_reading_ =
      uv_read_start(stream(), give_chunk, [](uv_stream_t* from, ssize_t count, const uv_buf_t*) {
        static_cast<Connection*>(from->data)->on_bytes(count);
      }) == 0;
}

void Connection::flush() {
  if (is_closing_) return;
  std::string ready;
  while (!replies_.empty() && replies_.front()) {
    ready += *replies_.front();
    replies_.pop_front();
  }
  if (ready.empty()) return;
  struct Write {
    uv_write_t request{};
    std::string bytes{};
  };
  auto* write = new Write{{}, std::move(ready)};
  write->request.data = write;
  const uv_buf_t buffer =
      uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  const int rc = uv_write(&write->request, stream(), &buffer, 1, [](uv_write_t* request, int) {
    delete static_cast<Write*>(request->data);
  });
  if (rc != 0) {
    delete write;
    return close();
  }
  // A client that does not read what it asked for is cut off.
  if (uv_stream_get_write_queue_size(stream()) > kUnreadBytesMax) close();
}

void Connection::restart_idle_timer() {
  uv_timer_start(
      &idle_, [](uv_timer_t* timer) { static_cast<Connection*>(timer->data)->close(); },
      kIdleTimeoutMs, 0);
}

void Connection::close() {
  if (is_closing_) return;
  is_closing_ = true;
  if (callbacks_.on_gone) callbacks_.on_gone();
  const auto closed = [](uv_handle_t* handle) {
    auto* self = static_cast<Connection*>(handle->data);
    if (--self->open_handles_ == 0) delete self;
  };
  uv_close(reinterpret_cast<uv_handle_t*>(&tcp_), closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&idle_), closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&resume_), closed);
}

}  // namespace gossamer::ledger
