// Feeds files to one target, without libFuzzer: `fuzz_frame FILE|FOLDER..`.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "target.hpp"

namespace fs = std::filesystem;

namespace {

bool replay(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    std::fprintf(stderr, "cannot read %s\n", file.c_str());
    return false;
  }
  const std::vector<char> bytes{std::istreambuf_iterator<char>{stream}, {}};
  // Said before, so that the last line names what a crash was fed.
  std::printf("%s (%zu bytes)\n", file.c_str(), bytes.size());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      if (!replay(argv[i])) return 1;
      ++count;
      continue;
    }
    for (const auto& entry : fs::directory_iterator(argv[i])) {
      if (!replay(entry.path())) return 1;
      ++count;
    }
  }
  if (count == 0) {
    std::fprintf(stderr, "no input: say FILE or FOLDER with inputs in it\n");
    return 1;
  }
  std::printf("%zu inputs\n", count);
  return 0;
}
