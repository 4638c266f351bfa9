#include "http/curl_failure.hpp"

#include <fmt/format.h>

#include <string>

namespace gossamer::http {
namespace {

bool is_about_tls(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS: return true;
    default: return false;
  }
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// A handshake that was cut off is a broken connection. libcurl has one code for both.
bool is_cut_handshake(CURLcode code, std::string_view words) {
  return code == CURLE_SSL_CONNECT_ERROR &&
         (contains(words, "SSL_ERROR_SYSCALL") || contains(words, "Connection reset") ||
          contains(words, "Broken pipe") || contains(words, "unexpected eof"));
}

// Said of a header that is too long since libcurl 8.6; before, that was "out of memory".
bool is_too_large(CURLcode code) {
#if LIBCURL_VERSION_NUM >= 0x080600
  return code == CURLE_TOO_LARGE;
#else
  static_cast<void>(code);
  return false;
#endif
}

// Others may quote what was sent, what came, or a proxy's password.
bool is_harmless(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return true;
    default: return is_about_tls(code);
  }
}

}  // namespace

Error to_error(CURLcode code, bool is_begun, std::string_view words, std::string_view what) {
  const std::string shown{is_harmless(code) && !words.empty() ? words : curl_easy_strerror(code)};
  if (code == CURLE_OUT_OF_MEMORY && is_begun) {
    // libcurl before 8.6 has one code for both, and the first is rare.
    return {
        ErrorCode::resource_exhausted,
        fmt::format("{}: no memory is left, or the answer has a header of more than the 100 KiB "
                    "that libcurl allows",
                    what)};
  }
  if (code == CURLE_OUT_OF_MEMORY || is_too_large(code)) {
    return {ErrorCode::resource_exhausted, fmt::format("{}: {}", what, shown)};
  }
  if (!is_begun && is_about_tls(code) && !is_cut_handshake(code, words)) {
    return {ErrorCode::permission_denied,
            fmt::format("{}: no trusted TLS connection: {}", what, shown)};
  }
  if (!is_begun) {
    return {ErrorCode::unavailable, fmt::format("{}: nothing was sent: {}", what, shown)};
  }
  return {ErrorCode::unknown_outcome,
          fmt::format("{}: broken after the request was begun: {}", what, shown)};
}

}  // namespace gossamer::http
