#include "protocol.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace gossamer::ledger {
namespace {

constexpr std::string_view kWordCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./";

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty() && words.size() < 8) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

tl::unexpected<Error> bad(std::string sentence) {
  return fail(ErrorCode::invalid_argument, std::move(sentence));
}

Result<void> check_key(std::string_view key) {
  if (key.size() <= kKeyBytesMax &&
      key.find_first_not_of(kWordCharacters) == std::string_view::npos) {
    return {};
  }
  return bad(fmt::format("KEY must be 1 to {} of A-Z a-z 0-9 - _ . /", kKeyBytesMax));
}

Result<RequestId> parse_id(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto refused = [] {
    return bad("CLIENT:NUMBER must be 1 to 64 of A-Z a-z 0-9 - _ . / and a number from 1");
  };
  if (colon == std::string_view::npos || colon == 0 || colon > 64) return refused();
  RequestId id{std::string{text.substr(0, colon)}, 0};
  if (id.client.find_first_not_of(kWordCharacters) != std::string::npos) return refused();
  const auto number = parse_number(text.substr(colon + 1));
  if (!number || *number < 1) return refused();
  id.number = static_cast<std::uint64_t>(*number);
  return id;
}

Result<Durability> parse_durability(std::string_view text) {
  if (text == "local") return Durability::local;
  if (text == "frozen") return Durability::frozen;
  return bad("the durability must be local or frozen");
}

Result<Request> parse_write(const std::vector<std::string_view>& words) {
  if (auto key = check_key(words[1]); !key) return tl::unexpected(key.error());
  auto id = parse_id(words[3]);
  if (!id) return tl::unexpected(id.error());
  const auto durability = parse_durability(words[4]);
  if (!durability) return tl::unexpected(durability.error());
  if (words[0] == "put") {
    if (words[2].size() > kValueBytesMax) {
      return bad(
          fmt::format("VALUE has {} bytes; it must have 1 to {}", words[2].size(), kValueBytesMax));
    }
    return Put{std::string{words[1]}, std::string{words[2]}, std::move(*id), *durability};
  }
  const auto delta = parse_number(words[2]);
  if (!delta) return bad("DELTA must be a whole number of 64 bits");
  return Add{std::string{words[1]}, *delta, std::move(*id), *durability};
}

std::string_view to_word(Durability durability) {
  return durability == Durability::local ? "local" : "frozen";
}

ErrorCode code_of(std::string_view name) {
  for (unsigned char code = 1; code <= 13; ++code) {
    if (to_string(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::io;
}

struct ToLine {
  std::string operator()(const Add& add) const {
    return fmt::format("add {} {} {}:{} {}", add.key, add.delta, add.id.client, add.id.number,
                       to_word(add.durability));
  }
  std::string operator()(const Put& put) const {
    return fmt::format("put {} {} {}:{} {}", put.key, put.value, put.id.client, put.id.number,
                       to_word(put.durability));
  }
  std::string operator()(const Get& get) const { return fmt::format("get {}", get.key); }
  std::string operator()(const Sum& sum) const { return fmt::format("sum {}", sum.prefix); }
};

}  // namespace

Result<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return bad("not a number");
  return number;
}

Result<Request> parse_request(std::string_view line) {
  const auto words = words_of(line);
  if (words.empty()) return bad("the request is empty");
  if ((words[0] == "add" || words[0] == "put") && words.size() == 5) return parse_write(words);
  if ((words[0] == "get" || words[0] == "sum") && words.size() == 2) {
    if (auto key = check_key(words[1]); !key) return tl::unexpected(key.error());
    if (words[0] == "get") return Get{std::string{words[1]}};
    return Sum{std::string{words[1]}};
  }
  return bad(
      "a request is add KEY DELTA CLIENT:NUMBER local|frozen, put KEY VALUE CLIENT:NUMBER "
      "local|frozen, get KEY, or sum PREFIX");
}

std::string to_line(const Request& request) {
  return std::visit(ToLine{}, request);
}

std::string to_line(const Result<Reply>& reply) {
  if (!reply)
    return fmt::format("error {} {}", to_string(reply.error().code), reply.error().detail);
  if (reply->is_absent) return fmt::format("none {}", reply->epoch);
  return fmt::format("ok {} {}", reply->value, reply->epoch);
}

Result<Reply> parse_reply(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() >= 2 && words[0] == "error") {
    const std::size_t sentence = line.find(words[1]) + words[1].size();
    return fail(code_of(words[1]), std::string{line.substr(std::min(sentence + 1, line.size()))});
  }
  Reply reply;
  std::string_view epoch_text;
  if (words.size() == 2 && words[0] == "none") {
    reply.is_absent = true;
    epoch_text = words[1];
  } else if (words.size() == 3 && words[0] == "ok") {
    reply.value = words[1];
    epoch_text = words[2];
  }
  const auto epoch = parse_number(epoch_text);
  if (!epoch || *epoch < 0) return bad(fmt::format("not a reply: '{}'", line.substr(0, 80)));
  reply.epoch = static_cast<Epoch>(*epoch);
  return reply;
}

}  // namespace gossamer::ledger
