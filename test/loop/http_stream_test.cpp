#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "loop/http_fixture.hpp"
#include "loop/scripted_http_server.hpp"

namespace gossamer::http {
namespace {

using namespace std::chrono_literals;
using test::Gate;
using test::http_answer;
using test::HttpFixture;
using test::ScriptedHttpServer;
using test::SeenRequest;
using test::ServerConnection;
using test::shown;

constexpr std::uint64_t kMebibyte = 1024 * 1024;
/// What the kernel may hold of one loopback connection, at both ends.
std::uint64_t kernel_bytes_max() {
  std::uint64_t sum = 0;
  for (const char* path : {"/proc/sys/net/ipv4/tcp_rmem", "/proc/sys/net/ipv4/tcp_wmem"}) {
    std::uint64_t least = 0;
    std::uint64_t usual = 0;
    std::uint64_t most = 0;
    std::ifstream{path} >> least >> usual >> most;
    sum += most;
  }
  return sum;
}

// Beside that: two chunks of ours, and libcurl's buffers.
constexpr std::uint64_t kAheadMax = 4 * kMebibyte;

// What every stream here repeats: no chunk's length divides its own, so that a shift or a chunk
// given twice shows.
constexpr std::size_t kPeriod = 1'000'003;

const std::string& period() {
  static const std::string kBytes = [] {
    std::string bytes(kPeriod, '\0');
    std::uint64_t state = 1;
    for (char& byte : bytes) {
      state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
      byte = static_cast<char>(state >> 56);
    }
    return bytes;
  }();
  return kBytes;
}

/// Calls `with(offset, piece)` for the pieces of the stream's bytes `from` to `from + count - 1`.
template <class With>
void for_pieces(std::uint64_t from, std::size_t count, With with) {
  for (std::size_t at = 0; at < count;) {
    const std::size_t begin = static_cast<std::size_t>((from + at) % kPeriod);
    const std::size_t length = std::min(count - at, kPeriod - begin);
    with(at, std::string_view{period()}.substr(begin, length));
    at += length;
  }
}

std::string pattern(std::uint64_t from, std::size_t count) {
  std::string bytes;
  for_pieces(from, count, [&](std::size_t, std::string_view piece) { bytes += piece; });
  return bytes;
}

bool is_pattern(ByteView bytes, std::uint64_t from) {
  bool is_same = true;
  for_pieces(from, bytes.size(), [&](std::size_t at, std::string_view piece) {
    is_same = is_same && as_text(bytes.subspan(at, piece.size())) == piece;
  });
  return is_same;
}

/// Watches that a source or a sink is used by one thread at a time.
class OneAtATime {
 public:
  explicit OneAtATime(std::atomic<int>& users) : users_(users) { is_alone_ = ++users_ == 1; }
  ~OneAtATime() { --users_; }
  bool is_alone() const { return is_alone_; }

 private:
  std::atomic<int>& users_;
  bool is_alone_ = false;
};

class PatternSource final : public ByteSource {
 public:
  explicit PatternSource(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    const OneAtATime use{users};
    if (!use.is_alone() || offset + into.size() > size_) is_misused = true;
    if (wait_at && offset >= *wait_at) gate.wait();
    if (fail_at && offset >= *fail_at) return fail(ErrorCode::corrupted, "the disk is bad");
    for_pieces(offset, into.size(), [&](std::size_t at, std::string_view piece) {
      std::memcpy(into.data() + at, piece.data(), piece.size());
    });
    read_to = offset + into.size();
    return {};
  }

  std::optional<std::uint64_t> wait_at{};
  std::optional<std::uint64_t> fail_at{};
  Gate gate;
  std::atomic<std::uint64_t> read_to{0};
  std::atomic<int> users{0};
  std::atomic<bool> is_misused{false};

 private:
  const std::uint64_t size_;
};

class PatternSink final : public ByteSink {
 public:
  void restart() override {
    const OneAtATime use{users};
    if (!use.is_alone()) is_misused = true;
    ++restarts;
    written = 0;
  }
  Result<void> write(ByteView bytes) override {
    const OneAtATime use{users};
    if (!use.is_alone() || restarts == 0) is_misused = true;
    ++writes;
    if (wait_at && written >= *wait_at) gate.wait();
    if (fail_at && written >= *fail_at) return fail(ErrorCode::io, "the disk is full");
    if (!is_pattern(bytes, written)) is_misused = true;
    written += bytes.size();
    return {};
  }

