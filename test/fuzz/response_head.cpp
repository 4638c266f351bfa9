// The status line and the headers of an HTTP answer, line by line.

#include "http/response_head.hpp"

#include "gossamer/bytes.hpp"
#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = as_text({data, size});
  http::ResponseHead head;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    if (!head.on_line(text.substr(0, length))) break;
    text.remove_prefix(length);
  }
  std::size_t bytes = 0;
  for (const http::Header& header : head.headers())
    bytes += header.name.size() + header.value.size();
  GOSSAMER_ASSERT(bytes <= http::ResponseHead::kBytesMax && bytes <= size);
  return 0;
}
