#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace gossamer::cli {

/// Says of a node's events, as JSON has them, what they mean and for whom, in one line each.
class EventText {
 public:
  using Json = nlohmann::ordered_json;

  /// The answer's list of members: from now on they go by their names.
  void learn(const Json& members);
  /// One sentence for a person; an event of a later version as its fields. May hold control
  /// characters of who chose a name. Throws Json's exceptions at what no node says.
  std::string sentence_of(const Json& event);

 private:
  std::string name_of(const std::string& id) const;

  std::map<std::string, std::string> names_{};  ///< By id.
};

}  // namespace gossamer::cli
