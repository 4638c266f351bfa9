#pragma once

#include <string>
#include <string_view>

#include "gossamer/bytes.hpp"

namespace gossamer::fuzz {

/// Where seeds go: FOLDER/TARGET/seed-NAME.
class SeedFolder {
 public:
  explicit SeedFolder(std::string folder) : folder_(std::move(folder)) {}
  void add(std::string_view target, std::string_view name, ByteView bytes);
  /// With the target's bytes for decisions in front: see its source.
  void add_text(std::string_view target, std::string_view name, Bytes decisions,
                std::string_view text);

 private:
  std::string folder_;
};

/// By the real encoders.
void add_wire_seeds(SeedFolder& folder);
/// As services and people write them.
void add_text_seeds(SeedFolder& folder);
/// Short stories for the engines.
void add_story_seeds(SeedFolder& folder);

}  // namespace gossamer::fuzz
