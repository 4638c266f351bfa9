// What the S3 store reads and writes, without a server.

#include <pugixml.hpp>

#include "contract/object_store_contract.hpp"
#include "objects/checksum.hpp"
#include "objects/s3_answers.hpp"
#include "objects/s3_body.hpp"
#include "objects/s3_content_range.hpp"
#include "objects/s3_listing.hpp"
#include "objects/s3_object_store.hpp"

namespace gossamer::test {
namespace {

using objects::S3Operation;
using Style = objects::S3Url::Style;

http::Response answer_of(int status, std::string_view body, http::Headers headers = {}) {
  return {status, std::move(headers), to_bytes(body)};
}

TEST_CASE("s3: a URL is read", "[s3]") {
  const auto url = objects::parse_s3_url(
      "s3://my.bucket-1/a/b/?region=eu-west-1&endpoint=http://127.0.0.1:9000&style=virtual&"
      "sse=aws:kms&kms_key=arn:aws:kms:eu-west-1:1:key/2");
  REQUIRE(url.has_value());
  CHECK(url->bucket == "my.bucket-1");
  CHECK(url->prefix == "a/b");
  CHECK(url->region == "eu-west-1");
  CHECK(url->endpoint == "http://127.0.0.1:9000");
  CHECK(url->style == Style::virtual_host);
  CHECK(url->sse == "aws:kms");
  CHECK(url->kms_key == "arn:aws:kms:eu-west-1:1:key/2");

  const auto least = objects::parse_s3_url("s3://bucket");
  REQUIRE(least.has_value());
  CHECK(least->prefix.empty());
  CHECK(least->style == Style::by_endpoint);
  CHECK_FALSE(least->is_dual_stack);
  CHECK(objects::parse_s3_url("s3://bucket/?dualstack=true")->is_dual_stack);
}

TEST_CASE("s3: a URL that is none is refused in a sentence without secrets", "[s3]") {
  struct Row {
    const char* url;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {"s3:bucket", "s3://BUCKET/PREFIX"},
      {"s3://", "names no bucket"},
      {"s3:///prefix", "names no bucket"},
      {"s3://AKIAHUSH:hush@bucket/x", "credentials do not belong in a URL"},
      {"s3://bucket/x?secret_key=hush", "take out 'secret_key'"},
      {"s3://bucket/x?access_key_id=hush", "take out 'access_key_id'"},
      {"s3://bucket/x?session_token=hush", "take out 'session_token'"},
      {"s3://Hush_Bucket/x", "3 to 63 of a-z 0-9"},
      {"s3://bucket/a//b", "the prefix: "},
      {"s3://bucket/../b", "the prefix: "},
      {"s3://bucket/x?region=eu west", "region must be"},
      {"s3://bucket/x?region=", "region must be"},
      {"s3://bucket/x?endpoint=ftp://host", "endpoint"},
      {"s3://bucket/x?style=round", "path or virtual"},
      {"s3://bucket/x?sse=none", "AES256 or aws:kms"},
      {"s3://bucket/x?kms_key=abc", "needs sse=aws:kms"},
      {"s3://bucket/x?dualstack=maybe", "true or false"},
      {"s3://bucket/x?dualstack=true&endpoint=http://127.0.0.1:1", "leave it out"},
      {"s3://bucket/x?colour=red", "known: region, endpoint"},
      {"s3://bucket/x?region=a-1&region=b-1", "region"},
  }));
  CAPTURE(row.url);
  const auto url = objects::parse_s3_url(row.url);
  REQUIRE_FALSE(url.has_value());
  CAPTURE(url.error().detail);
  CHECK(url.error().code == ErrorCode::invalid_argument);
  CHECK(url.error().detail.find(row.words) != std::string::npos);
  CHECK(url.error().detail.find("hush") == std::string::npos);
  CHECK(url.error().detail.find("HUSH") == std::string::npos);
}

TEST_CASE("s3: a redirect tells the region, and is not followed", "[s3]") {
  const auto malformed = objects::outcome_of(
      S3Operation::get,
      answer_of(400,
                "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' "
                "is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>"),
      "GET s3://b/k");
  CHECK(malformed.outcome == ObjectOutcome::refused);
  CHECK(malformed.detail.find("say region=eu-west-1") != std::string::npos);
  const auto moved = objects::outcome_of(
      S3Operation::put, answer_of(301, "", {{"x-amz-bucket-region", "ap-south-1"}}),
      "PUT s3://b/k");
  CHECK(moved.outcome == ObjectOutcome::refused);
  CHECK(moved.detail.find("say region=ap-south-1") != std::string::npos);
  const auto odd = objects::outcome_of(
      S3Operation::put, answer_of(307, "", {{"x-amz-bucket-region", "a\nb"}}), "PUT s3://b/k");
  CHECK(odd.outcome == ObjectOutcome::refused);
  CHECK(odd.detail.find('\n') == std::string::npos);
}

