// What the data directory kept as `cluster.keys`, read when a node starts: the bytes as they are,
// and a body that this node signed.

#include "choices.hpp"
#include "driver_node.hpp"
#include "signed_body.hpp"

using namespace gossamer;

namespace {

void start_with(Bytes kept) {
  fuzz::DriverNode node{std::move(kept)};
  fuzz::check_keys(node);
  // It goes on with the given key, or with a ring that is whole; and its own change is possible.
  const std::size_t before = node.driver().key_ring().keys().size();
  const auto added = node.driver().add_key({{7, 7}});
  node.settle();
  fuzz::check_keys(node);
  GOSSAMER_ASSERT(node.driver().key_ring().keys().size() == before + (added ? 1 : 0));
  node.advance(std::chrono::seconds{1});
  fuzz::check_keys(node);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  start_with(Bytes{data, data + size});
  fuzz::Choices choices{data, size};
  // The id of the key that was given: the same one as now, or another.
  Bytes kept = choices.coin() ? fuzz::given_key_id() : Bytes{9, 9, 9, 9};
  const Bytes statement = fuzz::signed_statement(fuzz::identity(1), choices.rest());
  kept.insert(kept.end(), statement.begin(), statement.end());
  start_with(std::move(kept));
  return 0;
}
