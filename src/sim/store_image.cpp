#include "sim/store_image.hpp"

#include <algorithm>
#include <string_view>

#include "base/hash.hpp"

namespace gossamer::sim {
namespace {

constexpr const char* kSequenceFile = "SEQUENCE";
constexpr std::size_t kRangeBytes = 7;  // Keys that begin with the same bytes share a file.

void append_number(Bytes& into, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) into.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

void append_text(Bytes& into, const std::string& text) {
  append_number(into, text.size());
  into.insert(into.end(), text.begin(), text.end());
}

/// Takes the fields of a file from its front; an empty one ends the reading.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  bool is_at_end() const { return bytes_.empty(); }
  bool number(std::uint64_t& into) {
    if (bytes_.size() < 8) return false;
    into = 0;
    for (std::size_t i = 8; i-- > 0;) into = into << 8 | bytes_[i];
    bytes_ = bytes_.subspan(8);
    return true;
  }
  bool text(std::string& into) {
    std::uint64_t size = 0;
    if (!number(size) || size > bytes_.size()) return false;
    into = to_text(bytes_.first(static_cast<std::size_t>(size)));
    bytes_ = bytes_.subspan(static_cast<std::size_t>(size));
    return true;
  }

 private:
  ByteView bytes_;
};

}  // namespace

void StoreImage::apply(const WriteBatch& batch) {
  for (const WriteBatch::Operation& operation : batch.operations()) {
    if (operation.value) {
      data[operation.key] = *operation.value;
    } else {
      data.erase(operation.key);
    }
  }
}

std::map<UnitId, UnitPlace> copy_of(const std::map<UnitId, UnitPlace>& units) {
  std::map<UnitId, UnitPlace> copy = units;
  for (auto& [unit, place] : copy) {
    if (place.store) place.store = std::make_shared<StoreImage>(*place.store);
    if (place.aside) place.aside = std::make_shared<StoreImage>(*place.aside);
  }
  return copy;
}

StoreFiles to_files(const StoreImage& image) {
  StoreFiles files;
  append_number(files[kSequenceFile], image.sequence);
  for (const auto& [key, value] : image.data) {
    const std::string_view range = std::string_view{key}.substr(0, kRangeBytes);
    Bytes& file = files["range-" + to_hex(as_bytes(range))];
    append_text(file, key);
    append_text(file, value);
  }
  return files;
}

Result<StoreImage> from_files(const StoreFiles& files) {
  StoreImage image;
  bool has_sequence = false;
  for (const auto& [name, bytes] : files) {
    Reader reader{bytes};
    if (name == kSequenceFile) {
      has_sequence = reader.number(image.sequence);
      continue;
    }
    while (!reader.is_at_end()) {
      std::string key;
      std::string value;
      if (!reader.text(key) || !reader.text(value)) {
        return fail(ErrorCode::corrupted, "the store's file " + name + " ends too soon");
      }
      image.data[std::move(key)] = std::move(value);
    }
  }
  if (!has_sequence) return fail(ErrorCode::corrupted, "the store has no sequence");
  return image;
}

journal::CheckpointState describe(const StoreImage& image, const StoreFiles& files) {
  journal::CheckpointState state;
  state.sequence = image.sequence;
  for (const auto& [name, bytes] : files) {
    state.files.push_back({name, {}, bytes.size(), content_hash(bytes)});
  }
  return state;
}

bool is_safe_file_name(const std::string& name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

}  // namespace gossamer::sim
