#pragma once

#include <string>

#include "http/client.hpp"
#include "http/curl_handles.hpp"

namespace gossamer::http {

/// The request's headers as libcurl takes them, with all that it would add by itself taken out.
/// Errors: invalid_argument (a method or header that would not be one line of its own).
Result<HeaderList> make_header_list(const Request& request);

/// Everything about a transfer but its body and its callbacks. `headers` and `request` outlive it.
void set_up_transfer(CURL* easy, const Request& request, const ClientOptions& options,
                     curl_slist* headers);

/// How the body goes out.
enum class BodyKind {
  none,
  in_memory,  ///< Goes with the headers, in one write.
  streamed,   ///< Asked for in pieces, by CURLOPT_READFUNCTION.
};
/// `bytes` outlive the transfer; `size` is of what is streamed.
void set_up_body(CURL* easy, const std::string& method, BodyKind kind, ByteView bytes,
                 std::uint64_t size);

}  // namespace gossamer::http
