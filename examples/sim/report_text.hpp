#pragma once

#include <string>

#include "campaign.hpp"

namespace gossamer::sim {

/// One line of JSON with every figure, and one for people with those that matter.
std::string to_json(const Campaign& campaign, const CampaignReport& report, double wall_s,
                    double rss_mib);
std::string to_summary(const Campaign& campaign, const CampaignReport& report, double wall_s,
                       double rss_mib);

}  // namespace gossamer::sim
