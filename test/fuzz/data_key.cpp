// A wrapped data key in a store that somebody else writes to as well: the bytes as they are, and
// what a holder of the cluster's key wrapped and somebody then altered.

#include <optional>

#include "choices.hpp"
#include "objects/data_keys.hpp"
#include "target.hpp"
#include "unit/driver/toy_ports.hpp"

using namespace gossamer;

namespace {

const wire::ClusterKey kClusterKey{{4, 5, 6}};
const wire::DataKey kDataKey{{1, 2, 3}};
constexpr wire::DataKeyPlace kPlace{"fuzz", "store"};

Result<wire::DataKey> found_in(const std::string& name, const Bytes& object) {
  driver::ToyLoop loop;
  driver::ToyObjects store{loop};
  store.held[name] = object;
  const std::vector<wire::ClusterKey> ours{kClusterKey};
  const objects::DataKeyOwner owner{ours, "fuzz", "store"};
  std::optional<Result<wire::DataKey>> found;
  objects::find_data_key(store, owner, [&](Result<wire::DataKey> key) { found = std::move(key); });
  loop.run_posted();
  GOSSAMER_ASSERT(found.has_value());
  GOSSAMER_ASSERT(store.held.size() == 1 && store.held[name] == object);
  std::optional<Result<void>> wrapped;
  objects::ensure_data_key_wrapped(store, owner, {kDataKey, {}}, kClusterKey,
                                   [&](Result<void> result) { wrapped = std::move(result); });
  loop.run_posted();
  GOSSAMER_ASSERT(wrapped.has_value() && store.held[name] == object);
  return *found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input{data, data + size};
  // Nobody guesses a seal.
  GOSSAMER_ASSERT(!wire::unwrap_data_key(input, kClusterKey, kPlace));
  GOSSAMER_ASSERT(!found_in("data-keys/first", input));

  fuzz::Choices choices{data, size};
  const bool is_first = choices.coin();
  const std::string name = is_first ? "data-keys/first" : "data-keys/" + choices.text(8);
  const std::uint8_t cut = choices.below(4);
  const ByteView alterations = choices.rest();
  Bytes wrapped = wire::wrap_data_key(kDataKey, kClusterKey, kPlace, {});
  const Bytes right = wrapped;
  for (std::size_t i = 0; i + 1 < alterations.size(); i += 2) {
    wrapped[alterations[i] % wrapped.size()] ^= alterations[i + 1];
  }
  if (cut == 1) wrapped.pop_back();
  if (cut == 2) wrapped.push_back(0);
  const auto opened = wire::unwrap_data_key(wrapped, kClusterKey, kPlace);
  GOSSAMER_ASSERT(opened.has_value() == (wrapped == right));
  GOSSAMER_ASSERT(!opened || *opened == kDataKey);
  const auto found = found_in(name, wrapped);
  GOSSAMER_ASSERT(!found || (opened && *found == kDataKey));
  GOSSAMER_ASSERT(!is_first || found.has_value() == opened.has_value());
  return 0;
}
