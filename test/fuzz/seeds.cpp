// `fuzz_seeds FOLDER` writes the inputs that fuzzing begins with, from which it finds others. What
// it writes is the same each time.

#include "seeds.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace gossamer::fuzz {

void SeedFolder::add(std::string_view target, std::string_view name, ByteView bytes) {
  const std::filesystem::path folder = std::filesystem::path{folder_} / target;
  std::filesystem::create_directories(folder);
  std::ofstream file{folder / ("seed-" + std::string{name}), std::ios::binary};
  file << as_text(bytes);
}

void SeedFolder::add_text(std::string_view target, std::string_view name, Bytes decisions,
                          std::string_view text) {
  decisions.insert(decisions.end(), text.begin(), text.end());
  add(target, name, decisions);
}

}  // namespace gossamer::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  gossamer::fuzz::SeedFolder folder{argv[1]};
  add_wire_seeds(folder);
  add_text_seeds(folder);
  add_story_seeds(folder);
  return 0;
}