TEST_CASE("s3: 404 is absent to a get and a remove alone, and never for want of a bucket", "[s3]") {
  const http::Response key = answer_of(404, "<Error><Code>NoSuchKey</Code></Error>");
  CHECK(objects::outcome_of(S3Operation::get, key, "x").outcome == ObjectOutcome::absent);
  CHECK(objects::outcome_of(S3Operation::remove, key, "x").outcome == ObjectOutcome::absent);
  CHECK(objects::outcome_of(S3Operation::put, key, "x").outcome == ObjectOutcome::unknown);
  CHECK(objects::outcome_of(S3Operation::create, key, "x").outcome == ObjectOutcome::unknown);
  const http::Response bucket = answer_of(404, "<Error><Code>NoSuchBucket</Code></Error>");
  CHECK(objects::outcome_of(S3Operation::get, bucket, "x").outcome == ObjectOutcome::refused);
}

TEST_CASE("s3: a 404 to a get that is not S3's does not end a journal", "[s3]") {
  const auto body = GENERATE("", "<html><body>404 Not Found</body></html>",
                             "<Error><Code>NoSuchUpload</Code></Error>");
  const auto result = objects::outcome_of(S3Operation::get, answer_of(404, body), "GET s3://b/k");
  CHECK(result.outcome == ObjectOutcome::unknown);
}

TEST_CASE("s3: a PUT has succeeded only if the answer has an ETag", "[s3]") {
  const auto bare = objects::outcome_of_put(S3Operation::create, answer_of(200, "OK"), "PUT x");
  CHECK(bare.outcome == ObjectOutcome::unknown);
  CHECK(bare.detail.find("without an ETag") != std::string::npos);
  const http::Response stored = answer_of(200, "", {{"etag", "\"1\""}});
  CHECK(objects::outcome_of_put(S3Operation::create, stored, "PUT x").outcome == ObjectOutcome::ok);
}

TEST_CASE("s3: what was not sent is told from what was refused", "[s3]") {
  const auto of = [](ErrorCode code) {
    return objects::outcome_of(S3Operation::create, fail(code, "why"), "PUT x");
  };
  CHECK(of(ErrorCode::unavailable).is_unreached);
  CHECK(of(ErrorCode::invalid_argument).is_unreached);
  CHECK(of(ErrorCode::permission_denied).is_unreached);
  CHECK_FALSE(of(ErrorCode::timed_out).is_unreached);
  CHECK_FALSE(objects::outcome_of(S3Operation::create, answer_of(403, ""), "x").is_unreached);
}

