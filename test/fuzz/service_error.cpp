// The errors of S3, EC2 and STS, and what is done to them before they are shown.

#include "aws/service_error.hpp"

#include <algorithm>

#include "response.hpp"
#include "target.hpp"

using namespace gossamer;

namespace {

void check_is_shown_safely(const aws::ServiceError& error) {
  GOSSAMER_ASSERT(error.code.size() <= 100 && error.message.size() <= 500);
  for (const std::string* text : {&error.code, &error.message}) {
    GOSSAMER_ASSERT(std::none_of(text->begin(), text->end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    }));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  http::Response response = fuzz::response(choices, "Content-Type");
  check_is_shown_safely(aws::parse_service_error(response));
  constexpr const char* kHidden = "hidden/from+everybody";
  aws::hide_quoted(response, {aws::Secret{kHidden}});
  const aws::ServiceError error = aws::parse_service_error(response);
  check_is_shown_safely(error);
  if (!response.is_success()) {
    GOSSAMER_ASSERT(error.message.find(kHidden) == std::string::npos);
    GOSSAMER_ASSERT(error.code.find(kHidden) == std::string::npos);
  }
  aws::put_before_message(response, "a note");
  check_is_shown_safely(aws::parse_service_error(response));
  return 0;
}
