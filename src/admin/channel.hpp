#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gossamer/bytes.hpp"

// What goes over the TCP admin endpoint, as bytes; docs/WIRE.md draws it. Both ends hold a key made
// of the token, so neither the token nor anything that is said travels in clear. Each connection
// has keys of its own, that whoever gets the token later cannot make again.

namespace gossamer::admin {

/// What both ends hold in the token's place.
using TokenKey = std::array<std::uint8_t, 32>;
TokenKey token_key(std::string_view token);

/// A pair of keys that is drawn for one connection (X25519).
struct OneTimeKeys {
  std::array<std::uint8_t, 32> open{};
  std::array<std::uint8_t, 32> secret{};
  static OneTimeKeys draw();
};

constexpr std::size_t kGreetingBytes = 4 + 32;           ///< The node's: magic, its open key.
constexpr std::size_t kIntroductionBytes = 4 + 32 + 32;  ///< The client's: the same, and its proof.
/// The one answer to who has no right proof: no greeting, and no record can begin so.
constexpr std::string_view kRefusal{"gsa\0", 4};
constexpr std::size_t kRecordTextMax = 16 * 1024;

/// Sealed records, each way under a key of its own and numbered: none can be altered, left out,
/// repeated or turned back.
class Records {
 public:
  using Key = std::array<std::uint8_t, 32>;
  Records() = default;
  Records(const Key& sent_under, const Key& received_under)
      : sent_{sent_under, 0}, received_{received_under, 0} {}

  /// One record for each kRecordTextMax bytes, at least one.
  std::string seal(std::string_view text);
  /// Appends to `text` what the records say that are whole by now. False: nothing more can be read
  /// here. Holds one record at most.
  bool open(std::string_view bytes, std::string& text);
  bool has_received() const { return received_.number > 0; }

 private:
  struct Direction {
    Key key{};
    std::uint64_t number = 0;
  };
  void seal_one(std::string_view text, std::string& into);
  bool open_one(ByteView sealed, std::string& text);

  Direction sent_{};
  Direction received_{};
  std::string held_{};
};

/// The node's end. Reads an introduction and no byte beyond it before the proof was right.
class NodeEnd {
 public:
  explicit NodeEnd(const TokenKey& key);

  std::string greeting() const;
  bool is_proven() const { return is_proven_; }
  /// How much may be read now.
  std::size_t wanted_bytes(std::size_t most) const;

  enum class Step : std::uint8_t {
    taken,    ///< `text` holds what was said, if anything.
    proven,   ///< Just now: an empty record tells the client so.
    refused,  ///< A wrong proof, or no introduction.
    broken,   ///< Of a proven client, what does not open.
  };
  Step take(std::string_view bytes, std::string& text);
  /// Once proven.
  std::string seal(std::string_view text) { return records_.seal(text); }

 private:
  bool check_proof();

  TokenKey key_;
  OneTimeKeys own_;
  std::string introduction_{};
  bool is_proven_ = false;
  Records records_{};
};

/// The client's end.
class ClientEnd {
 public:
  explicit ClientEnd(const TokenKey& key);

  bool is_admitted() const { return stage_ == Stage::admitted; }

  enum class Step : std::uint8_t {
    taken,    ///< `text` holds what was said, if anything.
    refused,  ///< By the node: another token.
    foreign,  ///< Whoever answers there is no node's admin endpoint, or does not have the token.
  };
  /// `to_send` gets the introduction once the greeting is there.
  Step take(std::string_view bytes, std::string& text, std::string& to_send);
  /// Once admitted.
  std::string seal(std::string_view text) { return records_.seal(text); }

 private:
  enum class Stage : std::uint8_t { greeting, introduced, admitted };
  Step take_greeting(std::string& to_send);

  TokenKey key_;
  OneTimeKeys own_;
  Stage stage_ = Stage::greeting;
  std::string held_{};
  Records records_{};
};

}  // namespace gossamer::admin
