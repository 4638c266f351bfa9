#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "driver/sealed_objects.hpp"
#include "gossamer/ports/object_store.hpp"
#include "ownership/announcement.hpp"

namespace gossamer::driver {

/// Specs as create-only objects `specs/NAME/VERSION`. Each call asks once and reports a failure;
/// trying again is the caller's. Callbacks come from the object store's: on the loop, later. A
/// value: requests under way hold a copy, so it may go before they end.
class SpecStore {
 public:
  SpecStore(ObjectStore& objects, SealedObjects sealed)
      : objects_(objects), sealed_(std::move(sealed)) {}

  /// What the key of a version holds.
  struct Newest {
    std::uint64_t version = 0;  ///< 0: the service was never deployed.
    std::optional<ownership::SpecVersion> spec{};
    std::optional<Error> trouble{};  ///< corrupted, version_mismatch: asking again is of no use.
  };
  /// Errors: unavailable.
  using Read = UniqueFunction<void(Result<Newest>)>;
  void read_newest(const std::string& service, Read done);
  /// Of a version that is known to be there.
  void read(const std::string& service, std::uint64_t version, Read done);

  static constexpr std::size_t kSpecsMax = 10'000;
  /// The highest version of every service, of kSpecsMax of them at most.
  using Versions = std::map<std::string, std::uint64_t>;
  void list(UniqueFunction<void(Result<Versions>)> done);

  /// exists: another spec (or this one, put before) has the version.
  void create(const ownership::SpecVersion& spec, ObjectStore::Done done);

 private:
  void list_page(std::shared_ptr<Versions> found, std::string prefix, std::string after,
                 UniqueFunction<void(Result<Versions>)> done);

  ObjectStore& objects_;
  SealedObjects sealed_;
};

}  // namespace gossamer::driver
