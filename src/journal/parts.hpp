#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "journal/effect.hpp"
#include "journal/listing.hpp"
#include "journal/walk.hpp"

namespace gossamer::journal {

// What each part of a unit's journal remembers while it is under way, and the steps by which it
// knows its answers.

// -- observe.cpp

enum class ObserveStep : std::uint8_t { list, read };

struct Observing {
  SlotListing listing{};
  Slot after = 0;
  unsigned restarts = 0;
  bool is_asked_again = false;
};
enum class SlotStep : std::uint8_t { read };

// -- claim.cpp

enum class ClaimStep : std::uint8_t {
  list_tip,
  read_tip,
  inspect,
  record,
  put,
  read_slot,
  read_spec,
  list_above,
  read_winner,
};

struct Claiming {
  std::optional<Slot> tip_expected{};
  SlotListing listing{};
  Slot after = 0;
  unsigned restarts = 0;
  Slot slot = 0;
  std::shared_ptr<const JournalEntry> entry{};
  StoreState store{};
  bool is_recorded = false;  ///< Our nonce is in the store, durably.
  SpecRead spec{};
};

// -- thaw.cpp, rebuild.cpp, replay.cpp

enum class ThawStep : std::uint8_t {
  list_slots,  // thaw.cpp
  read_entry,
  list_files,
  read_manifest,
  look_above,
  begin_build,  // rebuild.cpp
  fetch,
  set_aside,
  adopt,
  open,
  read_body,  // replay.cpp
  apply,
  read_spec,
  look_next,
};

/// What to do about something absent or unreadable, if no higher claim explains it.
enum class Remedy : std::uint8_t { start_over, next_freeze, give_up };

struct Thawing {
  SlotListing listing{};
  Walk walk{};
  unsigned restarts = 0;
  StoreState store{};
  bool may_keep = false;  ///< The store could be read, and recorded our claim.
  bool is_keep_decided = false;
  bool keeps = false;
  bool is_files_listed = false;
  std::shared_ptr<const Manifest> manifest{};
  Remedy remedy = Remedy::give_up;
  std::string trouble{};
  std::size_t next_file = 0;
  bool waits_to_build = false;  ///< For fetches of an earlier build to end.
  Sequence applied = 0;         ///< The store holds everything up to here.
  std::vector<Commit> tail{};
  std::vector<Slot> replay{};  ///< Slots to apply, ascending.
  std::size_t next_apply = 0;
  std::size_t next_body = 0;
  bool is_applying = false;
  bool ships_tail = false;  ///< The journal gets what the kept store has beyond it.
  bool is_looking = false;
};

// -- append.cpp

enum class AppendStep : std::uint8_t { put, read_slot };

struct Waiting {
  Commit commit;
  Instant since;
};

/// The journal above our claim.
struct Appending {
  Slot confirmed = 0;  ///< The last slot that is known to hold our entry.
  /// Its put, for slot confirmed + 1, is under way.
  std::shared_ptr<const JournalEntry> outstanding{};
  std::deque<Waiting> waiting{};
  std::size_t waiting_bytes = 0;
  bool is_overfull_told = false;
  Sequence committed = 0;            ///< Newest write in the local store.
  Sequence sent_through = 0;         ///< Newest write that was put.
  Sequence confirmed_through = 0;    ///< Newest write in a confirmed slot.
  Sequence frozen_through = 0;       ///< Newest write acknowledged as frozen.
  Sequence urgent_through = 0;       ///< Somebody waits for the writes up to here.
  std::uint64_t entries_behind = 0;  ///< Entries but freezes above what the newest one covers.
  Instant quiet_since{};             ///< Nothing was learnt of the next slot since.
  Epoch rumoured = 0;
  bool looks_again = false;
};

struct Ending {
  bool is_withdrawal = false;
  std::uint64_t spec_version = 0;
};

// -- freeze.cpp

enum class FreezeStep : std::uint8_t { checkpoint, upload, manifest };

struct Freezing {
  std::uint64_t attempt = 0;
  Slot confirmed_at_checkpoint = 0;
  std::uint64_t entries_at_checkpoint = 0;
  std::shared_ptr<const Manifest> manifest{};
  std::vector<std::size_t> uploads{};  ///< Places in manifest->files.
  std::size_t next_upload = 0;
  bool is_uploaded = false;  ///< Manifest and all: the entry may be appended.
};

/// A freeze of this journal whose files were all there when we last looked.
struct KnownFreeze {
  Slot covers = 0;
  FileAttempt attempt{};
  std::string manifest_key{};
  std::shared_ptr<const Manifest> manifest{};
};

// -- prune.cpp

enum class PruneStep : std::uint8_t {
  list_files,
  look,
  list_slots,
  read_slot,
  remove_slot,
  remove_file,
};

struct Pruning {
  Slot covers = 0;       ///< Of the oldest retained freeze.
  FileAttempt newest{};  ///< The attempt that was confirmed before this prune began.
  std::vector<KnownFreeze> retained{};
  std::set<std::string> listed{};
  std::deque<std::string> doomed_files{};
  std::deque<Slot> slots{};
  std::optional<std::string> slots_after{};  ///< Where the next page begins; nothing: no more.
  bool are_entries_gone = false;
};

// -- withdraw.cpp

enum class WithdrawStep : std::uint8_t {
  list_tip,
  read_tip,
  read_spec,
  put,
  read_slot,
  list_above,
};

struct Withdrawing {
  std::uint64_t spec_version = 0;
  bool is_asked = false;    ///< By withdraw(); else by a claim that met an undeploy.
  bool ends_claim = false;  ///< ClaimEnded{withdrawn} is owed.
  Epoch claimed_epoch = 0;
  std::uint64_t next_version = 0;
  SlotListing listing{};
  Slot after = 0;
  Slot slot = 0;
  Epoch epoch = 0;
  std::shared_ptr<const JournalEntry> entry{};
};

}  // namespace gossamer::journal
