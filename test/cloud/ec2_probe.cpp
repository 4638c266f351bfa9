// What gossamer makes of EC2's wire format, for a script that compares it with botocore.
//   cloud_ec2_probe requests < LINES     each {"filters": [{"name", "values"}], "next_token"}
//   becomes
//                                        the body of a POST, as a JSON string
//   cloud_ec2_probe response FILE..      each page as JSON

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "aws/ec2_describe_instances.hpp"

namespace {

using gossamer::aws::Ec2Filter;
using gossamer::aws::Ec2Instance;
using nlohmann::json;

int print_requests() {
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    std::vector<Ec2Filter> filters;
    for (const json& filter : request.at("filters")) {
      filters.push_back({filter.at("name"), filter.at("values")});
    }
    const std::string next_token = request.at("next_token");
    const auto query = gossamer::aws::describe_instances_query(filters, next_token);
    std::cout << json(gossamer::aws::to_form(query)) << '\n';
  }
  return 0;
}

json to_json(const Ec2Instance& instance) {
  return {{"id", instance.id},
          {"state", instance.state},
          {"private_v4", instance.private_v4},
          {"public_v4", instance.public_v4},
          {"ipv6", instance.ipv6},
          {"zone", instance.zone},
          {"tags", instance.tags}};
}

int print_response(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto page = gossamer::aws::parse_describe_instances(gossamer::as_bytes(text));
  if (!page) {
    std::cerr << path << ": " << page.error().detail << '\n';
    return 1;
  }
  json instances = json::array();
  for (const Ec2Instance& instance : page->instances) instances.push_back(to_json(instance));
  std::cout << json{{"instances", instances}, {"next_token", page->next_token}} << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "requests") return print_requests();
  if (what != "response" || argc < 3) {
    std::cerr << "usage: " << argv[0] << " requests | response FILE..\n";
    return 2;
  }
  for (int i = 2; i < argc; ++i) {
    if (const int status = print_response(argv[i]); status != 0) return status;
  }
  return 0;
}
