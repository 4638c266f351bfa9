@0x958d653b1d637baf;
# What a node says of itself: the part of a statement that is signed. Append only: numbers are never
# reused, types never changed. docs/WIRE.md says how to add one.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("gossamer::wire::schema");

struct StatementBody {
  union {
    member @0 :MemberStatement;
    verdict @1 :Verdict;
    record @2 :RecordStatement;
    spec @3 :SpecAnnouncement;
    claim @4 :ClaimAnnouncement;
    keyRing @5 :RingStatement;
    carried @6 :Carried;
  }
}

struct MemberStatement {
  incarnation @0 :UInt64;
  port @1 :UInt16;
  isLeaving @2 :Bool;
  name @3 :Text;
  address @4 :Text;
  metadata @5 :Data;
  storeId @6 :Text;
  storePlace @7 :Text;
  keyIds @8 :List(UInt32);  # Of the cluster keys that it holds, the primary first.
  wireOldest @9 :UInt8;  # Versions of the wire that it reads, from this one; 0: 1.
  wireNewest @10 :UInt8;  # And to this one; 0: 1.
  admission @11 :Data;  # An authority's word for it, in a form of its own. Empty: none.
  zone @12 :Text;  # Where its machine is. Empty: it does not say.
}

struct Verdict {
  accusedLow @0 :UInt64;   # NodeId, bytes 0 to 7, least significant first.
  accusedHigh @1 :UInt64;  # Bytes 8 to 15.
  incarnation @2 :UInt64;
  state @3 :UInt8;  # MemberState: 1 suspect, 2 down.
  isRefused @4 :Bool;  # Its machine says that nobody listens, to the accuser and a panel.
}

struct Attribute {
  key @0 :Text;
  value @1 :Text;
}

struct RecordStatement {
  version @0 :UInt64;
  nodeLow @1 :UInt64;
  nodeHigh @2 :UInt64;
  epoch @3 :UInt64;
  ordinal @4 :UInt32;
  port @5 :UInt16;
  isWithdrawn @6 :Bool;
  name @7 :Text;
  address @8 :Text;
  attributes @9 :List(Attribute);  # By key, ascending.
  schema @10 :UInt32;  # Which form the attributes have.
}

struct SpecAnnouncement {
  version @0 :UInt64;
  service @1 :Text;
}

struct ClaimAnnouncement {
  epoch @0 :UInt64;
  ownerLow @1 :UInt64;
  ownerHigh @2 :UInt64;
  slot @3 :UInt64;
  ordinal @4 :UInt32;
  service @5 :Text;
}

struct RingStatement {
  number @0 :UInt64;
  keys @1 :List(Data);  # 32 bytes each, the primary first.
}

# How every kind of statement that is not above is said: whoever does not know the kind holds it and tells
# it on, by what stands here, and leaves the content alone.
struct Carried {
  kind @0 :UInt8;   # gossip::EntryKind, from 64.
  isOwned @1 :Bool;  # By its author; else by nobody.
  version @2 :UInt64;
  name @3 :Text;
  content @4 :Data;
}
