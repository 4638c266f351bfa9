#include "store/build.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "store/database.hpp"
#include "store/posix_file.hpp"
#include "store/store_meta.hpp"

namespace gossamer::store {
namespace {

class BuildSink final : public ByteSink {
 public:
  BuildSink(std::string path, std::uint64_t size) : path_(std::move(path)), size_(size) {}

  void restart() override {
    written_ = 0;
    file_ = open_file(path_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
  }

  Result<void> write(ByteView bytes) override {
    if (!file_) return tl::unexpected<Error>(file_.error());
    // What is beyond the manifest's size is dropped but for one byte, by which the verification
    // will see it: an error here would only make the same object be fetched again.
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), size_ + 1 - written_));
    if (Result<void> done = write_all(*file_, path_, bytes); !done) return done;
    written_ += bytes.size();
    return {};
  }

 private:
  const std::string path_;
  const std::uint64_t size_;
  std::uint64_t written_ = 0;
  Result<FileDescriptor> file_ = fail(ErrorCode::io, "written before it was started");
};

class RefusingSink final : public ByteSink {
 public:
  explicit RefusingSink(Error error) : error_(std::move(error)) {}
  void restart() override {}
  Result<void> write(ByteView) override { return tl::unexpected<Error>(error_); }

 private:
  const Error error_;
};

tl::unexpected<Error> bad_name(const std::string& name) {
  return fail(
      ErrorCode::corrupted,
      fmt::format("a manifest names the file '{}', which no store has", name.substr(0, 200)));
}

Result<void> verify_file(const std::string& folder, const journal::ManifestFile& file) {
  const std::string path = folder + "/" + file.name;
  const Result<FileStatus> status = file_status(path);
  if (!status && status.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::corrupted, fmt::format("{} is missing from the build", file.name));
  }
  if (!status) return tl::unexpected<Error>(status.error());
  if (!status->is_regular || status->size != file.size) {
    return fail(ErrorCode::corrupted, fmt::format("{} has {} bytes, its manifest says {}", path,
                                                  status->size, file.size));
  }
  const Result<HashedFile> hashed = hash_file(path);
  if (!hashed) return tl::unexpected<Error>(hashed.error());
  if (hashed->hash != file.hash || hashed->size != file.size) {
    return fail(ErrorCode::corrupted,
                fmt::format("{} does not have the hash of its manifest", path));
  }
  return {};
}

Result<void> verify(const std::string& folder, const journal::Manifest& manifest) {
  std::set<std::string> names;
  for (const journal::ManifestFile& file : manifest.files) {
    if (!is_plain_file_name(file.name) || !names.insert(file.name).second) {
      return bad_name(file.name);
    }
    if (Result<void> verified = verify_file(folder, file); !verified) return verified;
  }
  const Result<std::vector<std::string>> present = list_files(folder);
  if (!present) return fail(ErrorCode::corrupted, present.error().detail);
  for (const std::string& name : *present) {
    if (names.count(name) == 0) {
      return fail(
          ErrorCode::corrupted,
          fmt::format("the build {} has a file {} that its manifest does not name", folder, name));
    }
  }
  return {};
}

Result<void> forget_other_machine(const std::string& folder, journal::Sequence sequence) {
  Result<std::unique_ptr<Database>> database = Database::open(folder);
  if (!database) return tl::unexpected<Error>(database.error());
  const Result<StoreMeta> meta = read_meta(**database);
  if (!meta) return tl::unexpected<Error>(meta.error());
  if (meta->sequence != sequence) {
    return fail(ErrorCode::corrupted,
                fmt::format("the files of {} hold {} commits, their manifest says {}", folder,
                            meta->sequence, sequence));
  }
  return write_adopted(**database);
}

Result<void> sync_all(const std::string& folder) {
  const Result<std::vector<std::string>> names = list_files(folder);
  if (!names) return tl::unexpected<Error>(names.error());
  for (const std::string& name : *names) {
    if (Result<void> synced = sync_path(folder + "/" + name); !synced) return synced;
  }
  return sync_path(folder);
}

}  // namespace

std::shared_ptr<ByteSink> make_build_sink(const std::string& folder,
                                          const journal::ManifestFile& file) {
  if (!is_plain_file_name(file.name)) {
    return std::make_shared<RefusingSink>(bad_name(file.name).value());
  }
  return std::make_shared<BuildSink>(folder + "/" + file.name, file.size);
}

Result<void> adopt_build(const UnitLayout& layout, const journal::Manifest& manifest) {
  if (Result<void> recovered = layout.recover(); !recovered) return recovered;
  const std::string folder = layout.build();
  if (!path_exists(folder)) return fail(ErrorCode::not_found, folder + ": no build was begun");
  return verify(folder, manifest)
      .and_then([&] { return forget_other_machine(folder, manifest.sequence); })
      .and_then([&] { return sync_all(folder); })
      .and_then([&] { return layout.adopt(); });
}

}  // namespace gossamer::store
