#include "objects/object_store_url.hpp"

#include <fmt/format.h>

#include "objects/directory_object_store.hpp"
#include "objects/s3_object_store.hpp"

namespace gossamer::objects {
namespace {

constexpr std::string_view kDirectory = "dir:";
constexpr std::string_view kS3 = "s3:";

bool begins_with(std::string_view text, std::string_view what) {
  return text.substr(0, what.size()) == what;
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> make_object_store(std::string_view url, Workers& workers,
                                                       aws::Session& session) {
  if (begins_with(url, kS3)) return open_s3_object_store(url, session);
  if (begins_with(url, kDirectory)) {
    const std::string_view path = url.substr(kDirectory.size());
    if (path.empty()) {
      return fail(ErrorCode::invalid_argument, "dir: needs a path, as in dir:/mnt/shared");
    }
    return open_directory_object_store(std::string{path}, workers);
  }
  // The scheme alone: what follows may hold secrets.
  return fail(ErrorCode::invalid_argument,
              fmt::format("no object store has the scheme '{}'; known: dir:PATH, "
                          "s3://BUCKET/PREFIX",
                          url.substr(0, std::min<std::size_t>(url.find(':'), 32))));
}

}  // namespace gossamer::objects
