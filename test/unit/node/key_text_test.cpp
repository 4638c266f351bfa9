#include "node/key_text.hpp"

#include <catch2/catch.hpp>

namespace gossamer::node {
namespace {

TEST_CASE("key text: what was written is read, and any other text is none", "[keys]") {
  Bytes key(kKeyBytes);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i * 8);
  const std::string text = key_text(key);
  CHECK(parse_key_text(text) == to_text(key));
  CHECK(parse_key_text(text.substr(0, text.size() - 1)) == to_text(key));
  for (const std::string& other :
       {std::string{}, std::string{"gossamer-key 1\n"}, text + "\n", text + "0",
        text.substr(0, text.size() - 2), "gossamer-key 2" + text.substr(14), text.substr(15)}) {
    CAPTURE(other);
    CHECK_FALSE(parse_key_text(other).has_value());
  }
}

}  // namespace
}  // namespace gossamer::node
