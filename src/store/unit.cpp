#include "store/unit.hpp"

#include <utility>

namespace gossamer::store {

Unit::Unit(const std::string& units, const UnitId& id)
    : layout(std::make_shared<const UnitLayout>(units, id)) {}

bool Unit::is_idle() const {
  return lane.is_idle() && !open && !is_database_open && checkpoints.empty();
}

void Unit::await_release(UniqueFunction<void()> next) {
  if (const std::shared_ptr<UnitStore> holder = lingering.lock()) holder->drop_database();
  if (!is_database_open) return next();
  on_released = std::move(next);
}

std::shared_ptr<Database> share_database(std::unique_ptr<Database> database,
                                         const std::shared_ptr<WorkersGate>& gate,
                                         const std::weak_ptr<Unit>& unit) {
  return {database.release(), [gate, unit](Database* raw) {
            gate->post([gate, unit, owned = std::unique_ptr<Database>(raw)]() mutable {
              gate->run([owned = std::move(owned)]() mutable { owned.reset(); },
                        [unit] {
                          const std::shared_ptr<Unit> released = unit.lock();
                          if (!released) return;
                          released->is_database_open = false;
                          UniqueFunction<void()> next = std::move(released->on_released);
                          released->on_released = nullptr;
                          if (next) next();
                        });
            });
          }};
}

}  // namespace gossamer::store
