#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

namespace gossamer::bench {

struct S3Settings {
  std::string url{};
  std::string work{
      "all"};  ///< put-big, get-big, put-small, get-small, or all of them in that order.
  std::size_t big_mib = 64;
  std::size_t big_parallel = 4;
  std::size_t small_bytes = 4'096;
  std::size_t small_parallel = 16;
  std::size_t small_count = 2'000;
};

/// Transfers of large objects and of many small ones, by the store that the nodes use.
/// Exits the process with a sentence if one fails.
nlohmann::json s3(const S3Settings& settings);

}  // namespace gossamer::bench
