#include "driver/spec_store.hpp"

#include <fmt/format.h>

#include "journal/entry.hpp"
#include "wire/storage.hpp"

namespace gossamer::driver {
namespace {

constexpr std::size_t kSpecBytesMax = 256 * 1024;
constexpr std::size_t kPageKeys = 1000;

}  // namespace

void SpecStore::read_newest(const std::string& service, Read done) {
  auto found = std::make_shared<Versions>();
  list_page(found, journal::spec_prefix(service), "",
            [self = *this, service, done = std::move(done)](Result<Versions> versions) mutable {
              if (!versions) return done(tl::unexpected(versions.error()));
              const auto at = versions->find(service);
              if (at == versions->end()) return done(Newest{});
              self.read(service, at->second, std::move(done));
            });
}

void SpecStore::read(const std::string& service, std::uint64_t version, Read done) {
  auto bytes = std::make_shared<Bytes>();
  const std::string key = journal::spec_key(service, version);
  // A byte too many, so that what is too large is read, and found to be no spec of ours.
  objects_.get(
      key, ObjectStore::Range{0, kSpecBytesMax + 1}, make_sink(bytes, kSpecBytesMax + 1),
      [sealed = sealed_, bytes, key, service, version,
       done = std::move(done)](ObjectResult result) mutable {
        if (result.outcome != ObjectOutcome::ok) {
          return done(fail(ErrorCode::unavailable, fmt::format("read {}: {}", key, result.detail)));
        }
        Result<ownership::SpecVersion> spec =
            sealed.open(*bytes, kSpecBytesMax, key, wire::decode_spec);
        if (spec && (spec->spec.name != service || spec->version != version)) {
          spec = fail(ErrorCode::corrupted, "it is another spec");
        }
        Newest newest{version};
        if (spec) {
          newest.spec = std::move(*spec);
        } else {
          newest.trouble = Error{spec.error().code,
                                 fmt::format("{} cannot be read: {}", key, spec.error().detail)};
        }
        done(std::move(newest));
      });
}

void SpecStore::list(UniqueFunction<void(Result<Versions>)> done) {
  list_page(std::make_shared<Versions>(), "specs/", "", std::move(done));
}

void SpecStore::list_page(std::shared_ptr<Versions> found, std::string prefix, std::string after,
                          UniqueFunction<void(Result<Versions>)> done) {
  objects_.list(
      prefix, after, kPageKeys,
      [self = *this, found, prefix, done = std::move(done)](ObjectListing listing) mutable {
        if (listing.result.outcome != ObjectOutcome::ok) {
          return done(fail(ErrorCode::unavailable,
                           fmt::format("list {}: {}", prefix, listing.result.detail)));
        }
        for (const std::string& key : listing.keys) {
          const auto spec = journal::spec_of(key);
          if (!spec) continue;  // Somebody else's object.
          if (found->size() == kSpecsMax && found->count(spec->service) == 0) continue;
          std::uint64_t& version = (*found)[spec->service];
          version = std::max(version, spec->version);
        }
        if (listing.is_last || listing.keys.empty()) return done(std::move(*found));
        self.list_page(found, prefix, listing.keys.back(), std::move(done));
      });
}

void SpecStore::create(const ownership::SpecVersion& spec, ObjectStore::Done done) {
  const std::string key = journal::spec_key(spec.spec.name, spec.version);
  objects_.create(key, make_source(wire::encode_spec(spec, sealed_.seal(key))), std::move(done));
}

}  // namespace gossamer::driver
