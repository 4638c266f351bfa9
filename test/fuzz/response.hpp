#pragma once

#include <string_view>

#include "choices.hpp"
#include "http/message.hpp"

namespace gossamer::fuzz {

/// An answer as it may come: a status, one header, and a body that is the rest of the input.
inline http::Response response(Choices& choices, std::string_view header) {
  constexpr int kStatuses[] = {200, 204, 206, 301, 307, 400, 403, 404, 405, 408,
                               409, 411, 412, 416, 425, 429, 500, 501, 503, 505};
  http::Response response;
  response.status = kStatuses[choices.below(20)];
  response.headers.push_back({std::string{header}, choices.text(choices.below(64))});
  const ByteView body = choices.rest();
  response.body.assign(body.begin(), body.end());
  return response;
}

}  // namespace gossamer::fuzz
