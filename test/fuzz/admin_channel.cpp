// Both ends of the TCP admin endpoint: bytes from who has no token, and what was altered on its way
// between two that have it.

#include "admin/channel.hpp"
#include "choices.hpp"
#include "target.hpp"

using namespace gossamer;
using namespace gossamer::admin;

namespace {

/// Gives `bytes` to `take` in pieces, until that is false.
template <class Take>
void in_pieces(std::string_view bytes, std::size_t piece, Take take) {
  while (!bytes.empty() && take(bytes.substr(0, piece))) {
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
}

// Nobody guesses a proof, nor a record.
void hear_a_stranger(const TokenKey& key, std::string_view said, std::size_t piece) {
  NodeEnd node{key};
  std::string text, to_send;
  in_pieces(said, piece,
            [&](std::string_view bytes) { return node.take(bytes, text) == NodeEnd::Step::taken; });
  GOSSAMER_ASSERT(!node.is_proven() && text.empty());
  GOSSAMER_ASSERT(node.wanted_bytes(said.size() + 1'000) <= kIntroductionBytes);

  ClientEnd client{key};
  in_pieces(said, piece, [&](std::string_view bytes) {
    return client.take(bytes, text, to_send) == ClientEnd::Step::taken;
  });
  GOSSAMER_ASSERT(!client.is_admitted() && text.empty());
  GOSSAMER_ASSERT(to_send.empty() || to_send.size() == kIntroductionBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const TokenKey key = token_key("a token of thirty-two characters");
  fuzz::Choices choices{data, size};
  const std::size_t piece = 1U + choices.byte();
  const bool is_to_node = choices.coin();
  const std::size_t place = choices.byte();
  const auto change = static_cast<char>(choices.byte());
  const std::string said = to_text(choices.rest());
  hear_a_stranger(key, said, piece);

  NodeEnd node{key};
  ClientEnd client{key};
  std::string text, to_send;
  GOSSAMER_ASSERT(client.take(node.greeting(), text, to_send) == ClientEnd::Step::taken);
  GOSSAMER_ASSERT(node.take(to_send, text) == NodeEnd::Step::proven);
  to_send.clear();
  GOSSAMER_ASSERT(client.take(node.seal(""), text, to_send) == ClientEnd::Step::taken);
  GOSSAMER_ASSERT(client.is_admitted() && text.empty() && to_send.empty());

  std::string record = is_to_node ? client.seal(said) : node.seal(said);
  const std::size_t at = place % record.size();
  record[at] = static_cast<char>(record[at] ^ change);
  // What comes instead of a record, behind it.
  record += said;
  in_pieces(record, piece, [&](std::string_view bytes) {
    if (is_to_node) return node.take(bytes, text) == NodeEnd::Step::taken;
    return client.take(bytes, text, to_send) == ClientEnd::Step::taken;
  });
  GOSSAMER_ASSERT(text == (change == 0 ? said : std::string{}));
  GOSSAMER_ASSERT(to_send.empty());
  return 0;
}
