#pragma once

#include <functional>

#include "driver/counters.hpp"
#include "driver/sealed_objects.hpp"
#include "driver/spec_store.hpp"
#include "gossamer/unique_function.hpp"
#include "journal/effect.hpp"
#include "ports/unit_stores.hpp"

namespace gossamer::driver {

/// Carries out the journal engine's orders: seals entries, asks the object store and the local
/// stores, and brings each answer back. Decides nothing.
class JournalOrders {
 public:
  using Answered = std::function<void(journal::Op, journal::Answer)>;
  /// `answered` opens a turn of its own; it may come after this object is gone, and must see to it.
  JournalOrders(ObjectStore& objects, SealedObjects sealed, UnitStores& stores, Counters& counters,
                Answered answered)
      : objects_(objects),
        stores_(stores),
        specs_(objects, sealed),
        sealed_(std::move(sealed)),
        counters_(counters),
        answered_(std::move(answered)) {}

  void operator()(const journal::CreateEntry& order);
  void operator()(const journal::GetEntry& order);
  void operator()(const journal::CreateManifest& order);
  void operator()(const journal::GetManifest& order);
  void operator()(const journal::Upload& order);
  void operator()(const journal::Fetch& order);
  void operator()(const journal::List& order);
  void operator()(const journal::Remove& order);
  void operator()(const journal::ReadSpec& order);
  void operator()(const journal::InspectStore& order);
  void operator()(const journal::RecordClaim& order);
  void operator()(const journal::SetAside& order);
  void operator()(const journal::BeginBuild& order);
  void operator()(const journal::AdoptBuild& order);
  void operator()(const journal::OpenStore& order);
  void operator()(const journal::Apply& order);
  void operator()(const journal::Checkpoint& order);
  void operator()(const journal::DropCheckpoint& order);
  void operator()(const journal::Trim& order);

 private:
  ObjectStore::Done plain_object(journal::Op op);
  UnitStores::Done<void> plain_store(journal::Op op);

  ObjectStore& objects_;
  UnitStores& stores_;
  SpecStore specs_;
  SealedObjects sealed_;
  Counters& counters_;
  Answered answered_;
};

}  // namespace gossamer::driver
