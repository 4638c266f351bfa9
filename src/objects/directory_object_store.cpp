#include "objects/directory_object_store.hpp"

#include <fmt/format.h>

#include <atomic>

#include "objects/directory_files.hpp"
#include "objects/object_key.hpp"

namespace gossamer::objects {
namespace {

std::string reserved_fault(std::string_view key) {
  const std::string_view first = key.substr(0, key.find('/'));
  return first == DirectoryFiles::kTemporaryFolder ? "the part .tmp is the store's own" : "";
}

ObjectResult not_a_key(const char* what, const std::string& text, const std::string& fault) {
  return {ObjectOutcome::refused, fmt::format("the {} '{}': {}", what, text.substr(0, 600), fault)};
}

class DirectoryObjectStore final : public ObjectStore {
 public:
  DirectoryObjectStore(std::string path, std::shared_ptr<DirectoryFiles> files, Workers& workers)
      : place_("dir:" + path), files_(std::move(files)), workers_(workers) {}
  ~DirectoryObjectStore() override { *stopped_ = true; }

  std::string_view place() const noexcept override { return place_; }

  void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
           Done done) override {
    run_on_key(std::move(key), std::move(done),
               [range, sink = std::move(sink)](DirectoryFiles& files, const std::string& checked,
                                               const std::atomic<bool>& stopped) {
                 return files.get(checked, range, *sink, stopped);
               });
  }

  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    run_on_key(std::move(key), std::move(done),
               [source = std::move(source)](DirectoryFiles& files, const std::string& checked,
                                            const std::atomic<bool>& stopped) {
                 return files.create(checked, *source, stopped);
               });
  }

  void put(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    run_on_key(std::move(key), std::move(done),
               [source = std::move(source)](DirectoryFiles& files, const std::string& checked,
                                            const std::atomic<bool>& stopped) {
                 return files.put(checked, *source, stopped);
               });
  }

  void remove(std::string key, Done done) override {
    run_on_key(std::move(key), std::move(done),
               [](DirectoryFiles& files, const std::string& checked, const std::atomic<bool>&) {
                 return files.remove(checked);
               });
  }

  void list(std::string prefix, std::string after, std::size_t limit, Listed done) override {
    run<ObjectListing>(
        [files = files_, prefix = std::move(prefix), after = std::move(after), limit,
         stopped = stopped_]() -> ObjectListing {
          const std::string fault = prefix_fault(prefix);
          if (!fault.empty()) return {not_a_key("prefix", prefix, fault), {}, true};
          return files->list(prefix, after, limit, *stopped);
        },
        std::move(done));
  }

 private:
  template <class Work>
  void run_on_key(std::string key, Done done, Work work) {
    run<ObjectResult>(
        [files = files_, key = std::move(key), work = std::move(work),
         stopped = stopped_]() -> ObjectResult {
          std::string fault = key_fault(key);
          if (fault.empty()) fault = reserved_fault(key);
          if (!fault.empty()) return not_a_key("key", key, fault);
          return work(*files, key, *stopped);
        },
        std::move(done));
  }

  // What the work holds is shared, so that it may outlive the store; what `done` holds is touched
  // on the loop alone.
  template <class Answer, class Work>
  void run(Work work, UniqueFunction<void(Answer)> done) {
    auto answer = std::make_shared<Answer>();
    workers_.run(
        [work = std::move(work), answer, stopped = stopped_]() mutable {
          if (!*stopped) *answer = work();
        },
        [answer, done = std::move(done), stopped = stopped_]() mutable {
          if (!*stopped) done(std::move(*answer));
        });
  }

  const std::string place_;
  const std::shared_ptr<DirectoryFiles> files_;
  const std::shared_ptr<std::atomic<bool>> stopped_ = std::make_shared<std::atomic<bool>>(false);
  Workers& workers_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_directory_object_store(std::string path,
                                                                 Workers& workers) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (path.empty() || path.find('\0') != std::string::npos) {
    return fail(ErrorCode::invalid_argument, "the object store's directory has no name");
  }
  auto files = std::make_shared<DirectoryFiles>(path);
  if (Result<void> prepared = files->prepare(); !prepared) {
    return tl::unexpected<Error>(prepared.error());
  }
  return std::make_unique<DirectoryObjectStore>(std::move(path), std::move(files), workers);
}

}  // namespace gossamer::objects
