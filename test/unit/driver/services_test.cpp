// A driver's service from deploy to stop, on toy ports.

#include "toy_node.hpp"

namespace gossamer::driver {
namespace {

struct Toys {
  ToyLoop loop{};
  ToyObjects objects{loop};
  ToyStores stores{loop};
  ToyNode node{objects, stores, loop};
};

const UnitId kUnit{"ledger", 0};

TEST_CASE("driver: an undeploy that only the journal has read yet does not keep a redeploy from running",
          "[driver][services]") {
  Toys toys;
  ServiceSpec spec;
  spec.name = "ledger";
  // Somebody else puts it after the claim was won, and gossip has not told of it when it is read.
  toys.stores.opening = [&] {
    toys.objects.held[journal::spec_key("ledger", 2)] = wire::encode_spec({spec, 2, true});
  };
  REQUIRE(toys.node.deploy(spec).has_value());
  toys.node.advance_s(40);
  CHECK_FALSE(toys.node.is_running());
  REQUIRE(toys.node.deploy(spec).value() == 3);
  toys.node.advance_s(40);
  CHECK(toys.node.is_running());
}

}  // namespace
}  // namespace gossamer::driver
