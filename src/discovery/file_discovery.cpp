#include "discovery/file_discovery.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "discovery/seed_text.hpp"
#include "transport/file_descriptor.hpp"

namespace gossamer {
namespace {

tl::unexpected<Error> cannot_read(const std::string& path, int error) {
  return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
              fmt::format("cannot read the seeds in file '{}': {}", path,
                          std::generic_category().message(error)));
}

Result<std::string> read_file(const std::string& path) {
  // Non-blocking, so that a pipe is refused instead of waited for.
  const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file.is_open()) return cannot_read(path, errno);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return cannot_read(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("cannot read the seeds in '{}': not a regular file", path));
  }
  std::string text(kSeedFileBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kSeedFileBytesMax) {
    return fail(ErrorCode::resource_exhausted,
                fmt::format("file '{}' has more than {} bytes: is it the list of seeds?", path,
                            kSeedFileBytesMax));
  }
  text.resize(size);
  return text;
}

class FileDiscovery final : public Discovery {
 public:
  FileDiscovery(std::string path, Workers& workers)
      : path_(std::move(path)), name_("file:" + path_), workers_(workers) {}

  std::string_view name() const noexcept override { return name_; }
  std::optional<Error> problem() const override { return *problem_; }

  void find_peers(Found found) override {
    // Shared by the worker and the loop, one after the other.
    auto parsed = std::make_shared<Result<SeedText>>();
    workers_.run(
        [path = path_, parsed] {
          *parsed = read_file(path).map([&](const std::string& text) {
            return parse_seed_text(text, fmt::format("file '{}'", path), kSeedFileSeedsMax);
          });
        },
        [parsed, found = std::move(found), problem = std::weak_ptr{problem_}]() mutable {
          const auto held = problem.lock();
          if (held == nullptr) return;  // We are gone, and so is who asked.
          *held = *parsed ? (*parsed)->problem : std::nullopt;
          found(std::move(*parsed).map([](SeedText&& text) { return std::move(text.endpoints); }));
        });
  }

 private:
  const std::string path_;
  const std::string name_;
  Workers& workers_;
  std::shared_ptr<std::optional<Error>> problem_ = std::make_shared<std::optional<Error>>();
};

}  // namespace

std::unique_ptr<Discovery> make_file_discovery(std::string path, Workers& workers) {
  return std::make_unique<FileDiscovery>(std::move(path), workers);
}

}  // namespace gossamer
