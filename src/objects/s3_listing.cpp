#include "objects/s3_listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "aws/uri.hpp"
#include "objects/s3_answers.hpp"

namespace gossamer::objects {
namespace {

constexpr std::size_t kKeysMax = 1'000;
constexpr std::size_t kTokenBytesMax = 4'096;
constexpr std::size_t kUploadIdBytesMax = 1'024;

tl::unexpected<Error> bad(const std::string& what) {
  return fail(ErrorCode::corrupted, "the answer to a list is none: " + what);
}

/// Each takes some hundred bytes of memory once parsed, and can be written in four. Of a thousand
/// entries S3 writes some 25,000.
bool has_too_much_markup(const http::Response& response) {
  return std::count(response.body.begin(), response.body.end(), '<') >
         static_cast<std::ptrdiff_t>(kListingMarkupMax);
}

// Form encoding: a space is a '+', and a plus is %2B.
std::optional<std::string> decode(std::string text, bool is_encoded) {
  if (!is_encoded) return text;
  std::replace(text.begin(), text.end(), '+', ' ');
  return aws::uri_decode(text);
}

bool is_url_encoded(const pugi::xml_node& root) {
  return std::string_view{root.child("EncodingType").text().get()} == "url";
}

}  // namespace

Result<S3Page> parse_page(const http::Response& response) {
  if (has_too_much_markup(response)) {
    return bad(fmt::format("it has more than {} pieces of markup", kListingMarkupMax));
  }
  pugi::xml_document document;
  const auto parsed = document.load_buffer(response.body.data(), response.body.size());
  if (!parsed) return bad(fmt::format("it is no XML ({})", parsed.description()));
  const pugi::xml_node root = document.child("ListBucketResult");
  if (!root) return bad("it has no ListBucketResult");
  const bool is_encoded = is_url_encoded(root);

  S3Page page;
  for (const pugi::xml_node& entry : root.children("Contents")) {
    if (page.keys.size() == kKeysMax) return bad("it has more than 1,000 keys");
    auto key = decode(entry.child("Key").text().get(), is_encoded);
    if (!key || key->empty()) return bad("a key cannot be read");
    page.keys.push_back(std::move(*key));
  }
  const std::string_view truncated = root.child("IsTruncated").text().get();
  if (truncated != "true" && truncated != "false")
    return bad("it does not say whether it is the last");
  page.is_truncated = truncated == "true";
  page.next_token = root.child("NextContinuationToken").text().get();
  if (page.is_truncated && (page.next_token.empty() || page.next_token.size() > kTokenBytesMax)) {
    return bad("it is not the last, and does not say how to go on");
  }
  return page;
}

S3UploadPage parse_uploads(const http::Response& response) {
  if (has_too_much_markup(response)) return {};
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size());
  const pugi::xml_node root = document.child("ListMultipartUploadsResult");
  const bool is_encoded = is_url_encoded(root);
  S3UploadPage page;
  for (const pugi::xml_node& entry : root.children("Upload")) {
    auto key = decode(entry.child("Key").text().get(), is_encoded);
    S3Upload upload{key.value_or(""), entry.child("UploadId").text().get(),
                    entry.child("Initiated").text().get()};
    const bool has_id = !upload.id.empty() && upload.id.size() <= kUploadIdBytesMax;
    if (!upload.key.empty() && has_id) page.uploads.push_back(std::move(upload));
    if (page.uploads.size() == kKeysMax) break;
  }
  if (std::string_view{root.child("IsTruncated").text().get()} != "true") return page;
  page.next_key = decode(root.child("NextKeyMarker").text().get(), is_encoded).value_or("");
  page.next_id = root.child("NextUploadIdMarker").text().get();
  const bool is_bounded =
      page.next_key.size() <= kTokenBytesMax && page.next_id.size() <= kUploadIdBytesMax;
  if (!is_bounded) page.next_key.clear();
  return page;
}

std::string upload_id_of(const http::Response& response) {
  std::string id = xml_text(response, "InitiateMultipartUploadResult", "UploadId");
  return id.size() <= kUploadIdBytesMax ? id : std::string{};
}

}  // namespace gossamer::objects
