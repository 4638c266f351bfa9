#pragma once

#include <memory>
#include <string>
#include <vector>

#include "objects/hidden_content.hpp"

namespace gossamer::objects {

/// An object store whose contents, of the keys with the given prefixes, are hidden from whoever has
/// no data key. Reads what is hidden and what is not, whatever it writes itself, so a store is
/// taken from one to the other by turning it on node by node. An object has 32 bytes more.
///
/// **Threads**: confined to the loop, as the store that it is made of.
class HidingObjectStore final : public ObjectStore {
 public:
  /// What services keep: their journals, files and specs.
  static std::vector<std::string> content_prefixes();

  /// `is_hiding`: also when it writes.
  HidingObjectStore(std::unique_ptr<ObjectStore> inner, const wire::DataKey& data_key,
                    bool is_hiding, std::vector<std::string> prefixes = content_prefixes());
  ~HidingObjectStore() override;

  std::string_view place() const noexcept override { return inner_->place(); }
  void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
           Done done) override;
  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override;
  void put(std::string key, std::shared_ptr<ByteSource> source, Done done) override;
  void remove(std::string key, Done done) override {
    inner_->remove(std::move(key), std::move(done));
  }
  void list(std::string prefix, std::string after, std::size_t limit, Listed done) override {
    inner_->list(std::move(prefix), std::move(after), limit, std::move(done));
  }

 private:
  bool is_content(const std::string& key) const;
  std::shared_ptr<ByteSource> written(const std::string& key,
                                      std::shared_ptr<ByteSource> source) const;
  void get_from_start(std::string key, std::uint64_t length, std::shared_ptr<ByteSink> sink,
                      Done done);
  void get_from_within(std::string key, Range range, std::shared_ptr<ByteSink> sink, Done done);

  HidingKey key_;
  bool is_hiding_;
  std::vector<std::string> prefixes_;
  std::unique_ptr<ObjectStore> inner_;  // Goes first: none of its answers comes after that.
};

}  // namespace gossamer::objects
