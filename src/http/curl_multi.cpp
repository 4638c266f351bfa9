#include "http/curl_multi.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gossamer::http {

Result<std::unique_ptr<CurlMulti>> CurlMulti::open(UvLoop& loop, Owner& owner,
                                                   std::size_t connections_kept_max) {
  // Counted by libcurl, and safe among threads since 7.84.
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return fail(ErrorCode::io, "cannot start libcurl");
  }
  std::unique_ptr<CurlMulti> opened{new CurlMulti{loop, owner}};
  CURLM* multi = opened->multi_ = curl_multi_init();
  if (multi == nullptr) return fail(ErrorCode::io, "cannot start libcurl's multi interface");
  const long kept = static_cast<long>(std::clamp<std::size_t>(connections_kept_max, 1, 10'000));
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, opened.get());
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, opened.get());
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kept);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  return opened;
}

CurlMulti::CurlMulti(UvLoop& loop, Owner& owner)
    : loop_(loop), owner_(owner), timer_(loop, [this] { drive(CURL_SOCKET_TIMEOUT, 0); }) {}

CurlMulti::~CurlMulti() {
  if (multi_ != nullptr) curl_multi_cleanup(multi_);
  curl_global_cleanup();
}

bool CurlMulti::add(CURL* easy) {
  return curl_multi_add_handle(multi_, easy) == CURLM_OK;
}

void CurlMulti::remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
}

int CurlMulti::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  static_cast<CurlMulti*>(self)->watch(socket, what);
  return 0;
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) {
  CurlMulti& multi = *static_cast<CurlMulti*>(self);
  // Even 0 waits for the timer: libcurl must not be entered from its own callback.
  if (timeout_ms < 0) {
    multi.timer_.disarm();
  } else {
    // 0 again out of the timer says that more can be read at once. libuv runs such a timer before
    // all else, so while a server sends what is thrown away (a chunk's extension without end),
    // nothing but libcurl would have a turn. A millisecond ends the loop's turn; it is not waited
    // for, since the socket is readable.
    const long least_ms = multi.is_timer_driving_ ? 1 : 0;
    multi.timer_.arm(std::chrono::milliseconds{std::max(timeout_ms, least_ms)});
  }
  return 0;
}

void CurlMulti::watch(curl_socket_t socket, int what) {
  // libcurl may close the socket as soon as this returns, and the number may come back at once.
  if (what == CURL_POLL_REMOVE) {
    polls_.erase(socket);
    return;
  }
  Poll& poll = polls_[socket];
  if (!poll.is_open()) {
    const int status =
        poll.open(loop_, Watch{this, socket, 0}, [socket](uv_loop_t* loop, uv_poll_t* handle) {
          return uv_poll_init_socket(loop, handle, socket);
        });
    if (status < 0) {  // Only without memory. The time bounds end what waits for it.
      polls_.erase(socket);
      return;
    }
  }
  poll.state().events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                        ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
  uv_poll_start(poll.get(), poll.state().events, &on_ready);
}

void CurlMulti::on_ready(uv_poll_t* handle, int status, int events) {
  const Watch& watch = Poll::state_of(handle);
  if (status < 0) {
    // The socket has an error, and libuv watches it no more. libcurl finds out which by reading:
    // told that there is one, it would not send again what a kept connection did not take.
    uv_poll_start(handle, watch.events, &on_ready);
    watch.multi->drive(watch.socket, 0);
    return;
  }
  watch.multi->drive(watch.socket, ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
                                       ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0));
}

void CurlMulti::drive(curl_socket_t socket, int events) {
  int running = 0;
  is_timer_driving_ = socket == CURL_SOCKET_TIMEOUT;
  curl_multi_socket_action(multi_, socket, events, &running);
  is_timer_driving_ = false;
  std::vector<Finished> finished;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) {
      finished.push_back({message->easy_handle, message->data.result});
    }
  }
  // Comes last, for the owner may destroy *this.
  if (!finished.empty()) owner_.on_finished(finished);
}

}  // namespace gossamer::http
