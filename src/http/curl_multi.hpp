#pragma once

#include <curl/curl.h>
#include <uv.h>

#include <map>
#include <memory>
#include <vector>

#include "gossamer/result.hpp"
#include "transport/uv_handle.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::http {

/// libcurl's multi interface on a libuv loop: libcurl says which sockets and which time it waits
/// for, the loop tells it when that has come.
///
/// **Threads**: the loop thread only. **Lifetime**: transfers are removed before it is destroyed.
/// May be destroyed inside on_finished().
class CurlMulti {
 public:
  struct Finished {
    CURL* easy;
    CURLcode code;
  };
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Outside of libcurl, so that everything may be called.
    virtual void on_finished(const std::vector<Finished>& transfers) = 0;
  };

  /// Errors: io.
  static Result<std::unique_ptr<CurlMulti>> open(UvLoop& loop, Owner& owner,
                                                 std::size_t connections_kept_max);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// False: libcurl has no memory.
  bool add(CURL* easy);
  /// Not from a callback of libcurl's. A connection in the midst of something is closed.
  void remove(CURL* easy);

 private:
  struct Watch {
    CurlMulti* multi;
    curl_socket_t socket;
    int events;
  };
  using Poll = UvHandle<uv_poll_t, Watch>;
  CurlMulti(UvLoop& loop, Owner& owner);
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  static void on_ready(uv_poll_t* handle, int status, int events);
  void watch(curl_socket_t socket, int what);
  void drive(curl_socket_t socket, int events);

  UvLoop& loop_;
  Owner& owner_;
  CURLM* multi_ = nullptr;
  UvTimer timer_;
  bool is_timer_driving_ = false;
  std::map<curl_socket_t, Poll> polls_;
};

}  // namespace gossamer::http
