// What an answer of S3 means for each operation.

#include "objects/s3_answers.hpp"
#include "response.hpp"
#include "target.hpp"

using namespace gossamer;
using objects::S3Operation;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const auto operation = static_cast<S3Operation>(choices.below(5));
  const char* const header = choices.coin() ? "x-amz-bucket-region" : "ETag";
  const objects::S3Answer answer = fuzz::response(choices, header);
  const ObjectResult result = objects::outcome_of(operation, answer, "PUT s3://bucket/key");
  // Only these conclude anything, and each only by the status that says so.
  GOSSAMER_ASSERT(result.outcome != ObjectOutcome::ok || answer->is_success());
  GOSSAMER_ASSERT(result.outcome != ObjectOutcome::exists || answer->status == 412);
  GOSSAMER_ASSERT(result.outcome != ObjectOutcome::absent || answer->status == 404);
  GOSSAMER_ASSERT(result.detail.size() < 2'048);
  (void)objects::outcome_of_put(operation, answer, "PUT s3://bucket/key");
  (void)objects::is_worth_repeating(answer);
  return 0;
}
