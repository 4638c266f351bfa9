#include "objects/object_store_url.hpp"

#include <fmt/format.h>

#include "objects/directory_object_store.hpp"

namespace gossamer::objects {

Result<std::unique_ptr<ObjectStore>> make_object_store(std::string_view url, Workers& workers) {
  constexpr std::string_view kDirectory = "dir:";
  if (url.substr(0, kDirectory.size()) != kDirectory) {
    // The scheme alone: what follows may hold secrets.
    return fail(ErrorCode::invalid_argument,
                fmt::format("no object store has the scheme '{}'; known: dir:PATH",
                            url.substr(0, std::min<std::size_t>(url.find(':'), 32))));
  }
  const std::string_view path = url.substr(kDirectory.size());
  if (path.empty()) {
    return fail(ErrorCode::invalid_argument, "dir: needs a path, as in dir:/mnt/shared");
  }
  return open_directory_object_store(std::string{path}, workers);
}

}  // namespace gossamer::objects
