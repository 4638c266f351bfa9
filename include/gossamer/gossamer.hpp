#pragma once

// All of gossamer's public interface.

#include "gossamer/admin_channel.hpp"
#include "gossamer/admission.hpp"
#include "gossamer/cluster_key.hpp"
#include "gossamer/doctor.hpp"
#include "gossamer/find_seeds.hpp"
#include "gossamer/json.hpp"
#include "gossamer/node.hpp"
#include "gossamer/node_thread.hpp"
#include "gossamer/version.hpp"
