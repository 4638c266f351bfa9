#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aws/digest.hpp"
#include "aws/signature_v4.hpp"
#include "gossamer/fake_cloud.hpp"
#include "transport/file_descriptor.hpp"

namespace gossamer::test {

/// What came over the socket, as far as it came.
struct RawAnswer {
  int status = 0;  ///< 0: no answer.
  std::string head{};
  std::string body{};
  std::size_t stated = 0;  ///< Content-Length.
  bool is_timed_out = false;

  bool is_whole() const { return status != 0 && body.size() == stated; }
  bool has(std::string_view text) const { return body.find(text) != std::string::npos; }
};

/// A blocking client of the fake cloud with a socket for each request, and no mercy: it sees torn
/// answers and closed connections as they are. For many threads, one each.
class RawClient {
 public:
  explicit RawClient(const FakeCloud& cloud, FakeCloud::Options options = {})
      : options_(std::move(options)) {
    const std::string endpoint = cloud.endpoint();
    host_ = endpoint.substr(endpoint.rfind('/') + 1);
    port_ = static_cast<std::uint16_t>(std::stoi(host_.substr(host_.rfind(':') + 1)));
  }

  void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }
  void set_clock_error(std::chrono::seconds error) { clock_error_ = error; }
  /// One that is sent beside those that are signed.
  void set_unsigned_header(http::Header header) { unsigned_ = {std::move(header)}; }
  void set_key(std::string id, std::string secret, std::string token) {
    options_.access_key_id = std::move(id);
    options_.secret_access_key = std::move(secret);
    token_ = std::move(token);
  }

  RawAnswer put(const std::string& key, const std::string& body, bool is_create = false) {
    http::Headers headers;
    if (is_create) headers.push_back({"if-none-match", "*"});
    return send("PUT", key, {}, std::move(headers), body);
  }
  RawAnswer get(const std::string& key, http::Headers headers = {}) {
    return send("GET", key, {}, std::move(headers), {});
  }
  RawAnswer remove(const std::string& key) { return send("DELETE", key, {}, {}, {}); }
  RawAnswer list(aws::Query query = {}) {
    query.emplace_back("list-type", "2");
    return send("GET", "", std::move(query), {}, {});
  }
  RawAnswer send(const std::string& method, const std::string& key, aws::Query query,
                 http::Headers headers, const std::string& body) {
    return call("s3", method, "/bucket/" + key, std::move(query), std::move(headers), body);
  }
  RawAnswer describe(const std::string& more = {}) {
    return call("ec2", "POST", "/", {}, {{"content-type", "application/x-www-form-urlencoded"}},
                "Action=DescribeInstances&Version=2016-11-15" + more);
  }
  /// Not signed.
  RawAnswer plain(const std::string& method, const std::string& target, http::Headers headers = {},
                  const std::string& body = {}) {
    return exchange(text_of(method, target, headers, body));
  }
  /// Whatever bytes.
  RawAnswer exchange(const std::string& request) {
    const FileDescriptor socket = connect();
    RawAnswer answer;
    if (!socket.is_open()) return answer;
    std::string_view rest{request};
    while (!rest.empty()) {
      const ssize_t count = ::send(socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    read(socket, request.compare(0, 5, "HEAD ") == 0, answer);
    return answer;
  }
  FileDescriptor connect() const {
    FileDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{static_cast<time_t>(timeout_.count() / 1'000),
                        static_cast<suseconds_t>(timeout_.count() % 1'000 * 1'000)};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      socket.close();
    }
    return socket;
  }

 private:
  RawAnswer call(const std::string& service, const std::string& method, const std::string& path,
                 aws::Query query, http::Headers headers, const std::string& body) {
    aws::Signable signable;
    signable.method = method;
    signable.host = host_;
    signable.path = path;
    signable.query = std::move(query);
    signable.headers = std::move(headers);
    signable.payload_sha256 = aws::to_hex(aws::sha256(as_bytes(body)));
    aws::Credentials credentials;
    credentials.access_key_id = options_.access_key_id;
    credentials.secret_access_key = aws::Secret{options_.secret_access_key};
    credentials.session_token = aws::Secret{token_};
    const aws::SigningScope scope{options_.region, service, aws::system_wall_time() + clock_error_,
                                  service == "s3"};
    const aws::Signed signed_request = aws::sign(signable, scope, credentials);
    http::Headers sent = signed_request.headers;
    sent.insert(sent.end(), unsigned_.begin(), unsigned_.end());
    return exchange(text_of(method, signed_request.target, sent, body));
  }

  std::string text_of(const std::string& method, const std::string& target,
                      const http::Headers& headers, const std::string& body) const {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\n";
    for (const http::Header& header : headers) {
      if (header.name != "host") text += header.name + ": " + header.value + "\r\n";
    }
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
  }

  static void read(const FileDescriptor& socket, bool is_head, RawAnswer& answer) {
    std::string text;
    std::size_t end = std::string::npos;
    char piece[65'536];
    for (;;) {
      if (end == std::string::npos && (end = text.find("\r\n\r\n")) != std::string::npos) {
        answer.head = text.substr(0, end + 2);
        const std::size_t at = answer.head.find("Content-Length: ");
        if (at != std::string::npos) answer.stated = std::stoul(answer.head.substr(at + 16));
        answer.status = std::stoi(answer.head.substr(9, 3));
      }
      if (end != std::string::npos) {
        answer.body = text.substr(end + 4);
        if (is_head || answer.body.size() >= answer.stated) return;
      }
      const ssize_t count = ::recv(socket.get(), piece, sizeof piece, 0);
      answer.is_timed_out = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
      if (count <= 0) return;
      text.append(piece, static_cast<std::size_t>(count));
    }
  }

  FakeCloud::Options options_;
  std::string token_{};
  http::Headers unsigned_{};
  std::string host_{};
  std::uint16_t port_ = 0;
  std::chrono::milliseconds timeout_{10'000};
  std::chrono::seconds clock_error_{0};
};

inline std::unique_ptr<FakeCloud> start_cloud(FakeCloud::Options options = {}) {
  auto cloud = FakeCloud::start(std::move(options));
  return cloud ? std::move(*cloud) : nullptr;
}

}  // namespace gossamer::test
