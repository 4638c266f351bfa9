#pragma once

#include <string>
#include <string_view>

#include "objects/s3_object_store.hpp"

namespace gossamer::node {

// Policies in the language of IAM, as JSON that can be pasted. `region` decides the partition (aws,
// aws-cn, aws-us-gov).

/// What an identity needs to keep journals and frozen state below the URL's prefix.
std::string least_iam_policy(const objects::S3Url& url, std::string_view region);
/// The same from the bucket's side, for a principal that is to be filled in; and a statement by
/// which S3 refuses to overwrite journals and specs, whoever asks.
std::string least_bucket_policy(const objects::S3Url& url, std::string_view region);
/// What `ec2:` discovery needs: one permission.
std::string least_ec2_policy();

}  // namespace gossamer::node
