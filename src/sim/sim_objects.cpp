#include "sim/sim_objects.hpp"

#include <algorithm>

#include "sim/create_only.hpp"

namespace gossamer::sim {
namespace {

constexpr std::size_t kKeyBytesMax = 512;

bool is_write(ObjectVerb verb) {
  return verb == ObjectVerb::create || verb == ObjectVerb::put || verb == ObjectVerb::remove;
}

bool is_valid_key(std::string_view key) {
  if (key.empty() || key.size() > kKeyBytesMax) return false;
  if (key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./") !=
      std::string_view::npos) {
    return false;
  }
  for (std::size_t begin = 0; begin <= key.size();) {
    const std::size_t end = std::min(key.find('/', begin), key.size());
    const std::string_view part = key.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool is_valid(ObjectVerb verb, const std::string& key) {
  if (verb != ObjectVerb::list) return is_valid_key(key);
  return key.empty() || is_valid_key(key.back() == '/' ? key.substr(0, key.size() - 1) : key);
}

}  // namespace

/// The port of one process. Its pending answers go with the process.
class SimObjects::View final : public ObjectStore {
 public:
  View(SimObjects& objects, HostIndex host, std::shared_ptr<Process> process)
      : objects_(objects), host_(host), process_(std::move(process)) {}

  std::string_view place() const noexcept override { return "sim://objects"; }

  void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
           Done done) override {
    objects_.request(ask(ObjectVerb::get, std::move(key), nullptr),
                     [range, sink = std::move(sink), done = std::move(done)](Reply reply) mutable {
                       if (reply.result.outcome == ObjectOutcome::ok)
                         reply.result = fill(*sink, *reply.content, range);
                       done(std::move(reply.result));
                     });
  }
  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    write(ObjectVerb::create, std::move(key), *source, std::move(done));
  }
  void put(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    write(ObjectVerb::put, std::move(key), *source, std::move(done));
  }
  void remove(std::string key, Done done) override {
    objects_.request(
        ask(ObjectVerb::remove, std::move(key), nullptr),
        [done = std::move(done)](Reply reply) mutable { done(std::move(reply.result)); });
  }
  void list(std::string prefix, std::string after, std::size_t limit, Listed done) override {
    Request request = ask(ObjectVerb::list, std::move(prefix), nullptr);
    request.after = std::move(after);
    request.limit = limit;
    objects_.request(std::move(request), [done = std::move(done)](Reply reply) mutable {
      reply.listing.result = std::move(reply.result);
      done(std::move(reply.listing));
    });
  }

 private:
  Request ask(ObjectVerb verb, std::string key, SharedBytes content) const {
    Request request;
    request.host = host_;
    request.process = process_;
    request.verb = verb;
    request.key = std::move(key);
    request.content = std::move(content);
    return request;
  }

  void write(ObjectVerb verb, std::string key, ByteSource& source, Done done) {
    auto content = std::make_shared<Bytes>(static_cast<std::size_t>(source.size()));
    if (const Result<void> read = source.read(0, *content); !read) {
      const auto process = process_.lock();
      if (!process) return;
      process->post([done = std::move(done), detail = read.error().detail]() mutable {
        done({ObjectOutcome::unknown, detail});
      });
      return;
    }
    objects_.request(
        ask(verb, std::move(key), std::move(content)),
        [done = std::move(done)](Reply reply) mutable { done(std::move(reply.result)); });
  }

  static ObjectResult fill(ByteSink& sink, const Bytes& content, std::optional<Range> range) {
    std::size_t begin = 0;
    std::size_t end = content.size();
    if (range) {
      begin = std::min<std::size_t>(content.size(), range->offset);
      if (range->length > 0) end = std::min<std::size_t>(end, begin + range->length);
    }
    sink.restart();
    const Result<void> written = sink.write(ByteView{content}.subspan(begin, end - begin));
    if (!written) return {ObjectOutcome::unknown, written.error().detail};
    return {ObjectOutcome::ok, {}};
  }

