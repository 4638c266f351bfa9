#include "book.hpp"

#include <fmt/format.h>

namespace gossamer::ledger {
namespace {

std::string value_key(const std::string& key) {
  return "value/" + key;
}
std::string request_key(const RequestId& id) {
  return "request/" + id.client;
}

const RequestId& id_of(const Request& request) {
  if (const auto* add = std::get_if<Add>(&request)) return add->id;
  return std::get<Put>(request).id;
}

Durability durability_of(const Request& request) {
  if (const auto* add = std::get_if<Add>(&request)) return add->durability;
  return std::get<Put>(request).durability;
}

Result<std::int64_t> counter_of(const std::string& key, const std::optional<std::string>& text) {
  if (!text) return 0;
  const auto number = parse_number(*text);
  if (number) return number;
  return fail(ErrorCode::invalid_argument, fmt::format("{} is not a counter", key));
}

Result<std::int64_t> add_up(const std::string& key, std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return fail(ErrorCode::resource_exhausted, fmt::format("{} does not fit 64 bits", key));
}

}  // namespace

void Book::serve(Request request, Answer answer) {
  if (const auto* query = std::get_if<Get>(&request)) return answer(get(query->key));
  if (const auto* query = std::get_if<Sum>(&request)) return answer(sum(query->prefix));
  if (stopped_) return answer(tl::unexpected(*stopped_));
  if (waiting_.size() >= kWaitingMax) {
    return answer(fail(ErrorCode::resource_exhausted,
                       fmt::format("{} writes wait already", waiting_.size())));
  }
  waiting_.push_back({std::move(request), std::move(answer)});
  commit_next();
}

void Book::stop(const Error& reason) {
  stopped_ = reason;
  std::deque<Write> dropped;
  dropped.swap(waiting_);
  for (Write& write : dropped) write.answer(tl::unexpected(reason));
}

Result<Reply> Book::get(const std::string& key) const {
  auto value = store_->get(value_key(key));
  if (!value) return tl::unexpected(value.error());
  if (!*value) return Reply{{}, true, store_->epoch()};
  return reply(std::move(**value));
}

Result<Reply> Book::sum(const std::string& prefix) const {
  Result<std::int64_t> total = 0;
  const std::string all = value_key(prefix);
  const auto scanned = store_->scan(all, all, [&](std::string_view key, std::string_view value) {
    const auto number = parse_number(value);
    if (number) total = add_up(std::string{key}, *total, *number);
    return total.has_value();
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!total) return tl::unexpected(total.error());
  return reply(std::to_string(*total));
}

Result<std::optional<std::string>> Book::read(const std::string& key,
                                              const Overlay& overlay) const {
  const auto at = overlay.find(key);
  if (at != overlay.end()) return std::optional{at->second};
  return store_->get(key);
}

/// The value that the write's answer carries; what it changes goes into the overlay.
Result<std::string> Book::apply(const Request& request, Overlay& overlay) const {
  const RequestId& id = id_of(request);
  const auto remembered = read(request_key(id), overlay);
  if (!remembered) return tl::unexpected(remembered.error());
  if (*remembered) {
    const std::string& text = **remembered;
    const std::size_t space = text.find(' ');
    const auto number = parse_number(std::string_view{text}.substr(0, space));
    if (!number || space == std::string::npos) {
      return fail(ErrorCode::corrupted,
                  fmt::format("what is kept of client {} is no answer", id.client));
    }
    const auto newest = static_cast<std::uint64_t>(*number);
    if (id.number < newest) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}:{} comes after {}", id.client, id.number, newest));
    }
    if (id.number == newest) {
      // Done before, yet perhaps not as durably as is asked now: committing the same record again
      // behind it answers when both are.
      overlay[request_key(id)] = text;
      return text.substr(space + 1);
    }
  }
  std::string answer;
  if (const auto* put = std::get_if<Put>(&request)) {
    answer = put->value;
    overlay[value_key(put->key)] = put->value;
  } else {
    const auto& add = std::get<Add>(request);
    const auto present = read(value_key(add.key), overlay);
    if (!present) return tl::unexpected(present.error());
    const auto before = counter_of(add.key, *present);
    if (!before) return tl::unexpected(before.error());
    const auto after = add_up(add.key, *before, add.delta);
    if (!after) return tl::unexpected(after.error());
    answer = std::to_string(*after);
    overlay[value_key(add.key)] = answer;
  }
  overlay[request_key(id)] = fmt::format("{} {}", id.number, answer);
  return answer;
}

void Book::commit_next() {
  if (is_committing_ || waiting_.empty() || stopped_) return;
  const Durability durability = durability_of(waiting_.front().request);
  Overlay overlay;
  struct Granted {
    Answer answer;
    std::string value;
  };
  auto granted = std::make_shared<std::vector<Granted>>();
  std::vector<std::pair<Answer, Error>> refused;
  for (std::size_t i = 0; i < kCommitRequestsMax && !waiting_.empty() &&
                          durability_of(waiting_.front().request) == durability;
       ++i) {
    Write write = std::move(waiting_.front());
    waiting_.pop_front();
    auto value = apply(write.request, overlay);
    if (value) {
      granted->push_back({std::move(write.answer), std::move(*value)});
    } else {
      refused.emplace_back(std::move(write.answer), value.error());
    }
  }
  WriteBatch batch;
  for (auto& [key, value] : overlay) batch.put(key, std::move(value));
  is_committing_ = !granted->empty();
  if (is_committing_) {
    store_->commit(std::move(batch), durability,
                   [self = shared_from_this(), granted](Result<Sequence> committed) {
                     self->is_committing_ = false;
                     for (Granted& write : *granted) {
                       if (committed) {
                         write.answer(self->reply(std::move(write.value)));
                       } else {
                         write.answer(tl::unexpected(committed.error()));
                       }
                     }
                     self->commit_next();
                   });
  }
  for (auto& [answer, error] : refused) answer(tl::unexpected(error));
  // Everything may have been refused; then nothing is under way that would go on.
  if (!is_committing_ && !waiting_.empty()) commit_next();
}

}  // namespace gossamer::ledger
