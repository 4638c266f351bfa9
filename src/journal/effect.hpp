#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gossamer/events.hpp"
#include "gossamer/ports/object_store.hpp"
#include "gossip/effect.hpp"
#include "journal/entry.hpp"

namespace gossamer::journal {

/// Names one order that will be answered by Journal::on_done(op, ...), exactly once.
using Op = std::uint64_t;

// Orders about objects.
struct CreateEntry {
  Op op;
  UnitId unit;
  Slot slot;
  std::shared_ptr<const JournalEntry> entry;
};
/// `is_claim_only`: a longer entry than a claim can be is not read to its end.
struct GetEntry {
  Op op;
  UnitId unit;
  Slot slot;
  bool is_claim_only = false;
};
struct CreateManifest {
  Op op;
  std::string key;
  std::shared_ptr<const Manifest> manifest;
};
struct GetManifest {
  Op op;
  std::string key;
};
/// Create the object `key` from a checkpoint's file.
struct Upload {
  Op op;
  UnitId unit;
  std::uint64_t attempt;
  std::string name;
  std::string key;
};
/// Get the object into a file of the store that is being built beside.
struct Fetch {
  Op op;
  UnitId unit;
  ManifestFile file;
};
struct List {
  Op op;
  std::string prefix;
  std::string after;
  std::size_t limit;
};
struct Remove {
  Op op;
  std::string key;
};
/// Find the highest version of specs/SERVICE/ and whether it is an undeploy.
struct ReadSpec {
  Op op;
  std::string service;
};

// Orders about the local store.
struct InspectStore {
  Op op;
  UnitId unit;
};
/// Durably, before the claim is put.
struct RecordClaim {
  Op op;
  UnitId unit;
  Nonce nonce;
};
/// Move the store away (kept for a person, until the next one is set aside).
struct SetAside {
  Op op;
  UnitId unit;
};
/// Empty the place where a store is built beside.
struct BeginBuild {
  Op op;
  UnitId unit;
};
/// Verify every fetched file against the manifest, then let the build take the store's place.
struct AdoptBuild {
  Op op;
  UnitId unit;
  std::shared_ptr<const Manifest> manifest;
};
/// Open, creating an empty one if there is none; records epoch and nonce durably. Commits are
/// refused until Serve.
struct OpenStore {
  Op op;
  UnitId unit;
  Epoch epoch;
  Nonce nonce;
};
/// Apply what the journal has; commits at or below the store's sequence are skipped.
struct Apply {
  Op op;
  UnitId unit;
  std::vector<Commit> commits;
};
struct Checkpoint {
  Op op;
  UnitId unit;
  std::uint64_t attempt;
};
struct DropCheckpoint {
  UnitId unit;
  std::uint64_t attempt;
};
/// What is at or below `through` is in the journal: the store need not keep it for shipping.
struct Trim {
  UnitId unit;
  Sequence through;
};
/// Every further commit fails; the store closes.
struct CloseStore {
  UnitId unit;
};

// What became of it, for the driver to pass on.
enum class ClaimOutcome : std::uint8_t {
  won,        ///< The unit is ours: Ready follows when the store is there.
  lost,       ///< Somebody else's claim stands.
  withdrawn,  ///< The newest spec is an undeploy.
  busy,       ///< The old owner wrote since `tip_expected`: it lives.
  failed,     ///< State cannot be thawed, or the store cannot be opened. An Alarm says why.
};
struct ClaimEnded {
  UnitId unit;
  ClaimOutcome outcome;
  Epoch epoch = 0;  ///< won: ours; lost: the winner's if known.
  NodeId owner{};   ///< lost: the winner if known.
  Slot slot = 0;    ///< won: where the claim lies.
};
/// The claim is confirmed, nothing lies above it, the store is open and holds all that the journal
/// has: the service may start.
struct Ready {
  UnitId unit;
  Epoch epoch;
};
/// Every write up to `through` is in the journal, confirmed.
struct Frozen {
  UnitId unit;
  Epoch epoch;
  Sequence through;
};
/// Somebody claimed above us (or withdrew). Writes above the last Frozen that were sent are
/// unknown.
struct Fenced {
  UnitId unit;
  Epoch epoch;
  Sequence unknown_through = 0;  ///< Sent and not confirmed: (Frozen.through, unknown_through].
  std::string detail;
  /// Another node's claim lies above: it thaws, and what was not sent never enters the journal.
  /// Else
  /// (`withdrawn`, a slot that cannot be read) the local store may be kept, and its tail journaled.
  bool is_replaced = false;
};
/// What a reader saw at the tip of a journal.
struct Observed {
  UnitId unit;
  bool is_reliable = false;  ///< False: no answer, or a tip that cannot be read; try again.
  Slot tip = 0;              ///< 0: an empty journal.
  Epoch epoch = 0;
  NodeId writer{};
  bool is_withdrawn = false;
  std::uint64_t spec_version = 0;
  bool is_fresh = true;  ///< False: somebody asked since this look began. Another look follows.
};
/// What a reader found in a slot where it was told that there is a claim.
struct SlotRead {
  UnitId unit;
  Slot slot;
  std::uint64_t ticket = 0;                        ///< As in the call that asked.
  ObjectOutcome outcome = ObjectOutcome::unknown;  ///< ok, absent, or that nothing is known.
  /// Null: it cannot be read, or is not there, or is too long for a claim.
  std::shared_ptr<const JournalEntry> entry{};
  bool is_long = false;
};
/// What an order to freeze led to.
enum class FreezeStart : std::uint8_t {
  begun,    ///< The next FreezeEnded with an epoch is its end.
  follows,  ///< One is under way already: it ends first, and the FreezeEnded after that is the
            ///< answer.
  refused,  ///< Not owned, or being let go: no freeze. Told as a FreezeEnded of epoch 0.
};
struct WithdrawEnded {
  UnitId unit;
  std::uint64_t spec_version;
  bool is_in;
};
struct Notify {
  Event event;
};

using Effect =
    std::variant<CreateEntry, GetEntry, CreateManifest, GetManifest, Upload, Fetch, List, Remove,
                 ReadSpec, InspectStore, RecordClaim, SetAside, BeginBuild, AdoptBuild, OpenStore,
                 Apply, Checkpoint, DropCheckpoint, Trim, CloseStore, ClaimEnded, Ready, Frozen,
                 Fenced, Observed, SlotRead, WithdrawEnded, Notify, gossip::Trace>;
using Outbox = std::vector<Effect>;

// Answers to orders with an Op. `outcome` of store orders is ok or unknown (it failed; detail).
struct Outcome {
  ObjectOutcome outcome = ObjectOutcome::unknown;
  std::string detail{};
};
/// `is_long`: longer than a claim can be, when only a claim was asked for.
struct EntryRead {
  Outcome outcome;
  std::shared_ptr<const JournalEntry> entry{};
  bool is_corrupt = false;
  bool is_long = false;
};
struct ManifestRead {
  Outcome outcome;
  std::shared_ptr<const Manifest> manifest{};
  bool is_corrupt = false;
};
struct Listed {
  Outcome outcome;
  std::vector<std::string> keys{};
  bool is_last = true;
};
/// `absent`, or version 0: there is no spec. `is_corrupt`: only its version is known. A unit whose
/// ordinal is not below `instances` is as good as undeployed.
struct SpecRead {
  Outcome outcome;
  std::uint64_t version = 0;
  bool is_undeploy = false;
  std::uint32_t instances = UINT32_MAX;
  bool is_corrupt = false;
};
struct StoreInspected {
  Outcome outcome;
  StoreState state{};
};
/// `tail`: commits that the store kept because they were not known to be in the journal.
struct StoreOpened {
  Outcome outcome;
  Sequence sequence = 0;
  std::vector<Commit> tail{};
};
struct Applied {
  Outcome outcome;
  Sequence sequence = 0;
};
/// AdoptBuild: `is_corrupt` if a file did not match its hash.
struct BuildAdopted {
  Outcome outcome;
  bool is_corrupt = false;
};
struct CheckpointTaken {
  Outcome outcome;
  CheckpointState state{};
};

using Answer = std::variant<Outcome, EntryRead, ManifestRead, Listed, SpecRead, StoreInspected,
                            StoreOpened, Applied, BuildAdopted, CheckpointTaken>;

}  // namespace gossamer::journal
