#include "sim/detection_run.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "sim/detection_cluster.hpp"
#include "sim/detection_scenarios.hpp"

namespace gossamer::sim {

DetectionReport run_detection(const DetectionPlan& plan, const OnDetectionProgress& on_progress) {
  const auto& scenarios = detection_scenarios();
  const auto scenario = std::find_if(scenarios.begin(), scenarios.end(), [&](const auto& known) {
    return known.name == plan.scenario;
  });
  GOSSAMER_ASSERT(scenario != scenarios.end());
  DetectionCluster cluster{plan, on_progress};
  if (scenario->is_joined) cluster.start();
  if (!cluster.is_violated()) scenario->play(cluster);

  DetectionReport report;
  report.violations = cluster.violations();
  report.fingerprint = cluster.observer().fingerprint();
  report.virtual_time = cluster.queue().now().since_origin;
  report.figures = cluster.take_figures();
  return report;
}

}  // namespace gossamer::sim
