// The answers that concern puts in parts.

#include "objects/s3_answers.hpp"
#include "objects/s3_listing.hpp"
#include "response.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const http::Response response = fuzz::response(choices, "ETag");
  const objects::S3UploadPage page = objects::parse_uploads(response);
  GOSSAMER_ASSERT(page.uploads.size() <= 1'000 && page.next_key.size() <= 4'096);
  for (const objects::S3Upload& upload : page.uploads) {
    GOSSAMER_ASSERT(!upload.key.empty() && !upload.id.empty() && upload.id.size() <= 1'024);
  }
  GOSSAMER_ASSERT(objects::upload_id_of(response).size() <= 1'024);
  (void)objects::has_error_body(response);
  (void)objects::xml_text(response, "CompleteMultipartUploadResult", "ETag");
  return 0;
}
