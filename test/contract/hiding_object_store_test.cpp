#include "objects/hiding_object_store.hpp"

#include "contract/object_store_contract.hpp"
#include "contract/temporary_directory.hpp"
#include "contract/test_workers.hpp"
#include "objects/directory_object_store.hpp"
#include "objects/object_store_url.hpp"

namespace gossamer::test {
namespace {

using objects::HidingObjectStore;
using objects::kHiddenHeadBytes;

wire::DataKey key_of(std::uint8_t number) {
  wire::DataKey key;
  key.bytes.fill(number);
  return key;
}

/// A directory, looked at by nodes with and without the option.
class HidingFixture final : public ObjectStoreFixture {
 public:
  HidingFixture() : store_(open(key_of(1), true)) {}
  ObjectStore& store() override { return *store_; }
  std::unique_ptr<ObjectStore> open_another() override { return open(key_of(1), true); }
  void run_until(UniqueFunction<bool()> is_met) override {
    workers.pump_until([&] { return is_met(); });
  }
  void use(std::unique_ptr<ObjectStore> store) { store_ = std::move(store); }
  std::unique_ptr<ObjectStore> open_inner() {
    auto opened = objects::open_directory_object_store(directory / "shared", workers);
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }
  std::unique_ptr<ObjectStore> open(const wire::DataKey& key, bool is_hiding,
                                    std::vector<std::string> prefixes = {""}) {
    return std::make_unique<HidingObjectStore>(open_inner(), key, is_hiding, std::move(prefixes));
  }

  TemporaryDirectory directory;
  TestWorkers workers{8};

 private:
  std::unique_ptr<ObjectStore> store_;
};

std::string text_of_size(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
  return text;
}

}  // namespace

TEST_CASE("objects: a store that hides keeps the contract of object stores", "[objects][hiding]") {
  HidingFixture objects;
  check_object_store_contract(objects);
}

TEST_CASE("objects: what is hidden shows nothing of its content, and no two copies are alike",
          "[objects][hiding]") {
  HidingFixture objects;
  const std::string secret(200, 's');
  objects.create("files/a", secret);
  objects.create("files/b", secret);
  objects.use(objects.open_inner());
  const std::string a = objects.get("files/a");
  const std::string b = objects.get("files/b");
  CHECK(a.size() == secret.size() + kHiddenHeadBytes);
  CHECK(a.find("sss") == std::string::npos);
  CHECK(a.substr(kHiddenHeadBytes) != b.substr(kHiddenHeadBytes));
  // Nor does the place in the stream repeat.
  CHECK(a.substr(kHiddenHeadBytes, 64) != a.substr(kHiddenHeadBytes + 64, 64));
}

TEST_CASE("objects: nodes that hide and nodes that do not read each other", "[objects][hiding]") {
  HidingFixture objects;
  const std::string content = text_of_size(1000);
  objects.create("files/hidden", content);
  objects.use(objects.open(key_of(1), false));
  CHECK(objects.get("files/hidden") == content);
  objects.create("files/plain", content);
  for (const std::string& odd :
       {std::string{}, std::string{"g"}, std::string{"gsx"}, std::string("gsx\1\0\0\0\0", 8),
        std::string("gsx\1\0\0\0\0and fifteen more", 23), std::string{"MANIFEST-000004\n"}}) {
    objects.put("files/odd", odd);
    CHECK(objects.get("files/odd") == odd);
  }
  objects.use(objects.open(key_of(1), true));
  CHECK(objects.get("files/plain") == content);
}

TEST_CASE("objects: any part of what is hidden is read as of what is not", "[objects][hiding]") {
  HidingFixture objects;
  const std::string content = text_of_size(300);
  objects.create("files/hidden", content);
  objects.use(objects.open(key_of(1), false));
  objects.create("files/plain", content);
  for (const std::uint64_t offset :
       {0U, 1U, 31U, 32U, 33U, 63U, 64U, 65U, 128U, 299U, 300U, 301U, 400U}) {
    for (const std::uint64_t length : {0U, 1U, 2U, 32U, 64U, 100U, 1000U}) {
      CAPTURE(offset, length);
      const std::string wanted =
          offset >= content.size()
              ? ""
              : content.substr(offset, length == 0 ? std::string::npos : length);
      CHECK(objects.get("files/hidden", ObjectStore::Range{offset, length}) == wanted);
      CHECK(objects.get("files/plain", ObjectStore::Range{offset, length}) == wanted);
    }
  }
  CHECK(objects.get("files/hidden", ObjectStore::Range{0, UINT64_MAX}) == content);
  CHECK(objects.get("files/absent", ObjectStore::Range{5, 5}) == "<absent>");
}

TEST_CASE("objects: another data key reveals nothing", "[objects][hiding]") {
  HidingFixture objects;
  const std::string content = text_of_size(300);
  objects.create("files/hidden", content);
  objects.use(objects.open(key_of(2), true));
  const std::string read = objects.get("files/hidden");
  CHECK(read.size() == content.size());
  CHECK(read != content);
}

TEST_CASE("objects: what nodes need before they have the data key is not hidden",
          "[objects][hiding]") {
  HidingFixture objects;
  objects.use(objects.open(key_of(1), true, HidingObjectStore::content_prefixes()));
  for (const char* key :
       {"cluster-id", "data-keys/first", "journal/ledger/0/1", "files/x", "specs/ledger/1"}) {
    objects.create(key, "content");
  }
  objects.use(objects.open_inner());
  CHECK(objects.get("cluster-id") == "content");
  CHECK(objects.get("data-keys/first") == "content");
  for (const char* key : {"journal/ledger/0/1", "files/x", "specs/ledger/1"}) {
    CHECK(objects.get(key).size() == 7 + kHiddenHeadBytes);
  }
}

}  // namespace gossamer::test
