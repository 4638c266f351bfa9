#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/client.hpp"
#include "http/curl_handles.hpp"
#include "http/curl_multi.hpp"
#include "http/response_head.hpp"
#include "http/sink_writer.hpp"
#include "http/source_reader.hpp"
#include "http/time_bounds.hpp"
#include "ports/clock.hpp"

namespace gossamer::http {

/// One request and its answer, from when it is asked for to when its outcome is known: after the
/// transfer, and after the last worker has let go of its source and its sink.
///
/// **Threads**: the loop thread only. **Lifetime**: all that it is given outlives it, but work
/// under way on workers ends by itself. Destroyed at any time but inside libcurl.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Its next time bound has moved. May run inside libcurl.
    virtual void on_bounds_moved(Exchange& exchange) = 0;
    /// It needs its connection no more.
    virtual void on_transfer_over(Exchange& exchange, Easy easy) = 0;
    /// The outcome is there. Once, and the last that is heard of it.
    virtual void on_ended(Exchange& exchange) = 0;
  };
  struct Place {
    Owner& owner;
    CurlMulti& multi;
    Workers& workers;
    Clock& clock;
    const ClientOptions& options;
    ClientCounters& counters;
  };

  Exchange(Place place, std::uint64_t id, std::string origin, Request request, HeaderList headers,
           Client::Done done);
  ~Exchange() { abandon(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  /// The exchange that libcurl works for with `easy`.
  static Exchange& of(CURL* easy);

  std::uint64_t id() const noexcept { return id_; }
  /// `scheme://host:port`.
  const std::string& origin() const noexcept { return origin_; }
  const TimeBounds& bounds() const noexcept { return bounds_; }

  /// Has its turn: it may use a connection.
  void start(Easy easy);
  /// libcurl is through with it.
  void on_finished(CURLcode code);
  /// Ends it if a bound of time was passed.
  void check_bounds(Instant now);
  /// Ends it at once. Nothing is heard of it any more.
  void abandon();

  Client::Done take_done() { return std::move(done_); }
  /// After on_ended().
  Result<Response> take_outcome();

 private:
  enum class Stage { waiting, reading_body, transferring, settling, ended };
  struct Callbacks;

  void begin_transfer();
  void set_up_callbacks();
  /// A kept connection had gone before it could be used.
  bool is_stale(CURLcode code) const;
  void send_again();
  void on_body_read();
  void on_sink_written();
  void pause_receiving();
  void resume();
  void fail_with(Error error);
  /// The transfer is over, well or not: waits for the workers.
  void settle();
  void end_if_settled();
  void count_transfer();

  std::size_t on_answer_bytes(ByteView bytes);
  std::size_t keep(ByteView bytes);
  std::size_t on_head_line(std::string_view line);
  std::size_t give_body(std::span<std::uint8_t> into);
  void on_progress(std::uint64_t sent, std::uint64_t received);
  void on_request_begun();
  bool is_success() const { return head_.status() >= 200 && head_.status() < 300; }
  std::string shown() const;
  std::string shown_way() const;

  Place place_;
  const std::uint64_t id_;
  const std::string origin_;
  Request request_;
  const HeaderList headers_;
  Client::Done done_;
  Stage stage_ = Stage::waiting;
  TimeBounds bounds_;
  Easy easy_;
  std::array<char, CURL_ERROR_SIZE> words_{};  ///< libcurl's.

  std::shared_ptr<SourceReader> reader_;
  std::shared_ptr<SinkWriter> writer_;
  bool is_send_paused_ = false;
  bool is_receive_paused_ = false;
  bool is_begun_ = false;  ///< Something of the request was sent, perhaps.
  bool is_head_told_ = false;
  bool is_sent_again_ = false;
  bool is_cut_ = false;      ///< An error's body beyond its bound, left unread.
  std::uint64_t moved_ = 0;  ///< Bytes sent and received so far.

  ResponseHead head_;
  Bytes kept_;
  std::optional<Error> failure_;
};

}  // namespace gossamer::http
