#include "driver/journal_orders.hpp"

#include <algorithm>

#include "wire/storage.hpp"

namespace gossamer::driver {
namespace {

constexpr std::size_t kEntryBytesMax = 5 * 1024 * 1024;
constexpr std::size_t kClaimBytesMax = 4 * 1024;
constexpr std::size_t kManifestBytesMax = 16 * 1024 * 1024;

journal::Outcome outcome_of(const ObjectResult& result) {
  return {result.outcome, result.detail};
}

ObjectStore::Range beginning(std::uint64_t bytes_max) {
  return {0, std::min(bytes_max, UINT64_MAX - 1) + 1};
}

// The local store knows only "done" and "failed, for this reason".
template <class T>
journal::Outcome outcome_of(const Result<T>& result) {
  if (result) return {ObjectOutcome::ok, {}};
  return {ObjectOutcome::unknown, result.error().detail};
}

}  // namespace

ObjectStore::Done JournalOrders::plain_object(journal::Op op) {
  ++counters_.objects_requests;
  return [answered = answered_, op](ObjectResult result) { answered(op, outcome_of(result)); };
}

UnitStores::Done<void> JournalOrders::plain_store(journal::Op op) {
  return [answered = answered_, op](Result<void> result) { answered(op, outcome_of(result)); };
}

void JournalOrders::operator()(const journal::CreateEntry& order) {
  const std::string key = journal::slot_key(order.unit, order.slot);
  objects_.create(key, make_source(wire::encode_journal_entry(*order.entry, sealed_.seal(key))),
                  plain_object(order.op));
}

void JournalOrders::operator()(const journal::GetEntry& order) {
  ++counters_.objects_requests;
  auto bytes = std::make_shared<Bytes>();
  const std::string key = journal::slot_key(order.unit, order.slot);
  const std::size_t most = order.is_claim_only ? kClaimBytesMax : kEntryBytesMax;
  objects_.get(key, beginning(most), make_sink(bytes, most + 1),
               [answered = answered_, sealed = sealed_, order, key, bytes](ObjectResult result) {
                 const journal::Op op = order.op;
                 journal::EntryRead read{outcome_of(result), nullptr, false};
                 const bool is_there = result.outcome == ObjectOutcome::ok;
                 read.is_long = is_there && order.is_claim_only && bytes->size() > kClaimBytesMax;
                 if (is_there && !read.is_long) {
                   auto entry =
                       sealed.open(*bytes, kEntryBytesMax, key, wire::decode_journal_entry);
                   if (entry) {
                     read.entry = std::make_shared<const journal::JournalEntry>(std::move(*entry));
                   } else {
                     read.is_corrupt = true;
                     read.outcome.detail = entry.error().detail;
                   }
                 }
                 answered(op, std::move(read));
               });
}

void JournalOrders::operator()(const journal::CreateManifest& order) {
  objects_.create(order.key,
                  make_source(wire::encode_manifest(*order.manifest, sealed_.seal(order.key))),
                  plain_object(order.op));
}

void JournalOrders::operator()(const journal::GetManifest& order) {
  ++counters_.objects_requests;
  auto bytes = std::make_shared<Bytes>();
  objects_.get(
      order.key, beginning(kManifestBytesMax), make_sink(bytes, kManifestBytesMax + 1),
      [answered = answered_, sealed = sealed_, op = order.op, key = order.key,
       bytes](ObjectResult result) {
        journal::ManifestRead read{outcome_of(result), nullptr, false};
        if (result.outcome == ObjectOutcome::ok) {
          auto manifest = sealed.open(*bytes, kManifestBytesMax, key, wire::decode_manifest);
          if (manifest) {
            read.manifest = std::make_shared<const journal::Manifest>(std::move(*manifest));
          } else {
            read.is_corrupt = true;
            read.outcome.detail = manifest.error().detail;
          }
        }
        answered(op, std::move(read));
      });
}

void JournalOrders::operator()(const journal::Upload& order) {
  objects_.create(order.key, stores_.checkpoint_file(order.unit, order.attempt, order.name),
                  plain_object(order.op));
}

void JournalOrders::operator()(const journal::Fetch& order) {
  // A byte more than it may have, so that what was put in its place is known, and not read to its
  // end.
  objects_.get(order.file.key, beginning(order.file.size),
               stores_.build_file(order.unit, order.file), plain_object(order.op));
}

void JournalOrders::operator()(const journal::List& order) {
  ++counters_.objects_requests;
  objects_.list(order.prefix, order.after, order.limit,
                [answered = answered_, op = order.op](ObjectListing listing) {
                  answered(op, journal::Listed{outcome_of(listing.result), std::move(listing.keys),
                                               listing.is_last});
                });
}

void JournalOrders::operator()(const journal::Remove& order) {
  objects_.remove(order.key, plain_object(order.op));
}

void JournalOrders::operator()(const journal::ReadSpec& order) {
  ++counters_.objects_requests;
  specs_.read_newest(order.service, [answered = answered_, op = order.op](auto newest) {
    journal::SpecRead read{outcome_of(newest)};
    if (newest) {
      read.version = newest->version;
      read.is_corrupt = newest->trouble.has_value();
      if (newest->trouble) read.outcome.detail = newest->trouble->detail;
      if (newest->spec) {
        read.is_undeploy = newest->spec->is_undeploy;
        read.instances = newest->spec->spec.instances;
      }
    }
    answered(op, std::move(read));
  });
}

void JournalOrders::operator()(const journal::InspectStore& order) {
  stores_.inspect(order.unit, [answered = answered_, op = order.op](auto state) {
    answered(op,
             journal::StoreInspected{outcome_of(state), state ? *state : journal::StoreState{}});
  });
}

void JournalOrders::operator()(const journal::RecordClaim& order) {
  stores_.record_claim(order.unit, order.nonce, plain_store(order.op));
}

void JournalOrders::operator()(const journal::SetAside& order) {
  stores_.set_aside(order.unit, plain_store(order.op));
}

void JournalOrders::operator()(const journal::BeginBuild& order) {
  stores_.begin_build(order.unit, plain_store(order.op));
}

void JournalOrders::operator()(const journal::AdoptBuild& order) {
  stores_.adopt_build(
      order.unit, order.manifest, [answered = answered_, op = order.op](Result<void> result) {
        const bool is_corrupt = !result && result.error().code == ErrorCode::corrupted;
        answered(op, journal::BuildAdopted{outcome_of(result), is_corrupt});
      });
}

void JournalOrders::operator()(const journal::OpenStore& order) {
  stores_.open(order.unit, order.epoch, order.nonce,
               [answered = answered_, op = order.op](auto opened) {
                 journal::StoreOpened answer{outcome_of(opened)};
                 if (opened) {
                   answer.sequence = opened->sequence;
                   answer.tail = std::move(opened->tail);
                 }
                 answered(op, std::move(answer));
               });
}

void JournalOrders::operator()(const journal::Apply& order) {
  stores_.apply(order.unit, order.commits, [answered = answered_, op = order.op](auto sequence) {
    answered(op, journal::Applied{outcome_of(sequence), sequence ? *sequence : 0});
  });
}

void JournalOrders::operator()(const journal::Checkpoint& order) {
  stores_.checkpoint(order.unit, order.attempt, [answered = answered_, op = order.op](auto state) {
    journal::CheckpointTaken answer{outcome_of(state)};
    if (state) answer.state = std::move(*state);
    answered(op, std::move(answer));
  });
}

void JournalOrders::operator()(const journal::DropCheckpoint& order) {
  stores_.drop_checkpoint(order.unit, order.attempt);
}

void JournalOrders::operator()(const journal::Trim& order) {
  stores_.trim(order.unit, order.through);
}

}  // namespace gossamer::driver
