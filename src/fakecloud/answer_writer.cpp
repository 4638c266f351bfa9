#include "fakecloud/answer_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace gossamer::fakecloud {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kStallMax = 60s;
/// Of a slow answer, at most so many pieces, so that a big body takes no hours.
constexpr std::size_t kSlowPieces = 8;

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 416: return "Range Not Satisfiable";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Other";
  }
}

std::string head_of(const Answer& answer) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason_of(answer.status));
  for (const http::Header& header : answer.headers) {
    head.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  if (answer.status != 204 && answer.status != 304) {
    head.append(fmt::format("Content-Length: {}\r\n", answer.body().size()));
  }
  head.append(answer.closes ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n");
  return head;
}

bool write_slowly(ConnectionSocket& socket, ByteView body, std::chrono::milliseconds pause) {
  const std::size_t piece = body.size() / kSlowPieces + 1;
  while (!body.empty()) {
    const ByteView next = body.first(std::min(piece, body.size()));
    if (!socket.write_all(next, kStallMax)) return false;
    body = body.subspan(next.size());
    if (!body.empty() && !socket.pause(pause)) return false;
  }
  return true;
}

}  // namespace

bool write_answer(ConnectionSocket& socket, const Answer& answer, bool is_head) {
  using Kind = Delivery::Kind;
  if (answer.delivery.kind == Kind::none) {
    socket.wait_for_end();
    return false;
  }
  if (answer.delivery.kind == Kind::reset) {
    socket.reset();
    return false;
  }
  const bool is_slow = answer.delivery.kind == Kind::slow;
  if (is_slow && !socket.pause(answer.delivery.pause)) return false;
  ByteView body =
      is_head || answer.status == 204 || answer.status == 304 ? ByteView{} : answer.body();
  std::string head = head_of(answer);
  if (answer.delivery.kind == Kind::torn) {
    // Half of nothing would be the whole: then the head is torn.
    if (body.empty()) head.resize(head.size() / 2);
    body = body.first(body.size() / 2);
    if (socket.write_all(as_bytes(head), kStallMax) && socket.write_all(body, kStallMax)) {
      socket.finish_politely();
    }
    return false;
  }
  // Small ones go in one piece, which is one packet.
  if (!is_slow && body.size() <= 16'384) {
    head.append(as_text(body));
    body = {};
  }
  if (!socket.write_all(as_bytes(head), kStallMax)) return false;
  const bool is_sent = is_slow ? write_slowly(socket, body, answer.delivery.pause)
                               : socket.write_all(body, kStallMax);
  if (is_sent && answer.closes) socket.finish_politely();
  return is_sent && !answer.closes;
}

}  // namespace gossamer::fakecloud