  std::optional<std::uint64_t> wait_at{};
  std::optional<std::uint64_t> fail_at{};
  Gate gate;
  std::atomic<std::uint64_t> written{0};
  std::atomic<int> restarts{0};
  std::atomic<int> writes{0};
  std::atomic<int> users{0};
  std::atomic<bool> is_misused{false};
};

Request put(std::string url, std::shared_ptr<ByteSource> body) {
  Request request;
  request.method = "PUT";
  request.url = std::move(url);
  request.body = std::move(body);
  request.timeouts = test::patience();
  return request;
}

Request get(std::string url, std::shared_ptr<ByteSink> sink) {
  Request request;
  request.url = std::move(url);
  request.sink = std::move(sink);
  request.timeouts = test::patience();
  return request;
}

/// Sends a 200 of `size` bytes of the pattern, and counts them.
void send_pattern(ServerConnection& connection, std::uint64_t size,
                  std::atomic<std::uint64_t>* sent = nullptr) {
  connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
  for (std::uint64_t at = 0; at < size;) {
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, 65536));
    if (!connection.send(pattern(at, count))) return;
    at += count;
    if (sent != nullptr) *sent = at;
  }
}

/// Whether `value` has come to a stand: not moved for a while.
template <class Value>
bool stands_still(HttpFixture& http, const Value& value) {
  std::uint64_t last = value;
  Instant moved_at = http.fixture.clock().now();
  return http.run_until([&] {
    const Instant now = http.fixture.clock().now();
    if (value != last) moved_at = now;
    last = value;
    return now - moved_at > 200ms;
  });
}

TEST_CASE("http: bodies of every length go out and come back whole", "[http]") {
  ScriptedHttpServer server{ScriptedHttpServer::answering(
      [](const SeenRequest& request) { return http_answer(200, request.body); })};
  HttpFixture http;
  constexpr std::uint64_t kSizes[] = {0,         1,         16'384,    65'535,   65'536,
                                      65'537,    524'287,   524'288,   524'289,  1'048'575,
                                      1'048'576, 1'048'577, 1'572'865, 5'000'001};
  std::vector<std::shared_ptr<PatternSource>> sources;
  std::vector<std::shared_ptr<PatternSink>> sinks;
  std::size_t right = 0;
  std::size_t ended = 0;
  for (const std::uint64_t size : kSizes) {
    sources.push_back(std::make_shared<PatternSource>(size));
    sinks.push_back(std::make_shared<PatternSink>());
    Request request = put(server.url(), sources.back());
    request.sink = sinks.back();
    http.client->send(request, [&, size, sink = sinks.back()](const Result<Response>& with) {
      ++ended;
      if (with && with->status == 200 && with->body.empty() && sink->written == size) ++right;
    });
  }
  CHECK(http.run_until([&] { return ended == std::size(kSizes); }));
  CHECK(right == std::size(kSizes));
  for (const auto& source : sources) CHECK_FALSE(source->is_misused);
  for (const auto& sink : sinks) {
    CHECK_FALSE(sink->is_misused);
    CHECK(sink->restarts == 1);
  }
}

TEST_CASE("http: a source is read no further ahead than a few buffers of a slow server", "[http]") {
  const std::uint64_t ahead_max = kAheadMax + kernel_bytes_max();
  const std::uint64_t size = std::max(100 * kMebibyte, 2 * ahead_max);
  Gate go;
  std::atomic<std::uint64_t> seen{0};
  std::atomic<bool> is_right{true};
  auto source = std::make_shared<PatternSource>(size);
  std::atomic<std::uint64_t> most_ahead{0};
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (!connection.read_head()) return;
    go.wait();
    while (seen < size) {
      const std::string part = connection.read_some(65536);
      if (part.empty()) return;
      if (!is_pattern(as_bytes(part), seen)) is_right = false;
      seen += part.size();
      most_ahead = std::max<std::uint64_t>(most_ahead, source->read_to - seen);
    }
    connection.send(http_answer(200, "got it"));
  }};
  HttpFixture http;
  std::optional<Result<Response>> ended;
  http.client->send(put(server.url(), source), [&](Result<Response> with) { ended = with; });
  CHECK(http.run_until([&] { return source->read_to > 0; }));
  CHECK(stands_still(http, source->read_to));
  CHECK(source->read_to < ahead_max);
  go.open();
  CHECK(http.run_until([&] { return ended.has_value(); }, 100s));
  INFO(shown(*ended));
  REQUIRE(*ended);
  CHECK(to_text((*ended)->body) == "got it");
  CHECK(is_right);
  CHECK(seen == size);
  CHECK(most_ahead < ahead_max);
  CHECK_FALSE(source->is_misused);
}

