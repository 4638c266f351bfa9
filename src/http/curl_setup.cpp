#include "http/curl_setup.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gossamer::http {
namespace {

constexpr std::size_t kMethodBytesMax = 32;
// Four large answers at once stay within a processor's second-level cache: copied from there, they
// come a sixth faster than through buffers of 128 KiB and more.
constexpr long kBufferBytes = 32 * 1024;
constexpr long kUploadBufferBytes = 1024 * 1024;
constexpr long kConnectionIdleSecondsMax = 60;

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

bool has_header(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const Header& header) { return is_same_name(header.name, name); });
}

bool append(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

// As libcurl wants it: a header without a value would else mean "leave this one out".
std::string line_of(const Header& header) {
  const bool is_empty = header.value.find_first_not_of(" \t") == std::string::npos;
  return is_empty ? header.name + ";" : header.name + ": " + header.value;
}

// The default leaves the descriptor open in the programs that services start.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_up_trust(CURL* easy, const ClientOptions& options) {
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (options.ca_file.empty()) return;
  for (const CURLoption file : {CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO}) {
    curl_easy_setopt(easy, file, options.ca_file.c_str());
  }
  // That file alone, not the system's authorities beside it.
  for (const CURLoption folder : {CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH}) {
    curl_easy_setopt(easy, folder, nullptr);
  }
}

}  // namespace

Result<HeaderList> make_header_list(const Request& request) {
  if (request.method.size() > kMethodBytesMax || !is_token(request.method)) {
    return fail(ErrorCode::invalid_argument, "the request's method is not an HTTP method");
  }
  HeaderList list;
  bool is_whole = true;
  for (const Header& header : request.headers) {
    if (!is_token(header.name)) {
      return fail(ErrorCode::invalid_argument, "a header's name is not one");
    }
    if (!is_one_line(header.value)) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("the value of header {} holds a line end", header.name));
    }
    if (is_same_name(header.name, "Transfer-Encoding")) {
      return fail(ErrorCode::invalid_argument, "how a body is framed is not for the caller to say");
    }
    if (is_same_name(header.name, "Content-Length")) continue;  // It comes from the body.
    is_whole = is_whole && append(list, line_of(header));
  }
  // Without a value: not sent.
  for (const char* added : {"Accept", "Content-Type", "Expect", "Proxy-Connection"}) {
    if (has_header(request.headers, added)) continue;
    is_whole = is_whole && append(list, std::string{added} + ":");
  }
  if (!is_whole) return fail(ErrorCode::resource_exhausted, "no memory for a request's headers");
  return list;
}

void set_up_transfer(CURL* easy, const Request& request, const ClientOptions& options,
                     curl_slist* headers) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  // A proxy that only passes TLS on does not see them.
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (request.is_direct) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Names are resolved on a thread of libcurl's, which may hang long after the request has ended.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kConnectionIdleSecondsMax);
  const bool is_bounded = request.timeouts.connect.count() > 0;
  // Also divides the time among a host's addresses.
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   is_bounded ? static_cast<long>(request.timeouts.connect.count()) : 86'400'000L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kBufferBytes);
  set_up_trust(easy, options);
}

void set_up_body(CURL* easy, const std::string& method, BodyKind kind, ByteView bytes,
                 std::uint64_t size) {
  // These want Content-Length: 0 when there is no body.
  const bool is_sending = method == "PUT" || method == "POST" || method == "PATCH";
  if (kind == BodyKind::streamed) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBufferBytes);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
  } else if (kind == BodyKind::in_memory || is_sending) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                     bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data()));
  } else if (method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
  if (method != "HEAD") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
}

}  // namespace gossamer::http
