#pragma once

#include <curl/curl.h>

#include <string_view>

#include "gossamer/error.hpp"

namespace gossamer::http {

/// What libcurl's failure means to a caller: whether the server can have acted on the request is
/// what counts. `words` are libcurl's own; those that may hold more than an address are left out.
/// `what` is the request for the message, e.g. `GET http://127.0.0.1:80`.
Error to_error(CURLcode code, bool is_begun, std::string_view words, std::string_view what);

}  // namespace gossamer::http
