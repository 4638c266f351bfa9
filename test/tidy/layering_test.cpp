// Includes point down, never sideways. The table is written by gossamer_room(), so that the build
// and this test agree.

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "source_text.hpp"

namespace gossamer::tidy {
namespace {

struct Layers {
  std::vector<std::string> rooms{};                        // Bottom up.
  std::map<std::string, std::set<std::string>> may_use{};  // Rooms, or single headers of rooms.

  bool has(const std::string& room) const { return may_use.count(room) == 1; }
};

Layers read_layers() {
  Layers layers;
  std::ifstream table{GOSSAMER_LAYERS_FILE};
  for (std::string line; std::getline(table, line);) {
    std::istringstream words{line};
    std::string room;
    if (!(words >> room)) continue;
    layers.rooms.push_back(room);
    layers.may_use[room].insert(room);
    for (std::string used; words >> used;) layers.may_use[room].insert(used);
  }
  return layers;
}

std::string first_part(const std::string& path) {
  return path.substr(0, path.find('/'));
}

bool is_generated(const std::string& path) {
  static const std::string kSuffix = ".capnp.h";
  return path.size() > kSuffix.size() &&
         path.compare(path.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

std::string place(const std::filesystem::path& file, const Include& include) {
  return shown(file) + ":" + std::to_string(include.line) + " includes " + include.path;
}

std::string room_of(const std::filesystem::path& file) {
  return file.lexically_relative(root() / "src").begin()->string();
}

TEST_CASE("layering: the rooms are listed, each folder of src is one") {
  const Layers layers = read_layers();
  REQUIRE(layers.rooms.size() > 5);
  std::vector<std::string> problems;
  for (const auto& file : sources_in("src")) {
    if (!layers.has(room_of(file))) problems.push_back(shown(file) + " is in no room");
  }
  report(problems);
}

TEST_CASE("layering: a room uses only rooms below it") {
  const Layers layers = read_layers();
  std::vector<std::string> problems;
  std::set<std::string> below;
  for (const std::string& room : layers.rooms) {
    below.insert(room);
    for (const std::string& used : layers.may_use.at(room)) {
      if (below.count(first_part(used)) == 0) problems.push_back(room + " uses " + used);
    }
  }
  report(problems);
}

TEST_CASE("layering: a room includes only the rooms that it may use") {
  const Layers layers = read_layers();
  std::vector<std::string> problems;
  for (const auto& file : sources_in("src")) {
    const std::string room = room_of(file);
    if (!layers.has(room)) continue;
    const std::set<std::string>& may_use = layers.may_use.at(room);
    for (const Include& include : includes_of(read(file))) {
      const std::string target = first_part(include.path);
      const bool is_of_a_room = !include.is_angled && !is_generated(include.path);
      if (!is_of_a_room || target == "gossamer") continue;
      if (may_use.count(target) + may_use.count(include.path) == 0) {
        problems.push_back(place(file, include));
      }
    }
  }
  report(problems);
}

TEST_CASE("layering: public headers include the standard library, tl::expected and each other") {
  // The standard's headers have neither a dot nor a slash.
  static const std::regex standard{"[a-z_]+"};
  std::vector<std::string> problems;
  for (const auto& file : sources_in("include")) {
    for (const Include& include : includes_of(read(file))) {
      const bool is_allowed = include.is_angled ? std::regex_match(include.path, standard) ||
                                                      include.path == "tl/expected.hpp"
                                                : first_part(include.path) == "gossamer";
      if (!is_allowed) problems.push_back(place(file, include));
    }
  }
  report(problems);
}

TEST_CASE("layering: a library is known to the rooms that wrap it, and to no other") {
  const std::map<std::string, std::set<std::string>> homes = {
      {"capnp", {"wire"}},
      {"kj", {"wire"}},
      {"rocksdb", {"store"}},
      {"uv.h", {"transport", "http", "discovery", "admin", "node"}},
      {"nlohmann", {"node", "admin", "aws", "fakecloud"}},
      {"CLI", {}},
      {"curl", {"http"}},
      {"openssl", {"aws", "fakecloud"}},
      {"pugixml.hpp", {"aws", "objects", "fakecloud"}},
      {"sodium.h", {"base", "wire", "store", "objects", "admin"}},
  };
  std::vector<std::string> problems;
  for (const auto& file : sources_in("src")) {
    for (const Include& include : includes_of(read(file))) {
      const auto home = homes.find(first_part(include.path));
      if (include.is_angled && home != homes.end() && home->second.count(room_of(file)) == 0) {
        problems.push_back(place(file, include));
      }
    }
  }
  report(problems);
}

TEST_CASE("layering: wire's Cap'n Proto stays in its sources") {
  // These are of wire's sources alone; whoever included them would include Cap'n Proto.
  const std::set<std::string> kPrivate = {"wire/capnp_shim.hpp", "wire/capnp_message.hpp",
                                          "wire/field_checks.hpp", "wire/storage_envelope.hpp"};
  std::vector<std::string> problems;
  for (const auto& file : sources_in("src")) {
    const std::string name = file.lexically_relative(root() / "src").string();
    const bool may =
        room_of(file) == "wire" && (file.extension() == ".cpp" || kPrivate.count(name));
    for (const Include& include : includes_of(read(file))) {
      const bool is_private = kPrivate.count(include.path) == 1 || is_generated(include.path);
      if (is_private && !may) problems.push_back(place(file, include));
    }
  }
  report(problems);
}

}  // namespace
}  // namespace gossamer::tidy
