// ListObjectsV2.

#include <algorithm>
#include <charconv>

#include "aws/uri.hpp"
#include "fakecloud/page_token.hpp"
#include "fakecloud/s3_service.hpp"
#include "fakecloud/service_error.hpp"
#include "fakecloud/service_time.hpp"
#include "fakecloud/xml_writer.hpp"

namespace gossamer::fakecloud {
namespace {

struct PageQuery : ListQuery {
  unsigned empty_pages = 0;  ///< Before it.
};

/// What the request says of the page. Empty: it says something that cannot be.
std::optional<PageQuery> query_of(const Operation& operation, std::size_t page_max) {
  PageQuery query;
  query.prefix = operation.parameter("prefix");
  query.delimiter = operation.parameter("delimiter");
  query.after = operation.parameter("start-after");
  query.names_max = std::min<std::size_t>(1'000, page_max);
  if (const auto stated = operation.parameter("max-keys"); !stated.empty()) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(stated.data(), stated.data() + stated.size(), count);
    if (error != std::errc{} || end != stated.data() + stated.size()) return std::nullopt;
    query.names_max = std::min(query.names_max, count);
  }
  if (operation.has("continuation-token")) {
    const auto position = parse_page_token(operation.parameter("continuation-token"));
    if (!position || position->place.empty()) return std::nullopt;
    query.is_after_group = position->place.front() == 'g';
    query.after = position->place.substr(1);
    query.empty_pages = position->empty_pages;
  }
  return query;
}

void write_entries(XmlWriter& xml, const ListPage& page, bool is_encoded, bool has_owner) {
  const auto shown = [&](const std::string& name) {
    return is_encoded ? aws::uri_encode(name, true) : name;
  };
  for (const auto& [key, object] : page.objects) {
    xml.open("Contents").text("Key", shown(key));
    xml.text("LastModified", to_iso_time(object->modified)).text("ETag", object->etag);
    xml.text("Size", std::to_string(object->body->bytes.size()));
    if (has_owner) xml.open("Owner").text("ID", "fake").text("DisplayName", "fake").close();
    xml.text("StorageClass", "STANDARD").close();
  }
  for (const std::string& group : page.groups) {
    xml.open("CommonPrefixes").text("Prefix", shown(group)).close();
  }
}

}  // namespace

Answer list_objects(Parts& parts, const Operation& operation, const Moment& moment) {
  const auto query = query_of(operation, parts.options.page_max);
  const std::string_view encoding = operation.parameter("encoding-type");
  if (!query || (!encoding.empty() && encoding != "url")) {
    return error_of(operation, 400, "InvalidArgument", "max-keys, token or encoding is not valid");
  }
  ListPage page;
  if (moment.wants_empty_page) {
    page.is_truncated = true;
    page.last = query->after;
    page.is_last_group = query->is_after_group;
  } else {
    page = parts.buckets.list(operation.bucket, *query);
  }
  const auto shown = [&](std::string_view text) {
    return encoding.empty() ? std::string{text} : aws::uri_encode(text, true);
  };
  XmlWriter xml{"ListBucketResult", kS3Namespace};
  xml.text("Name", operation.bucket).text("Prefix", shown(query->prefix));
  if (!query->delimiter.empty()) xml.text("Delimiter", shown(query->delimiter));
  xml.text("MaxKeys", std::to_string(query->names_max));
  if (!encoding.empty()) xml.text("EncodingType", encoding);
  if (operation.has("start-after"))
    xml.text("StartAfter", shown(operation.parameter("start-after")));
  xml.text("KeyCount", std::to_string(page.objects.size() + page.groups.size()));
  if (operation.has("continuation-token")) {
    xml.text("ContinuationToken", operation.parameter("continuation-token"));
  }
  xml.text("IsTruncated", page.is_truncated ? "true" : "false");
  if (page.is_truncated) {
    const std::string place = (page.is_last_group ? "g" : "k") + page.last;
    const unsigned empty_pages = moment.wants_empty_page ? query->empty_pages + 1 : 0;
    xml.text("NextContinuationToken", to_page_token({place, empty_pages}));
  }
  write_entries(xml, page, !encoding.empty(), operation.parameter("fetch-owner") == "true");
  return s3_answer(xml.finish());
}

}  // namespace gossamer::fakecloud
