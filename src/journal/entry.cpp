// Names of objects: where a unit's slots, files and specs lie. What lies there is encoded
// elsewhere.

#include "journal/entry.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/counter.hpp"

namespace gossamer::journal {
namespace {

constexpr std::size_t kDigits = 20;  // As many as the largest number has, so keys sort as numbers.

/// The number in exactly 20 digits, or nothing; nor is there anything beyond kCounterMax.
std::optional<std::uint64_t> parse_padded(std::string_view text) {
  if (text.size() != kDigits) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value > kCounterMax) return std::nullopt;
  return value;
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string journal_prefix(const UnitId& unit) {
  return fmt::format("journal/{}/{}/", unit.service, unit.ordinal);
}

std::string slot_key(const UnitId& unit, Slot slot) {
  return fmt::format("{}{:020}", journal_prefix(unit), slot);
}

Slot slot_of(const UnitId& unit, std::string_view key) {
  const std::string prefix = journal_prefix(unit);
  if (key.substr(0, prefix.size()) != prefix) return 0;
  return parse_padded(key.substr(prefix.size())).value_or(0);
}

std::string files_prefix(const UnitId& unit) {
  return fmt::format("files/{}/{}/", unit.service, unit.ordinal);
}

std::string file_key(const UnitId& unit, Epoch epoch, std::uint64_t attempt,
                     const ContentHash& hash) {
  return fmt::format("{}{:020}-{:020}-{}", files_prefix(unit), epoch, attempt, to_hex(hash));
}

std::optional<FileAttempt> attempt_of(const UnitId& unit, std::string_view key) {
  const std::string prefix = files_prefix(unit);
  if (key.substr(0, prefix.size()) != prefix) return std::nullopt;
  const std::string_view name = key.substr(prefix.size());
  constexpr std::size_t kNameSize = 2 * (kDigits + 1) + 2 * sizeof(ContentHash);
  if (name.size() != kNameSize || name[kDigits] != '-' || name[2 * kDigits + 1] != '-') {
    return std::nullopt;
  }
  const auto epoch = parse_padded(name.substr(0, kDigits));
  const auto attempt = parse_padded(name.substr(kDigits + 1, kDigits));
  if (!epoch || !attempt || !is_hex(name.substr(2 * kDigits + 2))) return std::nullopt;
  return FileAttempt{*epoch, *attempt};
}

std::string manifest_key(const Manifest& manifest) {
  ContentHasher hasher;
  const auto add = [&](std::string_view text) {
    // With its length, so that moving a byte from one field to the next gives another hash.
    hasher.update(as_bytes(fmt::format("{}:", text.size())));
    hasher.update(as_bytes(text));
  };
  add(fmt::format("{} {} {} {} {} {}", to_string(manifest.unit), manifest.epoch, manifest.attempt,
                  manifest.sequence, manifest.format, manifest.files.size()));
  for (const ManifestFile& file : manifest.files) {
    add(file.name);
    add(file.key);
    add(fmt::format("{} {}", file.size, to_hex(file.hash)));
  }
  return file_key(manifest.unit, manifest.epoch, manifest.attempt, hasher.finish());
}

std::string spec_prefix(const std::string& service) {
  return fmt::format("specs/{}/", service);
}

std::string spec_key(const std::string& service, std::uint64_t version) {
  return fmt::format("{}{:020}", spec_prefix(service), version);
}

std::optional<SpecKey> spec_of(std::string_view key) {
  constexpr std::string_view kPrefix = "specs/";
  const std::size_t slash = key.rfind('/');
  if (key.substr(0, kPrefix.size()) != kPrefix || slash <= kPrefix.size()) return std::nullopt;
  const auto version = parse_padded(key.substr(slash + 1));
  if (!version || *version == 0) return std::nullopt;
  return SpecKey{std::string{key.substr(kPrefix.size(), slash - kPrefix.size())}, *version};
}

}  // namespace gossamer::journal
