// The object `cluster-id` of a store that somebody else writes to as well.

#include "objects/cluster_id.hpp"

#include <optional>

#include "target.hpp"
#include "unit/driver/toy_ports.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  driver::ToyLoop loop;
  driver::ToyObjects store{loop};
  store.held["cluster-id"] = Bytes{data, data + size};
  std::optional<Result<std::string>> found;
  objects::ensure_cluster_id(store, "candidate", "fuzz",
                             [&](Result<std::string> id) { found = std::move(id); });
  loop.run_posted();
  GOSSAMER_ASSERT(found.has_value());
  if (!*found) return 0;
  GOSSAMER_ASSERT(!(*found)->empty() && (*found)->size() <= 128);
  GOSSAMER_ASSERT(as_text({data, size}).substr(0, (*found)->size()) == **found);
  return 0;
}
