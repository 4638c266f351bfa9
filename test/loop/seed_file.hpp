#pragma once

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace gossamer::test {

/// A file in a directory of its own, which goes away with it.
class SeedFile {
 public:
  SeedFile() {
    std::string name = std::filesystem::temp_directory_path() / "gossamer-seeds-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    directory_ = name;
  }
  ~SeedFile() { std::filesystem::remove_all(directory_); }
  SeedFile(const SeedFile&) = delete;
  SeedFile& operator=(const SeedFile&) = delete;

  std::string path() const { return directory_ / "seeds"; }
  std::filesystem::path directory() const { return directory_; }
  void write(const std::string& text) const { std::ofstream{path()} << text; }

 private:
  std::filesystem::path directory_;
};

}  // namespace gossamer::test