  SimObjects& objects_;
  HostIndex host_;
  std::weak_ptr<Process> process_;
};

std::unique_ptr<ObjectStore> SimObjects::view(HostIndex host, std::shared_ptr<Process> process) {
  return std::make_unique<View>(*this, host, std::move(process));
}

void SimObjects::set_unreachable(HostIndex host, bool is_unreachable) {
  if (is_unreachable) {
    unreachable_.insert(host);
  } else {
    unreachable_.erase(host);
  }
}

SimObjects::Fate SimObjects::draw_write_fate(ObjectVerb verb, Duration latency) {
  Fate fate;
  fate.lands_after = latency;
  fate.answered_after = 2 * latency;
  const bool is_remove = verb == ObjectVerb::remove;
  if (random_.chance(is_remove ? conditions_.late_removes : conditions_.late_writes, 1000)) {
    fate.lands_after =
        conditions_.timeout + Duration{random_.between(1, conditions_.late_max.count())};
    fate.answered_after = conditions_.timeout;
    fate.is_answer_lost = true;
  } else if (random_.chance(conditions_.slow_writes, 1000)) {
    fate.lands_after =
        Duration{random_.between(latency.count(), conditions_.timeout.count() * 9 / 10)};
    fate.answered_after = std::max(fate.lands_after + latency, conditions_.timeout * 95 / 100);
  }
  return fate;
}

SimObjects::Fate SimObjects::draw_fate(HostIndex host, ObjectVerb verb) {
  const Duration latency{
      random_.between(conditions_.latency_min.count(), conditions_.latency_max.count())};
  Fate fate;
  fate.lands_after = latency;
  fate.answered_after = 2 * latency;
  if (are_all_unreachable_ || unreachable_.count(host) == 1 ||
      random_.chance(conditions_.lost_requests, 1000)) {
    fate.lands = false;
    fate.answered_after = conditions_.timeout;
    return fate;
  }
  if (random_.chance(conditions_.throttled, 1000)) {
    fate.lands = false;
    fate.lost_as = random_.chance(1, 3) ? ObjectOutcome::refused : ObjectOutcome::unknown;
    return fate;
  }
  if (is_write(verb)) {
    fate = draw_write_fate(verb, latency);
  } else if (random_.chance(conditions_.slow_reads, 1000)) {
    fate.answered_after = conditions_.timeout * 95 / 100;
  }
  if (random_.chance(conditions_.lost_answers, 1000)) {
    fate.is_answer_lost = true;
    fate.answered_after = random_.chance(1, 2) ? conditions_.timeout : fate.answered_after;
  }
  return fate;
}

void SimObjects::request(Request request, Answer answer) {
  ++requests_;
  if (!is_valid(request.verb, request.key)) {
    witness_.on_violation("an invalid object key: '" + request.key + "'");
    return refuse(request, std::move(answer));
  }
  const ByteView content = request.content ? ByteView{*request.content} : ByteView{};
  witness_.on_object_requested(request.host, request.verb, request.key, content);

  const Fate fate = draw_fate(request.host, request.verb);
  auto reply = std::make_shared<Reply>();
  reply->result = {fate.lost_as, "the simulated object store did not answer"};
  const HostIndex host = request.host;
  const ObjectVerb verb = request.verb;
  const std::string key = request.key;
  const std::weak_ptr<Process> process = request.process;
  if (fate.lands) {
    ++in_flight_;
    queue_.after(fate.lands_after, [this, fate, reply, request = std::move(request)] {
      --in_flight_;
      Reply landed = land(request);
      if (!fate.is_answer_lost) *reply = std::move(landed);
    });
  }
  // Its own event, after the effect's: a late effect must not reach into a reply that was given.
  if (const auto alive = process.lock()) {
    alive->at(queue_.now() + fate.answered_after,
              [this, host, verb, key, reply, answer = std::move(answer)]() mutable {
                Reply given = *reply;
                witness_.on_object_answered(host, verb, key, given.result.outcome, given.landed_at);
                answer(std::move(given));
              });
  }
}

void SimObjects::damage(const std::string& key) {
  const auto held = contents_.find(key);
  if (held == contents_.end() || held->second->empty()) return;
  Bytes damaged = *held->second;
  damaged[random_.below(damaged.size())] ^= static_cast<std::uint8_t>(1U << random_.below(8));
  held->second = std::make_shared<const Bytes>(std::move(damaged));
  witness_.on_object_damaged(key);
}

void SimObjects::plant(const std::string& key, Bytes content) {
  contents_[key] = std::make_shared<const Bytes>(std::move(content));
}

void SimObjects::take_away(const std::string& key) {
  contents_.erase(key);
}

void SimObjects::refuse(const Request& request, Answer answer) {
  const auto process = request.process.lock();
  if (!process) return;
  process->post([answer = std::move(answer)]() mutable {
    Reply reply;
    reply.result = {ObjectOutcome::refused, "the key breaks the rules"};
    answer(std::move(reply));
  });
}

SimObjects::Reply SimObjects::land(const Request& request) {
  Reply reply;
  reply.landed_at = queue_.now();
  ObjectOutcome& outcome = reply.result.outcome;
  const auto held = contents_.find(request.key);
  const bool is_there = held != contents_.end();
  outcome = ObjectOutcome::ok;
  switch (request.verb) {
    case ObjectVerb::get:
      if (is_there) reply.content = held->second;
      if (!is_there) outcome = ObjectOutcome::absent;
      break;
    case ObjectVerb::create:
      if (!may_create(is_there)) {
        outcome = ObjectOutcome::exists;
      } else {
        contents_[request.key] = request.content;
      }
      break;
    case ObjectVerb::put: contents_[request.key] = request.content; break;
    case ObjectVerb::remove:
      if (is_there) contents_.erase(held);
      if (!is_there) outcome = ObjectOutcome::absent;
      break;
    case ObjectVerb::list: reply.listing = list(request.key, request.after, request.limit); break;
  }
  const ByteView content = request.content ? ByteView{*request.content} : ByteView{};
  witness_.on_object_landed(request.host, request.verb, request.key, content, outcome);
  return reply;
}

ObjectListing SimObjects::list(const std::string& prefix, const std::string& after,
                               std::size_t limit) const {
  ObjectListing listing;
  const std::size_t page =
      std::min<std::size_t>(std::max<std::size_t>(limit, 1), conditions_.page_max);
  auto at = after < prefix ? contents_.lower_bound(prefix) : contents_.upper_bound(after);
  for (; at != contents_.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    if (listing.keys.size() == page) {
      listing.is_last = false;
      break;
    }
    listing.keys.push_back(at->first);
  }
  return listing;
}

}  // namespace gossamer::sim
