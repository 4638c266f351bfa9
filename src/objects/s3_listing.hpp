#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gossamer/result.hpp"
#include "http/message.hpp"

namespace gossamer::objects {

/// A thousand keys of 1,024 bytes, each byte escaped, and what S3 says beside each.
inline constexpr std::size_t kListingBytesMax = 8 * 1024 * 1024;
/// Pieces of markup in one answer, counted before any XML is parsed.
inline constexpr std::size_t kListingMarkupMax = 100'000;

/// One page of ListObjectsV2, as it came: keys are whole, with the store's prefix.
struct S3Page {
  std::vector<std::string> keys{};
  bool is_truncated = false;
  std::string next_token{};  ///< Where it is truncated.
};
/// Reads an answer to `list-type=2` with `encoding-type=url`.
/// Errors: corrupted, saying what is wrong.
Result<S3Page> parse_page(const http::Response& response);

/// An upload in parts that was begun.
struct S3Upload {
  std::string key{};
  std::string id{};
  std::string begun{};  ///< ISO 8601.
};
struct S3UploadPage {
  std::vector<S3Upload> uploads{};
  std::string next_key{};  ///< Where the next page begins; empty if this is the last.
  std::string next_id{};
};
/// Reads an answer to `uploads` with `encoding-type=url`; what is odd is left out,
/// and all of an answer beyond kListingMarkupMax.
S3UploadPage parse_uploads(const http::Response& response);

/// The id in the answer to a begun upload; empty if there is none, or none that can be sent back.
std::string upload_id_of(const http::Response& response);

}  // namespace gossamer::objects
