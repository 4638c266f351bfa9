@0xeb91a75ae01af515;
# The message of a packet. Append only: numbers are never reused, types never changed.
# docs/WIRE.md says how to add one.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("gossamer::wire::schema");

struct PacketHead {
  union {
    ping @0 :Ping;
    ack @1 :Ack;
    pingRequest @2 :PingRequest;
    nack @3 :Nack;
    refused @4 :Refused;
    rumours @5 :Void;
    syncDigest @6 :SyncDigest;
    syncBuckets @7 :SyncBuckets;
    syncKeys @8 :SyncKeys;
    syncWants @9 :SyncWants;
    inquest @10 :Inquest;
    opinion @11 :Opinion;
  }
}

struct Ping {
  sequence @0 :UInt64;
  targetLow @1 :UInt64;   # NodeId, bytes 0 to 7, least significant first.
  targetHigh @2 :UInt64;  # Bytes 8 to 15.
  clockUs @3 :UInt64;     # Of the sender's count of periods; 0: it does not say.
  viewDigest @4 :UInt64;  # Of the members that it holds to be live; 0: it does not say.
}

struct Ack {
  sequence @0 :UInt64;
  clockUs @1 :UInt64;
  viewDigest @2 :UInt64;
}

struct PingRequest {
  sequence @0 :UInt64;
  targetLow @1 :UInt64;
  targetHigh @2 :UInt64;
  unusedPort @3 :UInt16;  # A helper pings where it holds the target to live, and nowhere else.
  unusedAddress @4 :Text;
}

struct Nack {
  sequence @0 :UInt64;
}

struct Inquest {
  accusedLow @0 :UInt64;
  accusedHigh @1 :UInt64;
  incarnation @2 :UInt64;
  isRefused @3 :Bool;  # Knock at it too.
}

struct Opinion {
  accusedLow @0 :UInt64;
  accusedHigh @1 :UInt64;
  incarnation @2 :UInt64;
  isClear @3 :Bool;
  isRefused @4 :Bool;
}

struct Refused {
  storeId @0 :Text;
  storePlace @1 :Text;
}

struct SyncDigest {
  digest @0 :UInt64;
  entryCount @1 :UInt64;
}

struct SyncBuckets {
  buckets @0 :List(UInt64);  # 64 of them.
}

struct Key {
  ownerLow @0 :UInt64;
  ownerHigh @1 :UInt64;
  kind @2 :UInt8;  # gossip::EntryKind. A reader leaves out the kinds that it does not know.
  name @3 :Text;
}

struct Held {
  key @0 :Key;
  version @1 :UInt64;
}

struct SyncKeys {
  buckets @0 :List(UInt16);  # Ascending.
  held @1 :List(Held);
}

struct SyncWants {
  keys @0 :List(Key);
}
