// Journal entries, manifests and commits in bytes.

#include "wire/capnp_message.hpp"
// Cap'n Proto comes first, through its shim.
#include "schema/storage.capnp.h"
#include "wire/field_checks.hpp"
#include "wire/storage.hpp"
#include "wire/storage_envelope.hpp"

namespace gossamer::wire {
namespace {

constexpr std::size_t kObjectKeyBytesMax = 512;
constexpr std::string_view kEntry = "journal entry";
constexpr std::string_view kManifest = "manifest";
constexpr std::string_view kOperations = "operations";

Result<journal::JournalEntry> read_entry(schema::JournalEntry::Reader in) {
  FieldChecks checks;
  journal::JournalEntry entry;
  entry.type = static_cast<journal::EntryType>(in.getType());
  if (entry.type < journal::EntryType::claim || entry.type > journal::EntryType::withdrawn) {
    return fail(ErrorCode::version_mismatch,
                fmt::format("{}: type {} is not known to this build", kEntry, in.getType()));
  }
  entry.epoch = checks.counter("epoch", in.getEpoch());
  entry.writer = join_halves<NodeId>(in.getWriterLow(), in.getWriterHigh());
  entry.nonce = join_halves<journal::Nonce>(in.getNonceLow(), in.getNonceHigh());
  entry.spec_version = checks.counter("spec_version", in.getSpecVersion());
  entry.covers = checks.counter("covers", in.getCovers());
  entry.attempt = checks.counter("attempt", in.getAttempt());
  entry.manifest_key = checks.string("manifest_key", in.getManifestKey(), 0, kObjectKeyBytesMax);
  const auto commits = in.getCommits();
  entry.commits.reserve(commits.size());
  for (const auto commit : commits) {
    const journal::Sequence sequence = checks.counter("sequence", commit.getSequence());
    checks.require(entry.commits.empty() || sequence == entry.commits.back().sequence + 1,
                   "a gap between its commits");
    entry.commits.push_back({sequence, to_bytes(commit.getBytes())});
  }
  if (!checks.problem().empty()) return corrupted(kEntry, checks.problem());
  return entry;
}

Result<journal::Manifest> read_manifest(schema::Manifest::Reader in) {
  FieldChecks checks;
  journal::Manifest manifest;
  manifest.format = in.getFormat();
  manifest.epoch = checks.counter("epoch", in.getEpoch());
  manifest.attempt = checks.counter("attempt", in.getAttempt());
  manifest.sequence = checks.counter("sequence", in.getSequence());
  manifest.unit.ordinal = in.getOrdinal();
  manifest.unit.service = checks.string("service", in.getService(), 1, kServiceNameBytesMax);
  const auto files = in.getFiles();
  manifest.files.reserve(files.size());
  for (const auto one : files) {
    journal::ManifestFile file;
    file.size = one.getSize();
    file.name = checks.string("a file's name", one.getName(), 1, kObjectKeyBytesMax);
    file.key = checks.string("a file's key", one.getKey(), 1, kObjectKeyBytesMax);
    const auto hash = one.getHash();
    if (checks.require(hash.size() == file.hash.size(), "a hash of another size")) {
      std::copy(hash.begin(), hash.end(), file.hash.begin());
    }
    manifest.files.push_back(std::move(file));
  }
  if (!checks.problem().empty()) return corrupted(kManifest, checks.problem());
  return manifest;
}

}  // namespace

bool is_sealed(ByteView bytes, const ObjectSeal& seal) {
  return bytes.size() >= kEnvelopeBytes && is_seal_right(seal, bytes);
}

Bytes encode_journal_entry(const journal::JournalEntry& entry, const ObjectSeal& seal) {
  std::size_t bytes = entry.manifest_key.size();
  for (const journal::Commit& commit : entry.commits) bytes += 32 + commit.bytes.size();
  capnp::MallocMessageBuilder message{segment_words(bytes)};
  auto out = message.initRoot<schema::JournalEntry>();
  out.setType(static_cast<std::uint8_t>(entry.type));
  out.setEpoch(entry.epoch);
  out.setWriterLow(low_of(entry.writer));
  out.setWriterHigh(high_of(entry.writer));
  out.setNonceLow(low_of(entry.nonce));
  out.setNonceHigh(high_of(entry.nonce));
  out.setSpecVersion(entry.spec_version);
  out.setCovers(entry.covers);
  out.setAttempt(entry.attempt);
  if (!entry.manifest_key.empty()) out.setManifestKey(text_of(entry.manifest_key));
  if (!entry.commits.empty()) {
    auto commits = out.initCommits(static_cast<unsigned>(entry.commits.size()));
    for (unsigned i = 0; i < commits.size(); ++i) {
      commits[i].setSequence(entry.commits[i].sequence);
      commits[i].setBytes(blob_of(ByteView{entry.commits[i].bytes}));
    }
  }
  return wrap(StoredKind::journal_entry, seal, message);
}

Result<journal::JournalEntry> decode_journal_entry(ByteView bytes, const ObjectSeal& seal) {
  return unwrap(StoredKind::journal_entry, kEntry, seal, bytes).and_then([&](ByteView flat) {
    return read_flat(flat, kEntry, [](capnp::MessageReader& message) {
      return read_entry(message.getRoot<schema::JournalEntry>());
    });
  });
}

Bytes encode_manifest(const journal::Manifest& manifest, const ObjectSeal& seal) {
  std::size_t bytes = manifest.unit.service.size();
  for (const auto& file : manifest.files) bytes += 96 + file.name.size() + file.key.size();
  capnp::MallocMessageBuilder message{segment_words(bytes)};
  auto out = message.initRoot<schema::Manifest>();
  out.setEpoch(manifest.epoch);
  out.setAttempt(manifest.attempt);
  out.setSequence(manifest.sequence);
  out.setOrdinal(manifest.unit.ordinal);
  out.setFormat(manifest.format);
  out.setService(text_of(manifest.unit.service));
  auto files = out.initFiles(static_cast<unsigned>(manifest.files.size()));
  for (unsigned i = 0; i < files.size(); ++i) {
    const journal::ManifestFile& file = manifest.files[i];
    files[i].setSize(file.size);
    files[i].setName(text_of(file.name));
    files[i].setKey(text_of(file.key));
    files[i].setHash(blob_of(ByteView{file.hash}));
  }
  return wrap(StoredKind::manifest, seal, message);
}

Result<journal::Manifest> decode_manifest(ByteView bytes, const ObjectSeal& seal) {
  return unwrap(StoredKind::manifest, kManifest, seal, bytes).and_then([&](ByteView flat) {
    return read_flat(flat, kManifest, [](capnp::MessageReader& message) {
      return read_manifest(message.getRoot<schema::Manifest>());
    });
  });
}

Bytes encode_operations(const WriteBatch& batch) {
  const auto& operations = batch.operations();
  capnp::MallocMessageBuilder message{segment_words(batch.byte_count() + 40 * operations.size())};
  auto out = message.initRoot<schema::Operations>().initOperations(
      static_cast<unsigned>(operations.size()));
  for (unsigned i = 0; i < out.size(); ++i) {
    out[i].setKey(blob_of(operations[i].key));
    if (operations[i].value) {
      out[i].setPut(blob_of(*operations[i].value));
    } else {
      out[i].setRemove();
    }
  }
  Bytes bytes;
  append_flat(message, bytes);
  return bytes;
}

Result<WriteBatch> decode_operations(ByteView bytes) {
  return read_flat(bytes, kOperations, [](capnp::MessageReader& message) -> Result<WriteBatch> {
    WriteBatch batch;
    for (const auto one : message.getRoot<schema::Operations>().getOperations()) {
      std::string key = to_string(one.getKey());
      switch (one.which()) {
        case schema::Operation::PUT: batch.put(std::move(key), to_string(one.getPut())); break;
        case schema::Operation::REMOVE: batch.remove(std::move(key)); break;
        default:
          return fail(ErrorCode::version_mismatch,
                      fmt::format("{}: kind {} is not known to this build", kOperations,
                                  static_cast<unsigned>(one.which())));
      }
    }
    return batch;
  });
}

}  // namespace gossamer::wire
