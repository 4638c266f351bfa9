// Specs in bytes.

#include "wire/capnp_message.hpp"
// Cap'n Proto comes first, through its shim.
#include "schema/storage.capnp.h"
#include "wire/field_checks.hpp"
#include "wire/storage.hpp"
#include "wire/storage_envelope.hpp"

namespace gossamer::wire {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kWhat = "spec";
constexpr std::size_t kArgumentsBytesMax = 64 * 1024;

Result<ownership::SpecVersion> read_spec(schema::Spec::Reader in) {
  FieldChecks checks;
  ownership::SpecVersion version;
  version.version = checks.counter("version", in.getVersion());
  version.is_undeploy = in.getIsUndeploy();
  ServiceSpec& spec = version.spec;
  spec.name = checks.string("name", in.getName(), 0, kServiceNameBytesMax);
  spec.factory = checks.string("factory", in.getFactory(), 0, kServiceNameBytesMax);
  spec.arguments = checks.string("arguments", in.getArguments(), 0, kArgumentsBytesMax);
  spec.instances = in.getInstances();
  spec.takeover_delay = milliseconds{in.getTakeoverDelayMs()};
  spec.start_timeout = milliseconds{in.getStartTimeoutMs()};
  spec.ship_interval = milliseconds{in.getShipIntervalMs()};
  spec.freeze_after_entries = in.getFreezeAfterEntries();
  // Nothing is started by the spec of an undeploy, so its other fields need not make sense.
  if (!version.is_undeploy) {
    const Result<void> valid = spec.validate();
    if (!valid) checks.require(false, valid.error().detail);
  }
  if (!checks.problem().empty()) return corrupted(kWhat, checks.problem());
  return version;
}

}  // namespace

Bytes encode_spec(const ownership::SpecVersion& version, const ObjectSeal& seal) {
  const ServiceSpec& spec = version.spec;
  capnp::MallocMessageBuilder message{
      segment_words(spec.name.size() + spec.factory.size() + spec.arguments.size())};
  auto out = message.initRoot<schema::Spec>();
  out.setVersion(version.version);
  out.setIsUndeploy(version.is_undeploy);
  out.setName(text_of(spec.name));
  if (!spec.factory.empty()) out.setFactory(text_of(spec.factory));
  if (!spec.arguments.empty()) out.setArguments(blob_of(spec.arguments));
  out.setInstances(spec.instances);
  out.setTakeoverDelayMs(spec.takeover_delay.count());
  out.setStartTimeoutMs(spec.start_timeout.count());
  out.setShipIntervalMs(spec.ship_interval.count());
  out.setFreezeAfterEntries(spec.freeze_after_entries);
  return wrap(StoredKind::spec, seal, message);
}

Result<ownership::SpecVersion> decode_spec(ByteView bytes, const ObjectSeal& seal) {
  return unwrap(StoredKind::spec, kWhat, seal, bytes).and_then([](ByteView flat) {
    return read_flat(flat, kWhat, [](capnp::MessageReader& message) {
      return read_spec(message.getRoot<schema::Spec>());
    });
  });
}

}  // namespace gossamer::wire