TEST_CASE("s3: a Content-Range is read, and an impossible one is none", "[s3]") {
  const auto range = objects::parse_content_range("bytes 100-199/1000");
  REQUIRE(range.has_value());
  CHECK(range->first == 100);
  CHECK(range->end == 200);
  CHECK(range->total == 1'000U);
  const auto open = objects::parse_content_range("bytes 0-0/*");
  REQUIRE(open.has_value());
  CHECK(open->end == 1);
  CHECK_FALSE(open->total.has_value());
  const auto bad = GENERATE("", "bytes", "bytes */10", "bytes 5-4/10", "bytes 0-10/10", "0-1/2",
                            "bytes 0-1", "bytes -1/2", "bytes 0-18446744073709551615/*",
                            "bytes 0-1/x", "bytes 0-1/99999999999999999999");
  CAPTURE(bad);
  CHECK_FALSE(objects::parse_content_range(bad).has_value());
}

TEST_CASE("s3: the size that a 416 tells is read from its head or its body", "[s3]") {
  CHECK(objects::size_told_by(answer_of(416, "", {{"Content-Range", "bytes */10"}})) == 10U);
  const auto xml = answer_of(
      416, "<Error><Code>InvalidRange</Code><ActualObjectSize>7</ActualObjectSize></Error>");
  CHECK(objects::size_told_by(xml) == 7U);
  CHECK_FALSE(objects::size_told_by(answer_of(416, "<html/>")).has_value());
}

TEST_CASE("s3: a page of uploads says where the next begins", "[s3]") {
  const auto page = objects::parse_uploads(answer_of(
      200,
      "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<NextKeyMarker>a%20b</NextKeyMarker><NextUploadIdMarker>u1</NextUploadIdMarker>"
      "<Upload><Key>p/a</Key><UploadId>u1</UploadId></Upload><Upload><Key>p/a</Key></Upload>"
      "</ListMultipartUploadsResult>"));
  CHECK(page.next_key == "a b");
  CHECK(page.next_id == "u1");
  CHECK(page.uploads.size() == 1);
  CHECK(objects::parse_uploads(answer_of(200, "no XML")).next_key.empty());
}

TEST_CASE("s3: a page of a list is read", "[s3]") {
  const auto page = objects::parse_page(answer_of(
      200,
      R"(<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
      <NextContinuationToken>t+/=</NextContinuationToken>
      <Contents><Key>p/a%2Fb+c%2B</Key><Size>1</Size></Contents><Contents><Key>p/%C3%A9</Key></Contents>
      </ListBucketResult>)"));
  REQUIRE(page.has_value());
  CHECK(page->keys == std::vector<std::string>{"p/a/b c+", "p/\xc3\xa9"});
  CHECK(page->is_truncated);
  CHECK(page->next_token == "t+/=");
}

TEST_CASE("s3: what is no page of a list is told as that", "[s3]") {
  const auto body = GENERATE(
      as<std::string>{}, "", "not XML", "<html><body>Sign in</body></html>", "<ListBucketResult>",
      "<ListBucketResult></ListBucketResult>",
      "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
      "<ListBucketResult><IsTruncated>false</IsTruncated><Contents></Contents></ListBucketResult>",
      "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
      "<Contents><Key>%zz</Key></Contents></ListBucketResult>");
  CAPTURE(body);
  const auto page = objects::parse_page(answer_of(200, body));
  REQUIRE_FALSE(page.has_value());
  CHECK(page.error().code == ErrorCode::corrupted);
}

TEST_CASE("s3: an answer with more markup than a list has is refused unparsed", "[s3][bounds]") {
  const auto list_of = [](const char* root, std::size_t pieces) {
    std::string body = std::string{"<"} + root + "><IsTruncated>false</IsTruncated>";
    for (std::size_t i = 4; i < pieces; ++i) body += "<x/>";
    return answer_of(200, body + "</" + root + ">");
  };
  CHECK(objects::parse_page(list_of("ListBucketResult", objects::kListingMarkupMax)).has_value());
  const auto page =
      objects::parse_page(list_of("ListBucketResult", objects::kListingMarkupMax + 1));
  REQUIRE_FALSE(page.has_value());
  CHECK_THAT(page.error().detail, Catch::EndsWith("more than 100000 pieces of markup"));

  std::string uploads =
      "<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>u</UploadId></Upload>";
  CHECK(objects::parse_uploads(answer_of(200, uploads + "</ListMultipartUploadsResult>"))
            .uploads.size() == 1);
  for (std::size_t i = 0; i < objects::kListingMarkupMax; ++i) uploads += "<x/>";
  CHECK(objects::parse_uploads(answer_of(200, uploads + "</ListMultipartUploadsResult>"))
            .uploads.empty());
}

TEST_CASE("s3: ten thousand parts are enough for the largest object", "[s3]") {
  constexpr std::uint64_t kMebibyte = 1024 * 1024;
  CHECK(objects::part_bytes_for(1, 8 * kMebibyte) == 8 * kMebibyte);
  CHECK(objects::part_bytes_for(80'000 * kMebibyte, 8 * kMebibyte) == 8 * kMebibyte);
  CHECK(objects::part_bytes_for(80'000 * kMebibyte + 1, 8 * kMebibyte) == 9 * kMebibyte);
  const std::uint64_t largest = 5ULL << 40;
  CHECK((largest + 9'999) / objects::part_bytes_for(largest, 8 * kMebibyte) <= 10'000);
}

TEST_CASE("s3: a body has a checksum, and a hash of each piece that is sent", "[s3]") {
  const std::size_t size = GENERATE(0U, 1U, 1'000U, 1'000'000U, 1'048'576U, 3'000'000U);
  const std::size_t part = GENERATE(0U, 1'000'000U);
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  const std::atomic<bool> stopped = false;
  const auto body = objects::measure(make_source(bytes), part, stopped);
  REQUIRE(body.has_value());
  CHECK(body->size == size);
  objects::Checksum checksum;
  checksum.update(bytes);
  CHECK(body->checksum == checksum.hex());
  if (part == 0) CHECK(body->sha256 == aws::sha256(bytes));
  const std::size_t parts = part == 0 ? 0 : (size + part - 1) / part;
  REQUIRE(body->parts.size() == parts);
  for (std::size_t i = 0; part > 0 && i < parts; ++i) {
    const ByteView whole = bytes;
    CHECK(body->parts[i] == aws::sha256(whole.subspan(i * part, std::min(part, size - i * part))));
  }
}

}  // namespace
}  // namespace gossamer::test
