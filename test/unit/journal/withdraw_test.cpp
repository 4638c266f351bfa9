#include "stories.hpp"

namespace gossamer::journal {
namespace {

using std::chrono::seconds;

TEST_CASE("withdraw: the owner ships what waits, withdraws and closes", "[journal][withdraw]") {
  World world{1, 1};
  start(world, 0);
  world.commit(0, false);
  world.run();
  world.deploy(true);
  world.withdraw(0);
  world.run();
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:withdrawn(1,v2)");
  CHECK(world.told(0) == "frozen 1\nclosed\nwithdraw 2 in\n");
  CHECK_FALSE(world.journal(0).owned_epoch(world.unit).has_value());
}

TEST_CASE("withdraw: somebody else's stops the owner at its next look", "[journal][withdraw]") {
  World world{2, 1};
  start(world, 0);
  world.deploy(true);
  world.withdraw(1);
  world.run();
  CHECK(world.told(1) == "withdraw 2 in\n");
  world.advance(seconds{6});
  CHECK(world.told(0) == "fenced 1, unknown to 0\nclosed\n");
}

TEST_CASE("withdraw: tries again at the new tip when the slot was taken", "[journal][withdraw]") {
  World world{2, 1};
  start(world, 0);
  world.deploy(true);
  hold_entries(world, 1, EntryType::withdrawn);
  world.withdraw(1);
  world.run();
  write(world, 0);
  let_all_go(world);
  CHECK(world.slots() == "1:claim(1) 2:batch(1,1-1) 3:withdrawn(1,v2)");
  CHECK(world.told(1) == "withdraw 2 in\n");
}

TEST_CASE("withdraw: gives way to a newer version", "[journal][withdraw]") {
  World world{2, 1};
  start(world, 0);
  world.deploy(true);
  hold<ReadSpec>(world, 1);
  world.withdraw(1);
  world.run();
  world.deploy(false);
  let_all_go(world);
  CHECK(world.told(1) == "withdraw 2 not in\n");
  CHECK(world.slots() == "1:claim(1)");
}

TEST_CASE("withdraw: once is enough", "[journal][withdraw]") {
  World world{2, 1};
  world.deploy(true);
  world.withdraw(0);
  world.run();
  world.withdraw(1);
  world.run();
  CHECK(world.told(1) == "withdraw 2 in\n");
  CHECK(world.slots() == "1:withdrawn(0,v2)");
}

TEST_CASE("withdraw: a copy that had landed is found to be our own", "[journal][withdraw]") {
  World world{1, 1};
  world.deploy(true);
  hold_entries(world, 0, EntryType::withdrawn);
  world.withdraw(0);
  world.run();
  world.time_out_held();
  let_all_go(world);
  world.advance(seconds{1});
  CHECK(world.told(0) == "withdraw 2 in\n");
  CHECK(world.slots() == "1:withdrawn(0,v2)");
}

TEST_CASE("withdraw: of a claim under way ends the claim", "[journal][withdraw]") {
  World world{1, 1};
  world.deploy(true);
  SECTION("before it is put") {
    hold<InspectStore>(world, 0);
    world.claim(0);
    world.run();
    world.withdraw(0);
    let_all_go(world);
    CHECK(world.told(0) == "withdrawn 0\nwithdraw 2 in\n");
  }
  SECTION("while the state is thawed") {
    world.objects.is_undeployed = false;  // Not seen yet.
    hold<OpenStore>(world, 0);
    world.claim(0);
    world.run();
    world.objects.is_undeployed = true;
    world.withdraw(0);
    let_all_go(world);
    CHECK(world.told(0) == "won 1\nclosed\nwithdrawn 1\nwithdraw 2 in\n");
  }
  CHECK_FALSE(world.journal(0).owned_epoch(world.unit).has_value());
}

TEST_CASE("withdraw: an owner that is fenced meanwhile withdraws all the same",
          "[journal][withdraw]") {
  World world{2, 1};
  start(world, 0);
  hold_entries(world, 1, EntryType::claim);
  world.claim(1);
  world.run();
  world.deploy(true);
  hold_entries(world, 0, EntryType::withdrawn);
  world.withdraw(0);
  world.run();
  world.holds = nullptr;
  world.objects.is_undeployed = false;
  world.let_go();  // The claim first, then `withdrawn` for the same slot.
  world.advance(seconds{1});
  CHECK(world.told(0) == "fenced 1, unknown to 0\nclosed\nwithdraw 2 in\n");
  CHECK(world.slots() == "1:claim(1) 2:claim(2) 3:withdrawn(2,v2)");
}

}  // namespace
}  // namespace gossamer::journal