TEST_CASE("http: an answer is received no further ahead than a few buffers of a slow sink",
          "[http]") {
  const std::uint64_t ahead_max = kAheadMax + kernel_bytes_max();
  const std::uint64_t size = std::max(100 * kMebibyte, 2 * ahead_max);
  std::atomic<std::uint64_t> sent{0};
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (connection.read_request()) send_pattern(connection, size, &sent);
  }};
  HttpFixture http;
  auto sink = std::make_shared<PatternSink>();
  sink->wait_at = 20 * kMebibyte;
  std::optional<Result<Response>> ended;
  Request request = get(server.url(), sink);
  request.timeouts.stall = 500ms;
  http.client->send(request, [&](Result<Response> with) { ended = with; });
  CHECK(http.run_until([&] { return sink->written >= *sink->wait_at; }));
  CHECK(stands_still(http, sent));
  CHECK(sent < sink->written + ahead_max);
  sink->gate.open();
  CHECK(http.run_until([&] { return ended.has_value(); }, 100s));
  INFO(shown(*ended));
  REQUIRE(*ended);
  CHECK(sink->written == size);
  CHECK_FALSE(sink->is_misused);
  CHECK(sink->writes < 1000);
}

TEST_CASE("http: who waits for its own sink or source has not stalled", "[http]") {
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    const auto request = connection.read_request();
    if (!request) return;
    if (request->first_line().substr(0, 3) == "PUT") {
      connection.send(http_answer(200, ""));
    } else {
      send_pattern(connection, 20 * kMebibyte);
    }
  }};
  HttpFixture http;
  auto source = std::make_shared<PatternSource>(5 * kMebibyte);
  source->wait_at = 2 * kMebibyte;
  auto sink = std::make_shared<PatternSink>();
  sink->wait_at = 0;
  std::vector<Result<Response>> ended;
  for (Request request : {put(server.url(), source), get(server.url(), sink)}) {
    request.timeouts.stall = 700ms;
    http.client->send(request, [&](Result<Response> with) { ended.push_back(std::move(with)); });
  }
  const Instant until = http.fixture.clock().now() + 1500ms;
  CHECK(http.run_until([&] { return http.fixture.clock().now() > until; }));
  CHECK(ended.empty());
  source->gate.open();
  sink->gate.open();
  CHECK(http.run_until([&] { return ended.size() == 2; }));
  for (const auto& end : ended) {
    INFO(shown(end));
    CHECK(end);
  }
}

TEST_CASE("http: what a sink or a source says ends the request", "[http]") {
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    const auto head = connection.read_head();
    if (!head) return;
    if (head->first_line().substr(0, 3) == "GET") send_pattern(connection, 30 * kMebibyte);
    connection.wait_for_close();
  }};
  HttpFixture http;
  SECTION("source") {
    auto source = std::make_shared<PatternSource>(GENERATE(1000u, 10'000'000u));
    source->fail_at = GENERATE(0u, 3'000'000u);
    if (*source->fail_at >= source->size()) return;
    const auto ended = http.fetch(put(server.url(), source));
    INFO(shown(ended));
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == ErrorCode::corrupted);
    CHECK(ended.error().detail == "the disk is bad");
    CHECK(source->users == 0);
  }
  SECTION("sink") {
    auto sink = std::make_shared<PatternSink>();
    sink->fail_at = GENERATE(0u, 3'000'000u);
    const auto ended = http.fetch(get(server.url(), sink));
    INFO(shown(ended));
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == ErrorCode::io);
    CHECK(ended.error().detail == "the disk is full");
    CHECK(sink->users == 0);
  }
}

TEST_CASE("http: a sink's refusal of the last bytes is the outcome", "[http]") {
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (connection.read_request()) send_pattern(connection, 100);
  }};
  HttpFixture http;
  auto sink = std::make_shared<PatternSink>();
  sink->fail_at = 0;
  const auto ended = http.fetch(get(server.url(), sink));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::io);
}

TEST_CASE("http: the end is told after the last write, also when the transfer failed", "[http]") {
  const bool is_torn = GENERATE(false, true);
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (!connection.read_request()) return;
    if (!is_torn) return send_pattern(connection, 600'000);
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + pattern(0, 600'000));
  }};
  HttpFixture http;
  auto sink = std::make_shared<PatternSink>();
  sink->wait_at = 0;
  bool is_ended = false;
  bool is_answer = false;
  http.client->send(get(server.url(), sink), [&](const Result<Response>& with) {
    is_ended = true;
    is_answer = with.has_value();
    CHECK(sink->users == 0);
  });
  CHECK(http.run_until([&] { return sink->writes == 1; }));
  const Instant until = http.fixture.clock().now() + 100ms;
  CHECK(http.run_until([&] { return http.fixture.clock().now() > until; }));
  CHECK_FALSE(is_ended);
  sink->gate.open();
  CHECK(http.run_until([&] { return is_ended; }));
  CHECK(is_answer == !is_torn);
  CHECK(sink->written == (is_torn ? sink->written.load() : 600'000));
  CHECK_FALSE(sink->is_misused);
}

TEST_CASE("http: the end is told after the last read, also when the transfer failed", "[http]") {
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (connection.read_head()) connection.reset();
  }};
  HttpFixture http;
  auto source = std::make_shared<PatternSource>(50 * kMebibyte);
  source->wait_at = 0;
  bool is_ended = false;
  http.client->send(put(server.url(), source), [&](const Result<Response>& with) {
    is_ended = true;
    CHECK_FALSE(with);
    CHECK(source->users == 0);
  });
  CHECK(http.run_until([&] { return source->users == 1 && server.accepted() == 1; }));
  const Instant until = http.fixture.clock().now() + 100ms;
  CHECK(http.run_until([&] { return http.fixture.clock().now() > until; }));
  CHECK_FALSE(is_ended);
  source->gate.open();
  CHECK(http.run_until([&] { return is_ended; }));
}

