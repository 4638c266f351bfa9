#pragma once

#include <memory>

#include "fakecloud/bucket_store.hpp"
#include "fakecloud/fault_list.hpp"
#include "fakecloud/instance_list.hpp"
#include "fakecloud/key_ring.hpp"
#include "fakecloud/metadata_tokens.hpp"
#include "fakecloud/quota.hpp"
#include "fakecloud/request_counters.hpp"
#include "fakecloud/upload_store.hpp"
#include "gossamer/fake_cloud.hpp"

namespace gossamer::fakecloud {

/// All that the fake cloud knows. Every part may be used from any thread.
struct Parts {
  explicit Parts(FakeCloud::Options its_options)
      : options(std::move(its_options)),
        quota(std::make_shared<Quota>(options.bytes_max)),
        keys({options.access_key_id, options.secret_access_key, {}, {}}, options.credentials_life,
             options.seed),
        tokens(options.seed + 1),
        instances(options.seed + 2),
        faults(options.seed + 3) {}

  const FakeCloud::Options options;
  const std::shared_ptr<Quota> quota;
  KeyRing keys;
  MetadataTokens tokens;
  InstanceList instances;
  BucketStore buckets{};
  UploadStore uploads{};
  FaultList faults;
  RequestCounters counters{};
};

/// How one request is to be served.
struct Moment {
  aws::WallTime now{};            ///< By the service's clock.
  bool is_unconditional = false;  ///< A put overwrites, whatever its conditions.
  bool wants_empty_page = false;  ///< A list without entries, which goes on.
};

}  // namespace gossamer::fakecloud
