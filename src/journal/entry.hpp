#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::journal {

/// Place in a unit's journal. The first is 1.
using Slot = std::uint64_t;
/// Counts a unit's writes, from 1, through all epochs.
using Sequence = std::uint64_t;

/// Tells one claim attempt from every other, of the same node too.
struct Nonce {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const Nonce&, const Nonce&) = default;
};

enum class EntryType : std::uint8_t { claim = 1, batch = 2, freeze = 3, withdrawn = 4 };

/// One write of a service: a serialised batch of puts and removes that applies whole.
struct Commit {
  Sequence sequence = 0;
  Bytes bytes{};
  friend bool operator==(const Commit&, const Commit&) = default;
};

/// One slot of a journal. Every entry carries who wrote it and the nonce of its claim.
struct JournalEntry {
  EntryType type = EntryType::claim;
  Epoch epoch = 0;
  NodeId writer{};
  Nonce nonce{};
  std::uint64_t spec_version = 0;  ///< claim: what it was claimed for; withdrawn: the undeploy.
  std::vector<Commit> commits{};   ///< batch: in order, without gaps.
  std::string manifest_key{};      ///< freeze
  Slot covers = 0;                 ///< freeze: last slot confirmed when its checkpoint was taken.
  std::uint64_t attempt = 0;       ///< freeze: N of its files' names.

  friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

/// A file of a frozen state.
struct ManifestFile {
  std::string name{};  ///< Within the store's directory.
  std::string key{};   ///< In the object store.
  std::uint64_t size = 0;
  ContentHash hash{};
  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

/// The newest manifest format that this build reads and the one that it writes.
inline constexpr std::uint32_t kManifestFormat = 1;

/// Which files make up one frozen state.
struct Manifest {
  UnitId unit{};
  Epoch epoch = 0;
  std::uint64_t attempt = 0;
  Sequence sequence = 0;     ///< The newest write in it.
  std::uint32_t format = 1;  ///< Oldest format that can read it.
  std::vector<ManifestFile> files{};
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// What a local store says of itself.
struct StoreState {
  bool exists = false;
  Epoch opened_under = 0;
  std::vector<Nonce> claims{};  ///< Every claim made with it since it was last opened.
  Sequence sequence = 0;
};

/// A checkpoint of a local store: hard links that stay while the store goes on.
struct CheckpointState {
  Sequence sequence = 0;
  std::vector<ManifestFile> files{};  ///< key is empty.
};

/// `journal/ledger/0/`, `journal/ledger/0/00000000000000000007`.
std::string journal_prefix(const UnitId& unit);
std::string slot_key(const UnitId& unit, Slot slot);
/// 0 if `key` is not a slot of this unit. None has a number beyond kCounterMax: such an object is
/// somebody else's, as any other name is.
Slot slot_of(const UnitId& unit, std::string_view key);
/// `files/ledger/0/`, `files/ledger/0/EPOCH-N-HASH`; epoch and N with 20 digits, hash in hex.
std::string files_prefix(const UnitId& unit);
std::string file_key(const UnitId& unit, Epoch epoch, std::uint64_t attempt,
                     const ContentHash& hash);
/// Which freeze attempt made a file.
struct FileAttempt {
  Epoch epoch = 0;
  std::uint64_t attempt = 0;
  friend auto operator<=>(const FileAttempt&, const FileAttempt&) = default;
};
/// Nothing if `key` is not a file of this unit.
std::optional<FileAttempt> attempt_of(const UnitId& unit, std::string_view key);
/// Where a manifest lies: a file of its attempt, HASH being over the manifest's fields, so that one
/// that was altered does not answer to its name.
std::string manifest_key(const Manifest& manifest);
/// `specs/NAME/`, `specs/NAME/VERSION` with 20 digits.
std::string spec_prefix(const std::string& service);
std::string spec_key(const std::string& service, std::uint64_t version);
struct SpecKey {
  std::string service{};
  std::uint64_t version = 0;
  friend bool operator==(const SpecKey&, const SpecKey&) = default;
};
/// Nothing if `key` is not a spec.
std::optional<SpecKey> spec_of(std::string_view key);

}  // namespace gossamer::journal