TEST_CASE("http: a body that is sent again begins anew, whatever was being read of it", "[http]") {
  Gate break_off;
  ScriptedHttpServer server{[&](ServerConnection& connection, int number) {
    if (number == 0) {
      if (connection.read_request()) connection.send(http_answer(200, ""));
      if (connection.read_head()) break_off.wait();
      return connection.reset();
    }
    const auto request = connection.read_request();
    if (!request) return;
    const bool is_right = is_pattern(as_bytes(request->body), 0);
    connection.send(http_answer(200, is_right ? "right" : "wrong"));
  }};
  HttpFixture http;
  Request first;
  first.url = server.url();
  first.timeouts = test::patience();
  REQUIRE(http.fetch(first));
  auto source = std::make_shared<PatternSource>(3 * kMebibyte);
  source->wait_at = kMebibyte;
  std::optional<Result<Response>> ended;
  http.client->send(put(server.url(), source), [&](Result<Response> with) { ended = with; });
  CHECK(http.run_until([&] { return source->users == 1 && source->read_to == kMebibyte; }));
  break_off.open();
  CHECK(http.run_until([&] { return server.accepted() == 2; }));
  CHECK_FALSE(ended);
  source->gate.open();
  CHECK(http.run_until([&] { return ended.has_value(); }));
  INFO(shown(*ended));
  REQUIRE(*ended);
  CHECK(to_text((*ended)->body) == "right");
  CHECK_FALSE(source->is_misused);
}

TEST_CASE("http: an error's body is kept, and the sink gets none of it", "[http]") {
  ScriptedHttpServer server{ScriptedHttpServer::answering(
      [](const SeenRequest&) { return http_answer(404, "<Error/>"); })};
  HttpFixture http;
  auto sink = std::make_shared<PatternSink>();
  const auto ended = http.fetch(get(server.url(), sink));
  REQUIRE(ended);
  CHECK(to_text(ended->body) == "<Error/>");
  CHECK(sink->writes == 0);
  CHECK(sink->restarts == 0);
}

TEST_CASE("http: an answer that comes before the body was read is the answer", "[http]") {
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    if (!connection.read_head()) return;
    connection.send(http_answer(403, "no"));
    connection.wait_for_close();
  }};
  HttpFixture http;
  auto source = std::make_shared<PatternSource>(100 * kMebibyte);
  const auto ended = http.fetch(put(server.url(), source));
  INFO(shown(ended));
  REQUIRE(ended);
  CHECK(ended->status == 403);
  CHECK(to_text(ended->body) == "no");
  CHECK(source->read_to < 100 * kMebibyte);
}

TEST_CASE("http: closed in the midst of streams, they end with their workers", "[http]") {
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    const auto head = connection.read_head();
    if (head && head->first_line().substr(0, 3) == "GET") send_pattern(connection, 30 * kMebibyte);
    connection.wait_for_close();
  }};
  HttpFixture http;
  auto source = std::make_shared<PatternSource>(30 * kMebibyte);
  source->wait_at = kMebibyte;
  auto sink = std::make_shared<PatternSink>();
  sink->wait_at = kMebibyte;
  int heard = 0;
  http.client->send(put(server.url(), source), [&](const Result<Response>&) { ++heard; });
  http.client->send(get(server.url(), sink), [&](const Result<Response>&) { ++heard; });
  CHECK(http.run_until([&] {
    return source->users == 1 && sink->users == 1 && source->read_to >= kMebibyte &&
           sink->written >= kMebibyte;
  }));
  const bool is_client_first = GENERATE(true, false);
  if (is_client_first) http.client.reset();
  source->gate.open();
  sink->gate.open();
  http.workers->close();
  http.client.reset();
  CHECK(http.fixture.close());
  CHECK(heard == 0);
  CHECK(source.use_count() == 1);
  CHECK(sink.use_count() == 1);
}

}  // namespace
}  // namespace gossamer::http
