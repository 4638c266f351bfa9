#include "objects/cluster_id.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"

namespace gossamer::objects {
namespace {

constexpr const char* kKey = "cluster-id";
constexpr std::size_t kIdBytesMax = 128;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kObjectBytesMax = kIdBytesMax + 1 + kNameBytesMax;
constexpr int kAttemptsMax = 5;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
             std::string_view::npos;
}

// One search. Each request's `done` keeps it alive; it goes when the last has answered.
class Search : public std::enable_shared_from_this<Search> {
 public:
  Search(ObjectStore& objects, std::string candidate, std::string cluster,
         UniqueFunction<void(Result<std::string>)> done)
      : objects_(objects),
        candidate_(std::move(candidate)),
        cluster_(std::move(cluster)),
        done_(std::move(done)) {}

  void create() {
    ++attempts_;
    objects_.create(kKey, make_source(to_bytes(candidate_ + "\n" + cluster_)),
                    [self = shared_from_this()](ObjectResult result) { self->on_created(result); });
  }

 private:
  void on_created(const ObjectResult& result) {
    if (result.outcome == ObjectOutcome::ok) return done_(candidate_);
    if (result.outcome == ObjectOutcome::exists) return read();
    retry(result);
  }

  void read() {
    // Room for more than an id has, so that a foreign object is seen whole and named as such.
    auto bytes = std::make_shared<Bytes>();
    objects_.get(
        kKey, ObjectStore::Range{0, kObjectBytesMax + 1}, make_sink(bytes, kObjectBytesMax + 1),
        [self = shared_from_this(), bytes](ObjectResult result) { self->on_read(result, *bytes); });
  }

  void on_read(const ObjectResult& result, const Bytes& bytes) {
    if (result.outcome != ObjectOutcome::ok) return retry(result);
    const std::string_view text = as_text(bytes);
    const std::size_t end = text.find('\n');
    const std::string_view id = text.substr(0, end);
    if (!is_id(id) || text.size() > kObjectBytesMax) {
      return done_(fail(ErrorCode::corrupted, fmt::format("the object {} of {} holds no cluster id",
                                                          kKey, objects_.place())));
    }
    if (end != std::string_view::npos && text.substr(end + 1) != cluster_) {
      return done_(
          fail(ErrorCode::invalid_argument,
               fmt::format("the object store {} belongs to the cluster '{}', and this node to "
                           "'{}': use its name, or another place",
                           objects_.place(), text.substr(end + 1), cluster_)));
    }
    done_(std::string{id});
  }

  void retry(const ObjectResult& result) {
    if (attempts_ < kAttemptsMax) return create();
    const bool refused = result.outcome == ObjectOutcome::refused;
    done_(fail(refused ? ErrorCode::permission_denied : ErrorCode::unavailable,
               fmt::format("the object store {} gives no cluster id after {} attempts: {}",
                           objects_.place(), attempts_, result.detail)));
  }

  ObjectStore& objects_;
  const std::string candidate_;
  const std::string cluster_;
  UniqueFunction<void(Result<std::string>)> done_;
  int attempts_ = 0;
};

}  // namespace

void ensure_cluster_id(ObjectStore& objects, std::string candidate, std::string cluster,
                       UniqueFunction<void(Result<std::string>)> done) {
  GOSSAMER_ASSERT(is_id(candidate));
  std::make_shared<Search>(objects, std::move(candidate), std::move(cluster), std::move(done))
      ->create();
}

}  // namespace gossamer::objects
