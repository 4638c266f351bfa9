#include "objects/create_probe.hpp"

#include <fmt/format.h>

namespace gossamer::objects {
namespace {

constexpr std::string_view kFirst = "first";
constexpr std::string_view kSecond = "second";
constexpr int kAttemptsMax = 5;

// One probe: create, create again, read, remove. Each request's `done` keeps it alive.
class Probe : public std::enable_shared_from_this<Probe> {
 public:
  Probe(ObjectStore& objects, const std::string& suffix, UniqueFunction<void(Result<void>)> done)
      : objects_(objects), key_("probe/" + suffix), done_(std::move(done)) {}

  void create_first() {
    create(kFirst, [this](const ObjectResult& result) { on_first(result); });
  }

 private:
  using Step = UniqueFunction<void(const ObjectResult&)>;

  void create(std::string_view content, Step step) {
    ++attempts_;
    objects_.create(key_, make_source(to_bytes(content)),
                    [self = shared_from_this(),
                     step = std::move(step)](ObjectResult result) mutable { step(result); });
  }

  void on_first(const ObjectResult& result) {
    switch (result.outcome) {
      case ObjectOutcome::ok: break;
      // Perhaps our own: an attempt before this one may have got no answer.
      case ObjectOutcome::exists:
        return read([this](const ObjectResult& found, const Bytes& bytes) {
          on_first_found(found, bytes);
        });
      case ObjectOutcome::refused:
        if (result.is_unreached) return finish_unreached(result);
        return finish(ErrorCode::permission_denied, "refuses to create an object", result.detail);
      case ObjectOutcome::absent:
      case ObjectOutcome::unknown:
        if (attempts_ < kAttemptsMax) return create_first();
        if (result.is_unreached) return finish_unreached(result);
        return finish(ErrorCode::unavailable, "does not say whether it created an object",
                      result.detail);
    }
    attempts_ = 0;
    create_second();
  }

  void on_first_found(const ObjectResult& result, const Bytes& bytes) {
    if (result.outcome != ObjectOutcome::ok) {
      return finish(ErrorCode::unavailable, "says that an object exists, and does not give it back",
                    result.detail);
    }
    if (as_text(bytes) != kFirst) {
      return finish(ErrorCode::unavailable, "says that an object exists which nobody made",
                    "it has other bytes than were sent");
    }
    attempts_ = 0;
    create_second();
  }

  void create_second() {
    create(kSecond, [this](const ObjectResult& result) { on_second(result); });
  }

  void on_second(const ObjectResult& result) {
    switch (result.outcome) {
      case ObjectOutcome::exists:
        return read(
            [this](const ObjectResult& found, const Bytes& bytes) { on_read(found, bytes); });
      case ObjectOutcome::ok:
        return finish(ErrorCode::version_mismatch, "does not honour create-only",
                      "a second create of one key succeeded; it is still usable for packages and "
                      "exports");
      case ObjectOutcome::refused:
        if (result.is_unreached) return finish_unreached(result);
        return finish(ErrorCode::permission_denied, "refuses a create of a key that exists",
                      result.detail);
      case ObjectOutcome::absent:
      case ObjectOutcome::unknown:
        if (attempts_ < kAttemptsMax) return create_second();
        if (result.is_unreached) return finish_unreached(result);
        return finish(ErrorCode::unavailable, "does not say that a key exists", result.detail);
    }
  }

  void read(UniqueFunction<void(const ObjectResult&, const Bytes&)> then) {
    auto bytes = std::make_shared<Bytes>();
    objects_.get(key_, std::nullopt, make_sink(bytes, 64),
                 [self = shared_from_this(), bytes,
                  then = std::move(then)](ObjectResult result) mutable { then(result, *bytes); });
  }

  void on_read(const ObjectResult& result, const Bytes& bytes) {
    if (result.outcome != ObjectOutcome::ok) {
      return finish(ErrorCode::unavailable, "does not give back an object", result.detail);
    }
    if (as_text(bytes) != kFirst) {
      return finish(ErrorCode::version_mismatch, "does not honour create-only",
                    "it said that the key exists, and overwrote it; it is still usable for "
                    "packages and exports");
    }
    remove({});
  }

  // Nothing is known of the store then, and it cannot be asked to remove anything.
  void finish_unreached(const ObjectResult& result) {
    done_(fail(ErrorCode::unavailable,
               fmt::format("{} was not reached: the request was not sent ({})", objects_.place(),
                           result.detail)));
  }

  void finish(ErrorCode code, std::string_view what, const std::string& detail) {
    remove(fail(code, fmt::format("{} cannot be used for claims: it {} ({}: {})", objects_.place(),
                                  what, key_, detail)));
  }

  // Tidying up decides nothing: a store that forbids deletes can still be used for claims.
  void remove(Result<void> result) {
    objects_.remove(key_,
                    [self = shared_from_this(), result](ObjectResult) { self->done_(result); });
  }

  ObjectStore& objects_;
  const std::string key_;
  UniqueFunction<void(Result<void>)> done_;
  int attempts_ = 0;
};

}  // namespace

void probe_create_only(ObjectStore& objects, std::string unique_suffix,
                       UniqueFunction<void(Result<void>)> done) {
  std::make_shared<Probe>(objects, unique_suffix, std::move(done))->create_first();
}

}  // namespace gossamer::objects
