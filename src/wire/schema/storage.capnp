@0xae5924ced96d4ea8;
# What lies in the object store and in local stores for years. Append only: numbers are never reused,
# types never changed, defaults never altered.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("gossamer::wire::schema");

struct Commit {
  sequence @0 :UInt64;
  bytes @1 :Data;  # Operations.
}

struct JournalEntry {
  epoch @0 :UInt64;
  writerLow @1 :UInt64;   # NodeId, bytes 0 to 7, least significant first.
  writerHigh @2 :UInt64;  # Bytes 8 to 15.
  nonceLow @3 :UInt64;
  nonceHigh @4 :UInt64;
  specVersion @5 :UInt64;
  covers @6 :UInt64;
  attempt @7 :UInt64;
  type @8 :UInt8;  # journal::EntryType
  commits @9 :List(Commit);
  manifestKey @10 :Text;
}

struct ManifestFile {
  size @0 :UInt64;
  name @1 :Text;
  key @2 :Text;
  hash @3 :Data;  # BLAKE2b-256.
}

struct Manifest {
  epoch @0 :UInt64;
  attempt @1 :UInt64;
  sequence @2 :UInt64;
  ordinal @3 :UInt32;
  format @4 :UInt32;  # Oldest format that can read it.
  service @5 :Text;
  files @6 :List(ManifestFile);
}

struct Spec {
  version @0 :UInt64;
  takeoverDelayMs @1 :Int64;
  startTimeoutMs @2 :Int64;
  shipIntervalMs @3 :Int64;
  instances @4 :UInt32;
  freezeAfterEntries @5 :UInt32;
  isUndeploy @6 :Bool;
  name @7 :Text;
  factory @8 :Text;
  arguments @9 :Data;
}

struct Operation {
  key @0 :Data;
  union {
    put @1 :Data;
    remove @2 :Void;
  }
}

struct Operations {
  operations @0 :List(Operation);
}
